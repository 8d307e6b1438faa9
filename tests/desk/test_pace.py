"""Pace, days left and what a day must bring: arithmetic that staff act upon."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.pace import Phase, Plan, days_left, line, needed_a_day, standing, straight_pace
from campaigns.planning import end_of, first_instant, last_day

TORONTO = ZoneInfo("America/Toronto")


@dataclass(frozen=True)
class Day:
    day: date
    net: int


def a_plan(goal: int, first: date, last: date | None, zone: ZoneInfo = TORONTO) -> Plan:
    ends_at = end_of(last, zone) if last else None
    return Plan(goal, first_instant(first, zone), ends_at, first, last)


@given(
    day=st.dates(date(2020, 1, 1), date(2037, 1, 1)),
    zone=st.sampled_from(
        [
            "America/Toronto",
            "America/St_Johns",
            "America/Havana",
            "America/Asuncion",
            "Africa/Cairo",
            "Asia/Beirut",
            "Australia/Lord_Howe",
            "Pacific/Auckland",
            "Pacific/Apia",
            "UTC",
        ]
    ),
)
def test_a_deadline_day_holds_to_its_last_instant_and_not_beyond(day: date, zone: str) -> None:
    where = ZoneInfo(zone)
    end = end_of(day, where)
    assert (end - timedelta(microseconds=1)).astimezone(where).date() == day
    assert end.astimezone(where).date() == day + timedelta(days=1)
    assert last_day(end, where) == day


def test_the_days_on_which_clocks_change_are_an_hour_short_or_long() -> None:
    spring = date(2026, 3, 8)
    autumn = date(2026, 11, 1)
    assert end_of(spring, TORONTO) - first_instant(spring, TORONTO) == timedelta(hours=23)
    assert end_of(autumn, TORONTO) - first_instant(autumn, TORONTO) == timedelta(hours=25)
    assert end_of(date(2026, 6, 3), TORONTO) == datetime(2026, 6, 4, 4, tzinfo=UTC)
    # Clocks go from midnight to one: the day begins at one.
    cairo = ZoneInfo("Africa/Cairo")
    assert first_instant(date(2026, 4, 24), cairo).astimezone(cairo).hour == 1


def test_the_straight_pace_runs_from_nothing_to_the_goal() -> None:
    plan = a_plan(10_000_00, date(2026, 5, 1), date(2026, 5, 10))
    assert plan.ends_at is not None
    assert straight_pace(plan, plan.starts_at - timedelta(days=3)) == 0
    assert straight_pace(plan, plan.starts_at + timedelta(days=5)) == 5_000_00
    assert straight_pace(plan, plan.ends_at + timedelta(days=3)) == 10_000_00
    with pytest.raises(ValueError, match="no pace"):
        straight_pace(a_plan(1, date(2026, 5, 1), None), plan.starts_at)


def test_today_and_the_last_day_are_days_one_can_still_give_on() -> None:
    assert days_left(date(2026, 6, 3), date(2026, 6, 1)) == 3
    assert days_left(date(2026, 6, 3), date(2026, 6, 3)) == 1
    assert days_left(date(2026, 6, 3), date(2026, 6, 4)) == 0
    assert days_left(None, date(2026, 6, 3)) is None


@given(
    goal=st.integers(1, 10**12),
    raised=st.integers(-(10**6), 10**12),
    days=st.integers(1, 4000),
)
def test_bringing_what_is_needed_each_day_reaches_the_goal_and_a_cent_less_does_not(
    goal: int, raised: int, days: int
) -> None:
    needed = needed_a_day(goal, raised, days)
    assert raised + needed * days >= goal
    if needed:
        assert raised + (needed - 1) * days < goal


def test_what_is_needed_today_does_not_fall_as_today_goes_well() -> None:
    plan = a_plan(1_000_00, date(2026, 5, 1), date(2026, 5, 10))
    noon = datetime(2026, 5, 9, 16, tzinfo=UTC)
    quiet = standing(plan, 800_00, [Day(date(2026, 5, 8), 800_00)], noon, date(2026, 5, 9))
    busy = standing(
        plan,
        850_00,
        [Day(date(2026, 5, 8), 800_00), Day(date(2026, 5, 9), 50_00)],
        noon,
        date(2026, 5, 9),
    )
    assert quiet.needed_a_day == busy.needed_a_day == 100_00
    assert (quiet.raised_today, busy.raised_today) == (0, 50_00)
    assert busy.raised_yesterday == 800_00


def test_a_campaign_before_its_start_after_its_end_or_without_end_has_no_pace_today() -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 10)
    plan = a_plan(1_000_00, first, last)
    assert plan.ends_at is not None
    early = standing(plan, 0, [], plan.starts_at - timedelta(seconds=1), date(2026, 4, 30))
    late = standing(plan, 999_00, [], plan.ends_at, date(2026, 5, 11))
    forever = a_plan(1_000_00, first, None)
    open_end = standing(forever, 0, [], forever.starts_at, first)
    assert [s.phase for s in (early, late, open_end)] == [Phase.BEFORE, Phase.ENDED, Phase.OPEN]
    for one in (early, late, open_end):
        assert (one.ahead, one.days_left, one.needed_a_day) == (None, None, None)
    assert (late.percent, late.left, late.reached) == (99, 1_00, False)


def test_the_line_adds_up_each_day_and_stops_at_today() -> None:
    plan = a_plan(400_00, date(2026, 5, 1), date(2026, 5, 4))
    days = [
        Day(date(2026, 4, 28), 10_00),
        Day(date(2026, 5, 1), 50_00),
        Day(date(2026, 5, 3), -20_00),
    ]
    ends = [
        (date(2026, 5, n), first_instant(date(2026, 5, n) + timedelta(days=1), TORONTO))
        for n in range(1, 5)
    ]
    points = line(plan, days, ends, today=date(2026, 5, 3))
    assert [p.raised for p in points] == [60_00, 60_00, 40_00, None]
    assert [p.paced for p in points] == [100_00, 200_00, 300_00, 400_00]
