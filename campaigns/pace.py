"""Where a campaign stands: pure arithmetic on its goal, its days and what each day brought.

Amounts are minor units. Days are days of the campaign's own time zone. What counts on a day is
what was received less what went back, as in the roll-ups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    BEFORE = "before"
    OPEN = "open"
    ENDED = "ended"


class DaySum(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def net(self) -> int: ...


@dataclass(frozen=True)
class Plan:
    """What was promised: `ends_at` exclusive; None, with `last_day`, for no deadline."""

    goal: int
    starts_at: datetime
    ends_at: datetime | None
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class Standing:
    """The campaign at one moment.

    `paced` is where the straight line from nothing at the start to the goal at the deadline
    stands now, and `ahead` how far the total is above it (negative: behind). `needed_a_day` is
    what each day from today to the last must bring, today's own gifts so far not yet taken off.
    Those three and `days_left` (today counts) are None where there is no deadline to reckon to.
    """

    phase: Phase
    today: date
    raised: int
    goal: int
    paced: int | None
    ahead: int | None
    days_left: int | None
    needed_a_day: int | None
    raised_today: int
    raised_yesterday: int
    last_seven: int
    seven_before: int

    @property
    def left(self) -> int:
        """What is missing to the goal; zero once it is reached."""
        return max(0, self.goal - self.raised)

    @property
    def reached(self) -> bool:
        return self.raised >= self.goal

    @property
    def percent(self) -> int:
        """Of the goal, rounded down, so that 100 is never shown early; may pass 100."""
        return self.raised * 100 // self.goal

    @property
    def last_seven_a_day(self) -> int:
        return self.last_seven // 7

    @property
    def behind(self) -> int | None:
        return None if self.ahead is None else -self.ahead

    @property
    def shown(self) -> int:
        """The bar's length: between nothing and the goal."""
        return min(max(self.raised, 0), self.goal)

    @property
    def week_is_short(self) -> bool:
        """Whether the last seven days, gone on as they were, would miss the goal."""
        if self.needed_a_day is None or self.reached:
            return False
        return self.last_seven_a_day < self.needed_a_day


@dataclass(frozen=True)
class Point:
    """The end of one day on the chart; `raised` is None for days to come."""

    day: date
    raised: int | None
    paced: int | None


def standing(
    plan: Plan, raised: int, days: Sequence[DaySum], moment: datetime, today: date
) -> Standing:
    """`days` may be in any order and leave out those on which nothing happened."""
    phase = _phase(plan, moment)
    brought = {d.day: d.net for d in days}
    counted = phase is Phase.OPEN and plan.ends_at is not None
    paced = straight_pace(plan, moment) if counted else None
    left = days_left(plan.last_day, today) if counted else None
    raised_today = brought.get(today, 0)
    return Standing(
        phase=phase,
        today=today,
        raised=raised,
        goal=plan.goal,
        paced=paced,
        ahead=None if paced is None else raised - paced,
        days_left=left,
        needed_a_day=None if left is None else needed_a_day(plan.goal, raised - raised_today, left),
        raised_today=raised_today,
        raised_yesterday=brought.get(today - timedelta(days=1), 0),
        last_seven=_sum(brought, today - timedelta(days=7), 7),
        seven_before=_sum(brought, today - timedelta(days=14), 7),
    )


def straight_pace(plan: Plan, moment: datetime) -> int:
    """Minor units the straight line has reached at `moment`, rounded down."""
    if plan.ends_at is None:
        raise ValueError("A campaign without a deadline has no pace.")
    whole = plan.ends_at - plan.starts_at
    gone = min(max(moment - plan.starts_at, timedelta(0)), whole)
    microsecond = timedelta(microseconds=1)
    return plan.goal * (gone // microsecond) // (whole // microsecond)


def days_left(last_day: date | None, today: date) -> int | None:
    """Days on which one can still give, today counted; zero after the last."""
    return None if last_day is None else max(0, (last_day - today).days + 1)


def needed_a_day(goal: int, raised_before_today: int, days: int) -> int:
    """What each of `days` days must bring, rounded up to the minor unit."""
    missing = goal - raised_before_today
    return max(0, -(-missing // days)) if days else 0


def line(
    plan: Plan,
    days: Sequence[DaySum],
    ends: Sequence[tuple[date, datetime]],
    today: date,
) -> list[Point]:
    """The running total at the end of each day of `ends` (day, the instant it ends), beside pace.

    What came before the first of them is in its total.
    """
    brought = {d.day: d.net for d in days}
    total = sum(net for day, net in brought.items() if ends and day < ends[0][0])
    points = []
    for day, end in ends:
        total += brought.get(day, 0)
        points.append(
            Point(
                day=day,
                raised=total if day <= today else None,
                paced=None if plan.ends_at is None else straight_pace(plan, end),
            )
        )
    return points


def _phase(plan: Plan, moment: datetime) -> Phase:
    if moment < plan.starts_at:
        return Phase.BEFORE
    if plan.ends_at is not None and moment >= plan.ends_at:
        return Phase.ENDED
    return Phase.OPEN


def _sum(brought: dict[date, int], first: date, days: int) -> int:
    return sum(brought.get(first + timedelta(days=n), 0) for n in range(days))
