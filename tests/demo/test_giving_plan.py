"""What the plan of the demo's gifts promises: real giving, the same each time."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from newsroom.demo import READER
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.corrections import first_published
from newsroom.demo.build.giving_plan import Gift, Told, plan
from newsroom.demo.content import load
from newsroom.demo.management.commands.build_demo import GIFTS, SEED

CONTENT = load()
ZONE = ZoneInfo(CONTENT.newsroom.time_zone)
DAYS = 30


def calendar(now: datetime) -> Calendar:
    return Calendar(now.date(), ZONE, now)


def planned(count: int = GIFTS, *, seed: int = SEED, now: datetime | None = None) -> list[Gift]:
    days = calendar(now or datetime(2026, 6, 10, 9, 50, tzinfo=ZONE))
    told = [Told(story.slug, first_published(story, days)) for story in CONTENT.stories]
    return plan(count, seed, days, DAYS, told, CONTENT.donors)


def test_the_same_seed_gives_the_same_gifts_and_fewer_gifts_are_some_of_them():
    assert planned() == planned()
    assert planned(seed=2) != planned()
    assert set(planned(25)) <= set(planned())


def test_the_bar_stands_at_about_half_of_the_goal():
    raised = sum(gift.amount - gift.given_back for gift in planned() if gift.is_paid)
    goal = CONTENT.campaign.goal
    assert goal is not None
    assert 0.45 * goal <= raised <= 0.60 * goal


def test_gifts_are_small_and_round_with_a_few_large_ones():
    amounts = Counter(gift.amount for gift in planned())
    assert median(amounts.elements()) in (4000, 5000)
    assert amounts[250_000] == 1
    assert sum(often for amount, often in amounts.items() if amount >= 25_000) < GIFTS / 12


def test_some_are_left_some_declined_first_and_a_few_given_back():
    endings = Counter(gift.ending for gift in planned())
    assert endings["left"] == 35
    assert endings["declined, then paid"] == 17
    assert (endings["refunded"], endings["partly refunded"]) == (4, 4)
    for gift in planned():
        assert (gift.given_back > 0) == (gift.given_back_at is not None)
        assert gift.given_back <= gift.amount


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_no_gift_is_before_the_campaign_after_now_or_from_a_story_not_yet_out(hour: int):
    now = datetime(2026, 6, 10, hour, 12, tzinfo=ZONE)
    days = calendar(now)
    out = {story.slug: first_published(story, days) for story in CONTENT.stories}
    for gift in planned(now=now):
        assert days.moment(DAYS, 0) <= gift.moment <= now
        assert gift.started < gift.moment
        for story in (gift.story, gift.first_story):
            assert story is None or out[story] <= gift.moment
        if gift.given_back_at:
            assert gift.moment <= gift.given_back_at <= now


def test_a_big_story_brings_a_surge_and_most_gifts_come_by_day():
    gifts = planned()
    by_day = Counter(gift.moment.astimezone(ZONE).date() for gift in gifts)
    surge = calendar(datetime(2026, 6, 10, 9, 50, tzinfo=ZONE)).day(20)
    assert by_day[surge] > 2 * median(by_day.values())
    assert by_day[surge] > by_day[surge - timedelta(days=1)]
    by_night = sum(gift.moment.astimezone(ZONE).hour < 6 for gift in gifts)
    assert by_night < GIFTS / 20


def test_gifts_come_from_stories_and_from_elsewhere_and_a_few_people_give_twice():
    gifts = planned()
    assert 0.6 < sum(gift.story is not None for gift in gifts) / GIFTS < 0.9
    assert {gift.via for gift in gifts if gift.story is None} >= {"front", "campaign", ""}
    assert any(gift.via.startswith("letter-") for gift in gifts)
    given = Counter(gift.email for gift in gifts)
    assert given[READER] == 2
    assert 10 <= sum(times == 2 for times in given.values()) <= 20
    assert all(email.endswith(".example") for email in given)
