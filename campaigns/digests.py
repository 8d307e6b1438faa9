"""What staff are told of the figures: a line each morning, a page each Monday.

Written from seven o'clock on in the newsroom's time zone, of the days that are over. However often
`send` is asked and whatever dies, each goes to each person once: its key names the day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from campaigns import analytics, charts, forecasting, monthly, monthly_charts, notes, staff_mail
from campaigns.analytics import Figures, StorySum
from campaigns.models import Campaign
from campaigns.monthly import Monthly
from campaigns.planning import first_instant

FROM_HOUR: Final = 7
STORIES: Final = 5
MAY: Final = "campaigns.view_analytics"


@dataclass(frozen=True, slots=True)
class OfCampaign:
    """One campaign in a mail; `picture` the name of its chart."""

    campaign: Campaign
    figures: Figures
    stories: list[StorySum]
    picture: str = ""

    @property
    def yesterday(self) -> analytics.DaySum:
        day = self.figures.today - timedelta(days=1)
        found = (each for each in self.figures.days if each.day == day)
        return next(found, analytics.DaySum(day))

    @property
    def address(self) -> str:
        return f"/desk/campaigns/{self.campaign.pk}/analytics/"


def send(moment: datetime) -> int:
    """Owe what is due and not owed yet; how many mails were."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    if local.hour < FROM_HOUR:
        return 0
    sent = _daily(local.date(), moment)
    monday = local.date() - timedelta(days=local.weekday())
    return sent + (_weekly(monday, moment) if local.date() == monday else 0)


def _daily(today: date, moment: datetime) -> int:
    fact = f"daily:{today - timedelta(days=1)}"
    waiting = [w for w in staff_mail.who("daily", MAY) if not staff_mail.owed(w, fact)]
    if not waiting:
        return 0
    context = {
        "day": today - timedelta(days=1),
        "campaigns": [OfCampaign(c, analytics.figures(c, moment), []) for c in _open(moment)],
        "regular": [monthly.figures(currency, moment) for currency in monthly.currencies()],
    }
    return sum(
        staff_mail.owe(wish, "daily", fact, "staff_daily", context) is not None for wish in waiting
    )


def _weekly(monday: date, moment: datetime) -> int:
    fact = f"weekly:{monday}"
    waiting = [w for w in staff_mail.who("weekly", MAY) if not staff_mail.owed(w, fact)]
    if not waiting:
        return 0
    pictures: dict[str, bytes] = {}
    context = {
        "first": monday - timedelta(days=7),
        "last": monday - timedelta(days=1),
        "campaigns": [_of_week(each, moment, pictures) for each in _open(moment)],
        "regular": _regular_of_week(moment, pictures),
    }
    return sum(
        staff_mail.owe(wish, "weekly", fact, "staff_weekly", context, pictures) is not None
        for wish in waiting
    )


def _open(moment: datetime) -> list[Campaign]:
    """Those with a deadline that run, and those that ended yesterday."""
    zone = ZoneInfo(settings.TIME_ZONE)
    since = first_instant(moment.astimezone(zone).date() - timedelta(days=1), zone)
    return list(
        Campaign.objects.filter(starts_at__lte=moment, ends_at__gt=since).order_by("ends_at")
    )


def _of_week(campaign: Campaign, moment: datetime, pictures: dict[str, bytes]) -> OfCampaign:
    figures = analytics.figures(campaign, moment)
    made = forecasting.kept(campaign)
    noted = {note.day for note in notes.of_campaign(campaign)}
    name = f"campaign{campaign.pk}"
    pictures[name] = charts.png(charts.line_chart(figures, made.forecast if made else None, noted))
    stories = [
        story
        for story in analytics.by_story(campaign, since=figures.week_ago)
        if story.article_id and story.net > 0
    ]
    return OfCampaign(campaign, figures, stories[:STORIES], name)


def _regular_of_week(moment: datetime, pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for currency in monthly.currencies():
        figures: Monthly = monthly.figures(currency, moment)
        name = f"monthly-{currency}"
        pictures[name] = charts.png(monthly_charts.waterfall_chart(figures.monthly))
        found.append({"figures": figures, "month": figures.monthly.months[-1], "picture": name})
    return found
