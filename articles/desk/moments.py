"""Moments on the desk's forms: to the minute, in the newsroom's own zone."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class NewsroomMomentField(forms.Field):
    """A moment to the minute in the newsroom's own zone, wherever the editor is."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if not value or isinstance(value, datetime):
            return value or None
        try:
            naive = parse_datetime(str(value).strip().replace(" ", "T"))
        except ValueError:
            naive = None
        if naive is None or timezone.is_aware(naive):
            raise ValidationError(_("Give a day and a time such as 2026-06-03 10:50."), "invalid")
        zone = timezone.get_default_timezone()
        moment = naive.replace(second=0, microsecond=0, tzinfo=zone)
        utc = moment.astimezone(timezone.get_fixed_timezone(0))
        if utc.astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValidationError(_("The clocks skipped this time on that day."), "invalid")
        return moment

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.localtime(value, timezone.get_default_timezone()).replace(tzinfo=None)
        return value


def not_in_the_future(moment: datetime) -> None:
    """Raises ValidationError, for the field."""
    if moment > timezone.now():
        raise ValidationError(_("This moment has not come yet."), "future")


def in_newsrooms_zone(moment: datetime) -> str:
    """A moment as an editor reads it, with the zone."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{date_format(local, 'DATETIME_FORMAT')} ({timezone.get_default_timezone_name()})"


def _in_what_zone() -> str:
    own, newsrooms = timezone.get_current_timezone_name(), timezone.get_default_timezone_name()
    if own == newsrooms:
        return gettext("Times are the newsroom's: %(zone)s.") % {"zone": newsrooms}
    return gettext("Times are in your own zone, %(own)s. The newsroom keeps %(zone)s.") % {
        "own": own,
        "zone": newsrooms,
    }


# The zone in which Wagtail's own fields are read, said at the time the form is shown.
in_what_zone = lazy(_in_what_zone, str)
