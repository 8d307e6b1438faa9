"""Campaigns beside each other on one axis: days since the start, or days to the deadline.

Each day is the campaign's own; what is compared is what it had raised when that day was over, as
the daily roll-ups have it. Two queries, however many gifts there are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import F, Sum

from campaigns.models import Campaign, DailyRollup, DayNote
from campaigns.planning import last_day

MOST: Final = 6
MOST_DAYS: Final = 366


class Axis(StrEnum):
    START = "start"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign: what it had raised at the end of each day, minor units, by its place on the
    axis. Days to come are not in it."""

    campaign: Campaign
    raised: dict[int, int]
    notes: dict[int, list[str]]

    @property
    def now(self) -> int:
        """Its last place."""
        return max(self.raised, default=0)

    def percent(self, place: int) -> int | None:
        amount = self.raised.get(place)
        return None if amount is None else amount * 100 // self.campaign.goal


@dataclass(frozen=True, slots=True)
class Comparison:
    axis: Axis
    lines: list[Line]

    @property
    def places(self) -> range:
        known = [place for line in self.lines for place in line.raised]
        return range(min(known), max(known) + 1) if known else range(0)

    def rows(self) -> Iterator[tuple[int, list[int | None]]]:
        """(days, what each had raised then); days to the deadline count down to 0."""
        for place in self.places:
            shown = -place if self.axis is Axis.DEADLINE else place
            yield shown, [line.raised.get(place) for line in self.lines]

    def sentences(self) -> list[tuple[Line, int, Line | None, int | None, int | None]]:
        """(campaign, its last day, the first of the others, per cent of both on that day)."""
        found = []
        for line in self.lines:
            others = [o for o in self.lines if o is not line and line.now in o.raised]
            other = others[0] if others else None
            found.append(
                (
                    line,
                    abs(line.now),
                    other,
                    line.percent(line.now),
                    other.percent(line.now) if other else None,
                )
            )
        return found


def compare(ids: Sequence[int], axis: Axis, moment: datetime) -> Comparison:
    """The campaigns of these ids in this order, at most `MOST`; with the deadline as axis only
    those that have one."""
    known = Campaign.objects.in_bulk(list(ids))
    found = [known[pk] for pk in dict.fromkeys(ids) if pk in known][:MOST]
    if axis is Axis.DEADLINE:
        found = [campaign for campaign in found if campaign.ends_at is not None]
    days: dict[int, dict[date, int]] = defaultdict(dict)
    moved = DailyRollup.objects.filter(campaign__in=found).values_list("campaign", "day")
    net = Sum(F("received") - F("reversed") + F("matched"))
    for campaign, day, amount in moved.annotate(net=net).order_by("day"):
        days[campaign][day] = amount
    notes: dict[int, list[DayNote]] = defaultdict(list)
    for note in DayNote.objects.filter(campaign__in=found, removed_at=None):
        notes[note.campaign_id].append(note)
    lines = [_line(each, axis, moment, days[each.pk], notes[each.pk]) for each in found]
    return Comparison(axis, lines)


def _line(
    campaign: Campaign,
    axis: Axis,
    moment: datetime,
    days: dict[date, int],
    notes: Sequence[DayNote],
) -> Line:
    first = campaign.starts_at.astimezone(campaign.zone).date()
    last = last_day(campaign.ends_at, campaign.zone)
    today = moment.astimezone(campaign.zone).date()
    zero = last if axis is Axis.DEADLINE and last else first
    upto = min(today, last) if last else today
    raised: dict[int, int] = {}
    # What came before the first day stands at its start; what comes after the last is not its run.
    sum_ = sum(amount for day, amount in days.items() if day < first)
    length = min((upto - first).days + 1, MOST_DAYS)
    for n in range(max(0, length)):
        day = first + timedelta(days=n)
        sum_ += days.get(day, 0)
        raised[(day - zero).days] = sum_
    placed: dict[int, list[str]] = defaultdict(list)
    for note in notes:
        if (place := (note.day - zero).days) in raised:
            placed[place].append(note.words)
    return Line(campaign, raised, dict(placed))
