"""Donors by rules: for the list on the desk, for saved segments and for what each rule takes out.

Every rule is answered from the kept years and sums of donors, never from all gifts. "This year" is
the year of a day that is passed in; gifts are in the year of their campaign's own time zone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from campaigns.models import Donor, DonorTotal, DonorYear, RecurringDonation, RecurringState


class How(StrEnum):
    """How a donor gives."""

    ANY = ""
    ONCE = "once"
    REGULAR = "regular"
    RUNNING = "running"


class When(StrEnum):
    """In which years a donor gave, as seen from a day."""

    ANY = ""
    THIS_YEAR = "this_year"
    LAST_YEAR_NOT_THIS = "last_year"
    SOME_YEAR_NOT_THIS = "some_year"


@dataclass(frozen=True, slots=True)
class Rules:
    """Empty rules take nobody out. `least` and `most` in minor units of `currency`: what a donor's
    gifts come to, of `year` alone when that is set. `last_since` and `last_until` are days of the
    last gift, both included, in the newsroom's time zone. `reachable` leaves out who has no
    address or does not wish to be asked."""

    currency: str = "cad"
    least: int | None = None
    most: int | None = None
    year: int | None = None
    last_since: date | None = None
    last_until: date | None = None
    campaign: int | None = None
    how: str = How.ANY
    when: str = When.ANY
    language: str = ""
    reachable: bool = False

    def as_json(self) -> dict[str, Any]:
        """Without what is empty; days as ISO 8601."""
        said = asdict(self)
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in said.items()
            if value not in (None, "", False)
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Rules":
        """What `as_json` wrote; names that a later release no longer knows are left out."""
        known = {each.name for each in fields(cls)}
        kept = {name: value for name, value in said.items() if name in known}
        for name in ("last_since", "last_until"):
            if name in kept:
                kept[name] = date.fromisoformat(kept[name])
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule: how many it took out of those the rules before it left."""

    key: str
    removed: int
    left: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`everybody` is all who gave and whose gifts stand."""

    everybody: int
    steps: list[Step]

    @property
    def left(self) -> int:
        return self.steps[-1].left if self.steps else self.everybody


def everybody() -> QuerySet[Donor]:
    """All donors, each person once."""
    return Donor.objects.filter(joined_to=None)


def who_gave() -> QuerySet[Donor]:
    """Those with a gift that stands."""
    return everybody().filter(Exists(_years().filter(net__gt=0)))


def chosen(donors: QuerySet[Donor], rules: Rules, today: date) -> QuerySet[Donor]:
    """Those of `donors` whom the rules leave."""
    for _key, rule in conditions(rules, today):
        donors = donors.filter(rule)
    return donors


def preview(rules: Rules, today: date) -> Preview:
    """How many each rule takes out, in the order of `conditions`. One query."""
    together, kept = Q(), {}
    for key, rule in conditions(rules, today):
        together &= rule
        kept[f"left_{key}"] = Count("pk", filter=together)
    found = who_gave().aggregate(everybody=Count("pk"), **kept)
    before, steps = found["everybody"], []
    for key, _rule in conditions(rules, today):
        left = found[f"left_{key}"]
        steps.append(Step(key, before - left, left))
        before = left
    return Preview(found["everybody"], steps)


def conditions(rules: Rules, today: date) -> Iterator[tuple[str, Q]]:
    """(name, whom it leaves) of each rule that is set."""
    if rules.when:
        yield "when", _when(rules.when, today.year)
    years = _years().filter(currency=rules.currency)
    if rules.year:
        years = years.filter(year=rules.year)
    sums = years.values("donor").annotate(sum=Sum("net"))
    if rules.least is not None:
        yield "least", Q(Exists(sums.filter(sum__gte=rules.least)))
    if rules.most is not None:
        yield "most", ~Q(Exists(sums.filter(sum__gt=rules.most)))
    if rules.year and rules.least is None:
        yield "year", _gave(rules.year)
    if rules.last_since:
        yield "last_since", Q(Exists(_years().filter(last_at__gte=_begin(rules.last_since))))
    if rules.last_until:
        after = _begin(rules.last_until + timedelta(days=1))
        yield "last_until", ~Q(Exists(_years().filter(last_at__gte=after)))
    if rules.campaign:
        here = DonorTotal.objects.filter(donor=OuterRef("pk"), campaign=rules.campaign, net__gt=0)
        yield "campaign", Q(Exists(here))
    if rules.how:
        yield "how", _how(rules.how)
    if rules.language:
        yield "language", Q(language=rules.language)
    if rules.reachable:
        yield "no_address", Q(email__isnull=False)
        yield "no_appeals", Q(no_appeals=False)


def _years() -> QuerySet[DonorYear]:
    return DonorYear.objects.filter(donor=OuterRef("pk"))


def _gave(year: int) -> Q:
    return Q(Exists(_years().filter(year=year, gifts__gt=0, net__gt=0)))


def _when(when: str, year: int) -> Q:
    if when == When.THIS_YEAR:
        return _gave(year)
    if when == When.LAST_YEAR_NOT_THIS:
        return _gave(year - 1) & ~_gave(year)
    earlier = Q(Exists(_years().filter(year__lt=year, gifts__gt=0, net__gt=0)))
    return earlier & ~_gave(year)


def _how(how: str) -> Q:
    if how == How.RUNNING:
        running = RecurringDonation.objects.filter(
            donor=OuterRef("pk"), state__in=[RecurringState.ACTIVE, RecurringState.UNPAID]
        )
        return Q(Exists(running))
    regular = Q(Exists(_years().filter(regular__gt=0)))
    return regular if how == How.REGULAR else ~regular


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
