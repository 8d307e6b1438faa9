"""Monthly and yearly giving for the desk: what runs, what moved it, who stayed, what is expected.

All of it from the sums that `moves` and `renewals` keep: a few rows a month, however many give.
Months are the newsroom's. Yearly gifts stand apart, with what they come to in a month beside.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from campaigns.models import (
    Frequency,
    MoveKind,
    MoveMonth,
    RecurringDonation,
    RenewalCell,
)
from campaigns.moves import month_of
from campaigns.planning import first_instant
from campaigns.recurring_figures import RUNNING

# What takes what runs up, and what takes it down; together they are all that moves it.
UP: Final = (MoveKind.BEGUN, MoveKind.RAISED, MoveKind.RESUMED, MoveKind.KEPT)
DOWN: Final = (MoveKind.LOWERED, MoveKind.PAUSED, MoveKind.LEFT, MoveKind.DROPPED)
MONTHS_SHOWN: Final = 13
COHORTS_SHOWN: Final = 24
# So many whole months say which share of what is due is paid, once so many renewals were due.
JUDGED_MONTHS: Final = 3
LEAST_DUE: Final = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """What moves of one kind did in one month: `change` of what runs (signed), how many moves,
    `amount` of the gifts concerned."""

    moves: int = 0
    change: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the waterfall: `start` plus every change is `end`; minor units a month (or a
    year). `gifts` run at its end."""

    month: date
    start: int
    end: int
    gifts: int
    by: dict[MoveKind, Moved] = field(default_factory=dict)

    def of(self, kind: MoveKind) -> Moved:
        return self.by.get(kind, Moved())

    @property
    def changes(self) -> list[tuple[MoveKind, Moved]]:
        """In the order of the table's columns."""
        return [(kind, self.of(kind)) for kind in (*UP, *DOWN)]

    @property
    def failing(self) -> Moved:
        return self.of(MoveKind.FAILING)

    @property
    def recovered(self) -> Moved:
        return self.of(MoveKind.RECOVERED)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cohort in one period: of `size` donors so many paid, for so many is tried again. None of
    both while the period is not over."""

    period: date
    size: int
    donors: int | None
    waiting: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded to whole per cent."""
        if self.donors is None:
            return None
        return round(Fraction(100 * self.donors, self.size))

    @property
    def waiting_percent(self) -> int:
        return round(Fraction(100 * self.waiting, self.size))


