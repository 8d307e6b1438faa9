"""A campaign's forecast from its rows: what is known of it, in a few bounded queries, and kept.

Made in the background with the charts (`charts.draw`), since it takes some tenths of a second.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import connection

from campaigns.forecast import Day, Forecast, Known, MatchRoom, forecast
from campaigns.models import Campaign, CampaignTotal, DailyRollup, LedgerEntry
from campaigns.models.ledger import GIFTS
from campaigns.planning import end_of, last_day

SIZES = 400
CURVES = 10
# With fewer finished campaigns nobody can say how well it does here.
PROVEN_AFTER = 10
KEPT = timedelta(days=2)
# A campaign too short or too small says nothing of forecasts.
LEAST_DAYS, LEAST_GIFTS = 14, 30


@dataclass(frozen=True)
class Made:
    """A forecast and when it was made; None when there was nothing to go by."""

    at: datetime
    forecast: Forecast | None

    @property
    def unproven(self) -> bool:
        return self.forecast is None or self.forecast.finished < PROVEN_AFTER

    @property
    def needed(self) -> int:
        return PROVEN_AFTER


def kept(campaign: Campaign) -> Made | None:
    """As made last; None before the first time and for a campaign without a deadline to come."""
    found = cache.get(_key(campaign))
    return found if isinstance(found, Made) else None


def make(campaign: Campaign, moment: datetime) -> Made | None:
    """Make the forecast anew and keep it."""
    if campaign.ends_at is None or not campaign.starts_at <= moment < campaign.ends_at:
        cache.delete(_key(campaign))
        return None
    made = Made(moment, forecast(known(campaign, moment), seed=campaign.pk))
    cache.set(_key(campaign), made, KEPT.total_seconds())
    return made


def known(campaign: Campaign, moment: datetime) -> Known:
    """What is known at `moment`, within the campaign's days. Six queries, none reads all gifts."""
    assert campaign.ends_at is not None
    zone = campaign.zone
    today = moment.astimezone(zone).date()
    last = last_day(campaign.ends_at, zone)
    assert last is not None
    total = CampaignTotal.objects.filter(pk=campaign.pk).first()
    end = min(end_of(today, zone), campaign.ends_at)
    begin = end_of(today - timedelta(days=1), zone)
    sizes = (
        LedgerEntry.objects.filter(campaign=campaign, kind__in=GIFTS)
        .order_by("-occurred_at")
        .values_list("amount", flat=True)[:SIZES]
    )
    return Known(
        raised=total.raised if total else 0,
        goal=campaign.goal,
        today=today,
        last_day=last,
        days=_whole_days(campaign, today),
        sizes=list(sizes),
        matches=[
            MatchRoom(match.percent, match.room, last_day(match.ends_at, zone) or last)
            for match in campaign.matches.filter(starts_at__lte=moment)
            if match.room and (match.ends_at is None or match.ends_at > moment)
        ],
        curves=[curve for _, curve in finished_curves(moment, but=campaign.pk)],
        today_left=(end - moment) / (end - begin),
    )


def finished_curves(moment: datetime, but: int) -> list[tuple[int, list[int]]]:
    """(campaign, its gifts by day, the last day first) of the newest finished campaigns."""
    ended = (
        Campaign.objects.filter(ends_at__lte=moment).exclude(pk=but).order_by("-ends_at")[:CURVES]
    )
    return [
        (each.pk, [d.gifts for d in reversed(days)])
        for each in ended
        if (days := _all_days(each)) and is_telling(days)
    ]


def is_telling(days: Sequence[Day]) -> bool:
    return len(days) >= LEAST_DAYS and sum(d.gifts for d in days) >= LEAST_GIFTS


def _whole_days(campaign: Campaign, today: date) -> list[Day]:
    first = campaign.starts_at.astimezone(campaign.zone).date()
    return _filled(_moved(campaign), first, today - timedelta(days=1))


def _all_days(campaign: Campaign) -> list[Day]:
    first = campaign.starts_at.astimezone(campaign.zone).date()
    last = last_day(campaign.ends_at, campaign.zone)
    return _filled(_moved(campaign), first, last) if last else []


def _moved(campaign: Campaign) -> dict[date, Day]:
    """The days on which money moved; a story's share of a day is added up."""
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = DailyRollup.objects.filter(campaign=campaign)
    for day, *parts in rows.values_list("day", "donations", "received", "reversed"):
        sums[day] = [a + b for a, b in zip(sums[day], parts, strict=True)]
    return {day: Day(day, *parts) for day, parts in sums.items()}


def _filled(moved: dict[date, Day], first: date, last: date) -> list[Day]:
    count = (last - first).days + 1
    each = (first + timedelta(days=n) for n in range(max(0, count)))
    return [moved.get(day, Day(day, 0, 0)) for day in each]


# ------------------------------------------------------------------ judged on the past

_BY_RECORDED = """
SELECT (occurred_at AT TIME ZONE %(zone)s)::date, (recorded_at AT TIME ZONE %(zone)s)::date,
       kind, amount
FROM campaigns_ledgerentry WHERE campaign_id = %(campaign)s AND kind <> 'match'
ORDER BY occurred_at
"""


def pasts(moment: datetime, days_left: Sequence[int]) -> Iterator[tuple[Campaign, int, Known, int]]:
    """Each finished campaign as it stood so many days before its deadline, told only what was
    recorded by then and of other campaigns that had ended: (campaign, days left, known, end).

    `end` is what it raised without what sponsors added, and so is `known.raised`.
    """
    for campaign in Campaign.objects.filter(ends_at__lte=moment).order_by("ends_at"):
        last = last_day(campaign.ends_at, campaign.zone)
        days = _all_days(campaign)
        if last is None or not is_telling(days):
            continue
        entries = _entries(campaign)
        end = sum(amount for _, _, _, amount in entries)
        first = campaign.starts_at.astimezone(campaign.zone).date()
        for left in days_left:
            today = last - timedelta(days=left)
            if (today - first).days < LEAST_DAYS // 2:
                continue
            told = [e for e in entries if e[0] <= today and e[1] <= today]
            yield campaign, left, _known_by(campaign, told, first, today, last), end


def _entries(campaign: Campaign) -> list[tuple[date, date, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_RECORDED, {"zone": campaign.time_zone, "campaign": campaign.pk})
        return cursor.fetchall()


def _known_by(
    campaign: Campaign,
    told: Sequence[tuple[date, date, str, int]],
    first: date,
    today: date,
    last: date,
) -> Known:
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for occurred, _, kind, amount in told:
        if kind in GIFTS:
            sums[occurred][0] += 1
            sums[occurred][1] += amount
        elif amount < 0:
            sums[occurred][2] -= amount
    days = {day: Day(day, *parts) for day, parts in sums.items()}
    then = end_of(today, campaign.zone)
    return Known(
        raised=sum(amount for *_, amount in told),
        goal=campaign.goal,
        today=today,
        last_day=last,
        days=_filled(days, first, today),
        sizes=[amount for _, _, kind, amount in told if kind in GIFTS][-SIZES:],
        curves=[curve for _, curve in finished_curves(then, but=campaign.pk)],
    )


def _key(campaign: Campaign) -> str:
    return f"forecast:{campaign.pk}"
