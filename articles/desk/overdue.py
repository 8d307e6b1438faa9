"""On a story's form: that its scheduled change or expiry was refused when it was due, and why."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from articles.desk.moments import in_newsrooms_zone
from articles.models import Article
from articles.overdue import shown_overdue


def say_overdue(request: HttpRequest, page: Page) -> None:
    """Before the form is shown; the form itself is as ever."""
    if request.method != "GET" or not isinstance(page, Article):
        return
    for each, reason in shown_overdue(timezone.now(), page):
        said = {"moment": in_newsrooms_zone(each.due_at), "reason": reason}
        sentence = (
            _("This story was to leave the site on %(moment)s and did not: %(reason)s")
            if each.expires
            else _(
                "What was scheduled for %(moment)s was refused: %(reason)s Cancel the schedule, "
                "mend it, and publish it or schedule it again."
            )
        )
        messages.warning(request, sentence % said)
