"""Alarms: staff who wish it are told once when something begins to be wrong, not each time it is
looked at. `pace_fell` is the rule for a campaign's pace; docs/mails.md states it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from campaigns import analytics, staff_mail
from campaigns.models import Alarm, Campaign
from campaigns.pace import Phase, Standing

# The week must bring so much of what each day needs; below it the pace has fallen.
FALLS_BELOW: Final = 0.75
# A campaign's first days say nothing of its pace.
LEAST_DAYS: Final = 8
# What comes and goes is told of once in that time.
APART: Final = timedelta(hours=1)


def pace_fell(standing: Standing, days_running: int, *, fallen: bool) -> bool:
    """Whether the last seven whole days are too little for the days that are left.

    It falls below three quarters of what each day needs, and is well again only at the whole, so
    that it does not come and go.
    """
    needed = standing.needed_a_day
    if standing.phase != Phase.OPEN or standing.reached or needed is None:
        return False
    if days_running < LEAST_DAYS or not standing.days_left:
        return False
    brought = standing.last_seven_a_day
    return brought < needed if fallen else brought < FALLS_BELOW * needed


def watch_pace(moment: datetime) -> int:
    """Look at the pace of every campaign that is open; how many alarms began."""
    began = 0
    opened = Campaign.objects.filter(starts_at__lte=moment, ends_at__gt=moment)
    for campaign in opened:
        figures = analytics.figures(campaign, moment)
        standing = figures.standing
        about = f"pace:{campaign.pk}"
        fallen = Alarm.objects.filter(about=about, ended_at=None).exists()
        days = (figures.today - figures.plan.first_day).days
        if pace_fell(standing, days, fallen=fallen):
            context = {
                "campaign": campaign,
                "currency": campaign.currency,
                "standing": standing,
                "address": f"/desk/campaigns/{campaign.pk}/analytics/",
            }
            began += begin(about, moment, "staff_pace", context, needs="campaigns.view_analytics")
        elif fallen:
            end(about, moment)
    over = Alarm.objects.filter(about__startswith="pace:", ended_at=None)
    over.exclude(about__in=[f"pace:{campaign.pk}" for campaign in opened]).update(ended_at=moment)
    return began


def begin(
    about: str, moment: datetime, template: str, context: Mapping[str, Any], *, needs: str
) -> bool:
    """Begin an alarm and owe its mails in one transaction; False when it goes on already."""
    with transaction.atomic():
        last = Alarm.objects.filter(about=about).first()
        if last and (last.ended_at is None or moment - last.ended_at < APART):
            return False
        alarm, new = Alarm.objects.get_or_create(
            about=about, ended_at=None, defaults={"began_at": moment}
        )
        if not new:
            return False
        for wish in staff_mail.who("alerts", needs):
            staff_mail.owe(wish, "alerts", f"alarm:{alarm.pk}", template, context)
    return True


def end(about: str, moment: datetime) -> None:
    Alarm.objects.filter(about=about, ended_at=None).update(ended_at=moment)