@dataclass(frozen=True, slots=True)
class Cohort:
    first: date
    size: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was due of renewals in one period, minor units; `donors` paid some of it."""

    period: date
    donors: int
    paid: int
    pending: int
    lost: int

    @property
    def due(self) -> int:
        return self.paid + self.pending + self.lost


@dataclass(frozen=True, slots=True)
class Expected:
    """What the month that comes next should bring from gifts that run today.

    `monthly` and `yearly` fall due in it; `share` is what was paid of what fell due in the last
    three whole months, None while too little fell due to say. `amount` is the product.
    """

    month: date
    monthly: int
    yearly: int
    share: Fraction | None

    @property
    def amount(self) -> int:
        whole = self.monthly + self.yearly
        return whole if self.share is None else int(whole * self.share)

    @property
    def percent(self) -> int | None:
        return None if self.share is None else int(100 * self.share)


@dataclass(frozen=True, slots=True)
class Regular:
    """Everything of gifts of one currency and frequency at `moment`; months oldest first."""

    currency: str
    frequency: Frequency
    months: list[Month]
    cohorts: list[Cohort]
    renewed: list[Renewed]

    @property
    def running(self) -> int:
        return self.months[-1].end

    @property
    def gifts(self) -> int:
        return self.months[-1].gifts

    @property
    def shown(self) -> list[Month]:
        return self.months[-MONTHS_SHOWN:]

    @property
    def a_month(self) -> int:
        """What runs, as it comes to in a month, rounded down."""
        return self.running // 12 if self.frequency == Frequency.YEAR else self.running

    @property
    def columns(self) -> range:
        return range(max((len(cohort.cells) for cohort in self.cohorts), default=0))


@dataclass(frozen=True, slots=True)
class Monthly:
    """The page of one currency."""

    currency: str
    moment: datetime
    monthly: Regular
    yearly: Regular
    expected: Expected


def currencies() -> list[str]:
    """In which anybody gives regularly, the most moves first."""
    found = MoveMonth.objects.values("currency").annotate(n=Sum("moves")).order_by("-n", "currency")
    return [row["currency"] for row in found]


def figures(currency: str, moment: datetime) -> Monthly:
    """Three queries, however many give."""
    moves = list(MoveMonth.objects.filter(currency=currency).order_by("month"))
    cells = list(RenewalCell.objects.filter(currency=currency).order_by("cohort", "period"))
    regular = {
        frequency: Regular(
            currency,
            frequency,
            months=waterfall(
                [row for row in moves if row.frequency == frequency], month_of(moment)
            ),
            cohorts=retention(
                [row for row in cells if row.frequency == frequency], frequency, moment
            ),
            renewed=renewed([row for row in cells if row.frequency == frequency]),
        )
        for frequency in (Frequency.MONTH, Frequency.YEAR)
    }
    monthly, yearly = regular[Frequency.MONTH], regular[Frequency.YEAR]
    return Monthly(currency, moment, monthly, yearly, _expected(currency, moment, monthly))


def waterfall(rows: Iterable[MoveMonth], this_month: date) -> list[Month]:
    """Every month from the first move to this one; each begins where the one before it ended."""
    by: dict[date, dict[MoveKind, MoveMonth]] = defaultdict(dict)
    for row in rows:
        by[row.month][MoveKind(row.kind)] = row
    month = min([*by, this_month])
    last = max([*by, this_month])
    found, runs, gifts = [], 0, 0
    while month <= last:
        kinds = by[month]
        start = runs
        runs += sum(row.change for row in kinds.values())
        gifts += sum(row.gifts for row in kinds.values())
        moved = {kind: Moved(row.moves, row.change, row.amount) for kind, row in kinds.items()}
        found.append(Month(month, start, runs, gifts, moved))
        month = later(month, 1)
    return found


def retention(rows: Iterable[RenewalCell], frequency: Frequency, moment: datetime) -> list[Cohort]:
    """Each cohort in each period from its own on; blank where the period is not over yet."""
    step = 12 if frequency == Frequency.YEAR else 1
    by: dict[date, dict[date, RenewalCell]] = defaultdict(dict)
    for row in rows:
        if row.cohort is not None:
            by[row.cohort][row.period] = row
    cohorts = []
    for first in sorted(by)[-COHORTS_SHOWN:]:
        size = by[first][first].donors if first in by[first] else 0
        if size <= 0:
            continue
        cells, period = [], first
        while period <= month_of(moment):
            here, over = by[first].get(period), is_over(later(period, step), moment)
            cells.append(
                Cell(
                    period,
                    size,
                    donors=(here.donors if here else 0) if over or period == first else None,
                    waiting=here.waiting if here and over else 0,
                )
            )
            period = later(period, step)
        cohorts.append(Cohort(first, size, cells))
    return cohorts


def renewed(rows: Iterable[RenewalCell]) -> list[Renewed]:
    """What fell due in each period, whoever it was due from, oldest first."""
    by: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        more = (row.donors, row.paid, row.pending, row.lost)
        by[row.period] = [kept + new for kept, new in zip(by[row.period], more, strict=True)]
    return [Renewed(period, *by[period]) for period in sorted(by)]


def later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, number = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, number + 1, 1)


def is_over(next_period: date, moment: datetime) -> bool:
    return moment >= first_instant(next_period, ZoneInfo(settings.TIME_ZONE))


def _expected(currency: str, moment: datetime, monthly: Regular) -> Expected:
    zone = ZoneInfo(settings.TIME_ZONE)
    coming = later(month_of(moment), 1)
    yearly = RecurringDonation.objects.filter(
        currency=currency,
        frequency=Frequency.YEAR,
        state__in=RUNNING,
        next_at__gte=first_instant(coming, zone),
        next_at__lt=first_instant(later(coming, 1), zone),
    ).aggregate(sum=Sum("amount", default=0))["sum"]
    return Expected(coming, monthly.running, yearly, share_paid(monthly, month_of(moment)))


def share_paid(monthly: Regular, this_month: date) -> Fraction | None:
    """Of what fell due in the last three whole months, what was paid; None when too few renewals
    fell due to say."""
    since = later(this_month, -JUDGED_MONTHS)
    judged = [row for row in monthly.renewed if since <= row.period < this_month]
    due = sum(row.due for row in judged)
    if not due or sum(row.donors for row in judged) < LEAST_DUE:
        return None
    return Fraction(sum(row.paid for row in judged), due)
