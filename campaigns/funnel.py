"""From a story seen to a gift received, day by day, from page loads and from Checkouts.

The first three steps are page loads, not people. From Checkout on it is attempts to give, each by
the day it was begun on, whenever its money came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from campaigns import rates
from campaigns.models import (
    Campaign,
    Donation,
    DonationState,
    FunnelDay,
    OriginDay,
    Step,
    StepDay,
    StepTally,
)
from campaigns.planning import first_instant
from campaigns.rates import Interval

# No Checkout or bank debit is undecided for longer.
LONGEST: Final = timedelta(days=21)
UNDECIDED: Final = (DonationState.STARTED, DonationState.PROCESSING)


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or several together; `undecided` of the Checkouts may still be paid."""

    day: date
    stories: int = 0
    banners: int = 0
    gives: int = 0
    opened: int = 0
    received: int = 0
    undecided: int = 0
    thanks: int = 0
    returns: int = 0

    @property
    def young(self) -> bool:
        """Too young to be judged: something begun on it is still open."""
        return self.undecided > 0

    @property
    def coverage(self) -> int | None:
        """Of a hundred who came back from Checkout, how many browsers said so; None without any."""
        return min(100, self.thanks * 100 // self.returns) if self.returns else None

    @property
    def given(self) -> int | None:
        """Of a hundred Checkouts, how many were paid."""
        return self.received * 100 // self.opened if self.opened else None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the whole period: `of_before` in tenths of a per cent of the step before it."""

    name: str
    number: int
    of_before: int | None

    @property
    def percent(self) -> float | None:
        return None if self.of_before is None else self.of_before / 10


@dataclass(frozen=True, slots=True)
class Funnel:
    """Every day of the period, the newest first, and all of them together."""

    days: list[Day]
    whole: Day

    @property
    def stages(self) -> list[Stage]:
        whole = self.whole
        numbers = [
            ("article", whole.stories),
            ("banner", whole.banners),
            ("give", whole.gives),
            ("checkout", whole.opened),
            ("received", whole.received),
        ]
        before = [None, *(number for _name, number in numbers)]
        return [
            Stage(name, number, round(number * 1000 / was) if was else None)
            for (name, number), was in zip(numbers, before, strict=False)
        ]

    @property
    def most(self) -> int:
        return max(stage.number for stage in self.stages)

    @property
    def young(self) -> int:
        return sum(day.young for day in self.days)


@dataclass(frozen=True, slots=True)
class Holdout:
    """What the banner does: gifts begun from stories loaded with it and without it, same visit.

    `more` is the difference for each 1,000 loads; None while there is too little to tell.
    """

    shown_loads: int
    shown_gifts: int
    held_loads: int
    held_gifts: int

    @property
    def shown_rate(self) -> Interval:
        return rates.gifts_per(self.shown_gifts, self.shown_loads)

    @property
    def held_rate(self) -> Interval:
        return rates.gifts_per(self.held_gifts, self.held_loads)

    @property
    def more(self) -> Interval | None:
        least = min(self.shown_loads, self.held_loads)
        gifts = self.shown_gifts + self.held_gifts
        if least < rates.LEAST_LOADS or gifts < rates.LEAST_GIFTS:
            return None
        return rates.difference(
            self.shown_gifts, self.shown_loads, self.held_gifts, self.held_loads
        )

    @property
    def any(self) -> bool:
        return bool(self.shown_loads or self.held_loads)


_STEPS = {
    Step.ARTICLE: "stories",
    Step.BANNER: "banners",
    Step.GIVE: "gives",
    Step.THANKS: "thanks",
    Step.RETURN: "returns",
}


def funnel(campaign: Campaign, since: date, until: date, moment: datetime) -> Funnel:
    """From `since` to `until`, days of the campaign's zone. Three queries."""
    period = {"campaign": campaign, "day__range": (since, until)}
    found: dict[date, dict[str, int]] = {}
    loads = StepDay.objects.filter(**period).values_list("day", "step")
    for day, step, number in loads.annotate(sum=Sum("loads")).order_by("day"):
        found.setdefault(day, {})[_STEPS[Step(step)]] = number
    begun = FunnelDay.objects.filter(**period).values_list("day", "opened", "received")
    for day, opened, received in begun:
        found.setdefault(day, {}).update(opened=opened, received=received)
    for day, number in _undecided(campaign, since, until, moment):
        found.setdefault(day, {})["undecided"] = number
    days = [Day(day, **found[day]) for day in sorted(found, reverse=True)]
    return Funnel(days, _together(days, since))


def _undecided(
    campaign: Campaign, since: date, until: date, moment: datetime
) -> Iterable[tuple[date, int]]:
    """Open attempts by their day: few, found by their state."""
    rows = (
        Donation.objects.filter(
            campaign=campaign,
            state__in=UNDECIDED,
            opened_at__isnull=False,
            started_at__gte=max(moment - LONGEST, first_instant(since, campaign.zone)),
        )
        .annotate(day=TruncDate("started_at", tzinfo=campaign.zone))
        .values_list("day")
        .annotate(number=Count("pk"))
        .order_by("day")
    )
    return [(day, number) for day, number in rows if since <= day <= until]


def _together(days: list[Day], since: date) -> Day:
    names = (*_STEPS.values(), "opened", "received", "undecided")
    return Day(since, **{name: sum(getattr(day, name) for day in days) for name in names})


def holdout(campaign: Campaign, since: date, until: date) -> Holdout:
    """What is known of the banner's doing in that time. Two queries."""
    period = {"campaign": campaign, "day__range": (since, until), "dimension": "arm"}
    tallies = StepTally.objects.filter(step=Step.ARTICLE, **period).values_list("value")
    loads = dict(tallies.annotate(sum=Sum("loads")))
    gifts = dict(OriginDay.objects.filter(**period).values_list("value").annotate(sum=Sum("gifts")))
    return Holdout(
        loads.get("shown", 0), gifts.get("shown", 0), loads.get("held", 0), gifts.get("held", 0)
    )
