"""The forecast says how sure it is, and is as right as it says."""

import random
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

import pytest
from django.core.cache import cache
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaigns import charts, forecast, forecasting
from campaigns.forecast import Day, Known, MatchRoom
from campaigns.models import Campaign
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.desk.people import signed_in
from tests.forecast.judging import judge
from tests.forecast.worlds import a_world

MONDAY = date(2026, 3, 2)


def steady(gifts: int = 10, days: int = 14, left: int = 14, **more: object) -> Known:
    """`gifts` of $50 each day, so many days still to come."""
    past = [Day(MONDAY + timedelta(days=n), gifts, gifts * 5000) for n in range(days)]
    fields = {
        "raised": gifts * 5000 * days,
        "goal": 1_000_000,
        "today": past[-1].day,
        "last_day": past[-1].day + timedelta(days=left),
        "days": past,
        "sizes": [5000] * 40,
    }
    return Known(**(fields | more))


@pytest.fixture(autouse=True)
def few_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "PATHS", 200)


def test_a_steady_campaign_goes_on_about_as_it_did_with_a_rush_at_the_end() -> None:
    said = forecast.forecast(steady())
    assert said is not None
    assert 1_350_000 < said.median < 1_750_000
    assert said.low < said.median < said.high
    assert said.chance == 99


def test_what_it_would_take_is_said_in_gifts_of_the_usual_size() -> None:
    said = forecast.forecast(steady(goal=3_000_000))
    assert said is not None
    assert said.chance == 1
    lacking = 3_000_000 - said.median
    assert said.more_a_day == -(-lacking // said.usual_gift // 14)


def test_the_band_is_narrower_the_nearer_the_end() -> None:
    far, near = forecast.forecast(steady(left=28)), forecast.forecast(steady(left=3))
    assert far is not None
    assert near is not None
    assert (near.high - near.low) / near.median < (far.high - far.low) / far.median


def test_a_match_adds_what_it_has_room_for_and_no_more() -> None:
    bare = forecast.forecast(steady())
    room = MatchRoom(100, 100_000, MONDAY + timedelta(days=60))
    matched = forecast.forecast(steady(matches=[room]))
    assert bare is not None
    assert matched is not None
    assert abs(matched.median - bare.median - 100_000) < 2_000


def test_nothing_is_said_before_the_first_gift_or_after_the_last_day() -> None:
    assert forecast.forecast(steady(gifts=0)) is None
    assert forecast.forecast(steady(left=0)) is None
    assert forecast.forecast(steady(sizes=[])) is None


def test_on_the_last_day_only_what_is_left_of_it_can_still_come() -> None:
    whole = forecast.forecast(steady(left=1))
    last = steady(left=0, today_left=0.1)
    little = forecast.forecast(last)
    assert whole is not None
    assert little is not None
    assert little.median - last.raised < (whole.median - last.raised) / 3


@given(
    gifts=st.lists(st.integers(0, 400), min_size=1, max_size=70),
    sizes=st.lists(st.integers(1, 10**7), min_size=1, max_size=20),
    left=st.integers(1, 40),
    goal=st.integers(1, 10**10),
)
def test_whatever_the_past_was_the_three_figures_are_in_order_and_never_certain(
    gifts: list[int], sizes: list[int], left: int, goal: int
) -> None:
    days = [Day(MONDAY + timedelta(days=n), g, g * sizes[0]) for n, g in enumerate(gifts)]
    told = Known(
        raised=sum(d.received for d in days),
        goal=goal,
        today=days[-1].day,
        last_day=days[-1].day + timedelta(days=left),
        days=days,
        sizes=sizes,
    )
    forecast.PATHS = 20
    said = forecast.forecast(told)
    if said is None:
        assert not any(gifts)
        return
    assert told.raised <= said.low <= said.median <= said.high
    assert 1 <= said.chance <= 99
    assert len(said.band) == left


def test_it_is_as_sure_as_it_says_and_better_than_a_straight_line() -> None:
    """A small cut of what `make bench` judges on 200 campaigns, from a generator of its own."""
    worlds = [a_world(n) for n in range(50)]
    judged = [
        found
        for n in range(10, 50)
        for share in (0.5, 0.8)
        if (found := judge(worlds[n], int(len(worlds[n].days) * share), worlds[n - 10 : n]))
    ]
    assert 0.65 < fmean(each.within for each in judged) < 0.92
    assert fmean(j.loss for j in judged) < 0.8 * fmean(j.straight_loss for j in judged)
    assert fmean(j.loss for j in judged) < 0.5 * fmean(j.curve_loss for j in judged)


# ------------------------------------------------------------------ from the rows

NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)


@pytest.fixture
def campaign(db: None) -> Campaign:
    cache.clear()
    made = a_campaign(
        starts_at=NOW - timedelta(days=9), ends_at=NOW + timedelta(days=9), goal=10_000_000
    )
    for n in range(1, 9):
        a_gift(made, 2500, NOW - timedelta(days=n))
        a_gift(made, 7500, NOW - timedelta(days=n))
    return made


def test_staff_read_where_the_campaign_may_end_and_that_it_is_unproven(
    campaign: Campaign, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    now = datetime.now(UTC)
    campaign.starts_at, campaign.ends_at = now - timedelta(days=9), now + timedelta(days=9)
    campaign.save()
    for n in range(1, 9):
        a_gift(campaign, 2500, now - timedelta(days=n))
    charts.draw(campaign, now)
    made = forecasting.kept(campaign)
    assert made is not None
    assert made.forecast is not None
    page = signed_in("fundraiser").get(f"/desk/campaigns/{campaign.pk}/analytics/").content.decode()
    assert "Where it may end" in page
    assert "Unproven here: it has 0 finished campaigns" in page
    assert "1 of 100" in page


def test_today_is_known_as_far_as_it_has_gone(campaign: Campaign) -> None:
    a_gift(campaign, 9900, NOW)
    told = forecasting.known(campaign, NOW)
    assert told.raised == 8 * 10_000 + 9900
    assert told.days[-1].day == told.today - timedelta(days=1)
    assert 0.3 < told.today_left < 0.6
    assert told.ahead[0] == told.today
    assert told.ahead[-1] == told.last_day
    assert sorted(set(told.sizes)) == [2500, 7500, 9900]


def test_a_finished_campaign_has_no_forecast_and_teaches_the_next(campaign: Campaign) -> None:
    ended = a_campaign(starts_at=NOW - timedelta(days=60), ends_at=NOW - timedelta(days=30))
    for n in range(40):
        a_gift(ended, 2500, NOW - timedelta(days=31 + n % 28))
    assert forecasting.make(ended, NOW) is None
    told = forecasting.known(campaign, NOW)
    assert len(told.curves) == 1
    assert sum(told.curves[0]) == 40


def test_the_past_is_judged_by_what_was_recorded_by_then(
    campaign: Campaign, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = random.Random(3)
    start = datetime.now(UTC) - timedelta(days=60)
    ended = a_campaign(starts_at=start, ends_at=start + timedelta(days=30))
    for _ in range(60):
        a_gift(ended, 2500, start + timedelta(days=draw.randrange(30), hours=1))
    # All of it was recorded only now: by the days before the end nothing was known.
    past = list(forecasting.pasts(datetime.now(UTC), [7, 1]))
    assert [(each.pk, left, known.raised) for each, left, known, _ in past] == [
        (ended.pk, 7, 0),
        (ended.pk, 1, 0),
    ]
    assert {end for *_, end in past} == {60 * 2500}
    call_command("judge_forecast")
    assert "says anything of forecasts" in capsys.readouterr().out
