"""The embargo: a moment before which a draft may not be published, whoever tries and however."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.going_public import Refused
from articles.models import Article


class Embargoed(Refused):
    """A publication that would come before its embargo ends."""


def refuse_before_embargo(article: Article, moment: datetime) -> None:
    """Raise `Embargoed` when the draft `article` would go public at `moment` (aware), before its
    embargo ends. The moment the embargo ends is free."""
    if article.embargo_until and moment < article.embargo_until:
        end = timezone.localtime(article.embargo_until, timezone.get_default_timezone())
        raise Embargoed(
            _(
                "This story is under embargo until %(moment)s (%(zone)s). Schedule it for then or "
                "later, or change the embargo."
            )
            % {
                "moment": date_format(end, "DATETIME_FORMAT"),
                "zone": timezone.get_default_timezone_name(),
            },
            article.pk,
        )
