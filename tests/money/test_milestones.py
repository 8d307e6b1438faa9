"""Milestones, goal and stretch goal: reached once, said once, and true after any refund."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import ledger
from campaigns.case import Case, MilestoneWish, store_case
from campaigns.models import Campaign, EntryKind, Milestone, Reached
from campaigns.planning import CampaignRefused, store_campaign
from campaigns.progress import Bar, bar_of, progress, with_total
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.money.test_ledger import NOON, a_donation, an_entry

pytestmark = pytest.mark.django_db


def with_marks(*amounts: int, **fields) -> Campaign:
    campaign = a_campaign(**fields)
    for amount in amounts:
        Milestone.objects.create(campaign=campaign, amount=amount, words=f"words of {amount}")
    return campaign


def a_fundraiser() -> Reader:
    reader = Reader.objects.create_user(f"{uuid.uuid4().hex[:8]}@newsroom.example")
    reader.is_staff = True
    reader.save()
    group, _made = Group.objects.get_or_create(name="fundraiser")
    group.permissions.add(Permission.objects.get(codename="change_campaign"))
    reader.groups.add(group)
    return reader


def charge(campaign: Campaign, amount: int, day: int = 0) -> None:
    ledger.append([an_entry(campaign, amount, at=NOON + timedelta(days=day))])


def refund(campaign: Campaign, amount: int, day: int = 0) -> None:
    at = NOON + timedelta(days=day)
    ledger.append([an_entry(campaign, -amount, kind=EntryKind.REFUND, at=at)])


def reached(campaign: Campaign) -> list[int]:
    return list(Reached.objects.filter(campaign=campaign).values_list("amount", flat=True))


def shown(campaign: Campaign):
    return progress(with_total().get(pk=campaign.pk), NOON + timedelta(days=4))


def test_a_milestone_is_reached_by_the_gift_that_takes_the_sum_there_to_the_cent() -> None:
    campaign = with_marks(50_000)
    charge(campaign, 49_999)
    assert reached(campaign) == []
    charge(campaign, 1, day=2)
    assert reached(campaign) == [50_000]
    assert Reached.objects.get(campaign=campaign).reached_at == NOON + timedelta(days=2)


def test_one_gift_may_pass_several_marks_and_the_goal_and_the_stretch_goal_are_marks_too() -> None:
    campaign = with_marks(20_000, 30_000, 140_000, goal=100_000, stretch_goal=150_000)
    charge(campaign, 150_000)
    assert reached(campaign) == [20_000, 30_000, 100_000, 140_000, 150_000]
    kinds = [mark["kind"] for mark in shown(campaign).as_json()["milestones"]]
    assert kinds == ["milestone", "milestone", "goal", "milestone", "stretch"]


def test_a_milestone_stays_reached_after_a_refund_and_is_not_announced_again() -> None:
    reader = a_fundraiser()
    campaign = with_marks(50_000)
    charge(campaign, 60_000)
    refund(campaign, 30_000, day=1)
    charge(campaign, 40_000, day=2)
    assert Reached.objects.get(campaign=campaign).reached_at == NOON
    mails = OutboxMail.objects.filter(kind="milestone reached", to=reader.email)
    assert [mail.subject for mail in mails] == ["Keep the lights on: $500 reached"]
    assert "words of 50000" in mails[0].text


def test_a_goal_once_reached_is_still_said_after_the_sum_fell_below_it() -> None:
    campaign = a_campaign(goal=100_000)
    charge(campaign, 100_000)
    refund(campaign, 500, day=1)
    now = shown(campaign)
    assert (now.reached, now.fell_back, now.percent) == (True, True, 99)
    assert now.goal_reached_at == NOON


def test_what_comes_and_goes_in_one_look_at_stripe_reaches_nothing() -> None:
    campaign = with_marks(50_000)
    gift = a_donation(campaign, 50_000)
    ledger.append(
        [
            an_entry(campaign, 50_000, donation=gift),
            an_entry(campaign, -50_000, kind=EntryKind.REFUND, donation=gift),
        ]
    )
    assert reached(campaign) == []


def test_the_database_refuses_to_unsay_a_mark() -> None:
    charge(with_marks(50_000), 50_000)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "DELETE FROM campaigns_reached",
        "UPDATE campaigns_reached SET amount = 1",
        "TRUNCATE campaigns_reached",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_goal_lowered_to_what_has_been_raised_is_reached_by_that() -> None:
    the_default_campaign()
    campaign = a_campaign(goal=100_000)
    charge(campaign, 80_000)
    campaign.goal = 75_000
    moment = timezone.now()
    store_campaign(campaign, by=None, moment=moment)
    assert Reached.objects.get(campaign=campaign).reached_at == moment


def test_a_passed_mark_that_is_not_written_down_is_found_by_verify_ledger() -> None:
    campaign = a_campaign(goal=100_000)
    charge(campaign, 80_000)
    assert list(ledger.recount()) == []
    Campaign.objects.filter(pk=campaign.pk).update(goal=70_000)
    assert ["reached" in str(each) for each in ledger.recount()] == [True]


def wish(amount: int, words: str = "A boat", row: int = 0) -> MilestoneWish:
    return MilestoneWish(row, amount, words)


def test_staff_set_marks_ahead_of_the_sum_and_cannot_take_back_what_was_announced() -> None:
    campaign = a_campaign(goal=100_000)
    charge(campaign, 10_000)
    for amount, said in ((10_000, "has been raised"), (100_000, "goal")):
        with pytest.raises(CampaignRefused, match=said):
            store_case(campaign, Case([wish(amount)], [], []), by=None)
    store_case(campaign, Case([wish(20_000), wish(30_000, row=1)], [], []), by=None)
    charge(campaign, 10_000)
    for kept in ([wish(30_000)], [wish(25_000), wish(30_000, row=1)], []):
        with pytest.raises(CampaignRefused, match="it stays"):
            store_case(campaign, Case(kept, [], []), by=None)
    with pytest.raises(CampaignRefused, match="already"):
        store_case(campaign, Case([wish(20_000), wish(20_000, row=1)], [], []), by=None)
    store_case(campaign, Case([wish(20_000, "A better boat")], [], []), by=None)
    assert [(m.amount, m.words) for m in campaign.marks.all()] == [(20_000, "A better boat")]


@pytest.mark.parametrize(
    ("raised", "stretch", "bar"),
    [
        (-500, None, Bar(0, 0, 1000)),
        (0, None, Bar(0, 0, 1000)),
        (1, 150_000, Bar(5, 0, 1000)),
        (3_000, 150_000, Bar(30, 0, 1000)),
        (99_999, 150_000, Bar(990, 0, 1000)),
        (100_000, None, Bar(1000, 0, 1000)),
        (100_000, 200_000, Bar(500, 500, 500)),
        (150_000, 200_000, Bar(500, 750, 500)),
        (250_000, 200_000, Bar(400, 1000, 400)),
        (250_000, None, Bar(400, 1000, 400)),
    ],
)
def test_the_bar_is_as_long_as_the_money_and_the_stretch_goal_is_no_part_of_the_goal(
    raised: int, stretch: int | None, bar: Bar
) -> None:
    assert bar_of(raised, 100_000, stretch) == bar


moves = st.lists(st.integers(-4000, 6000).filter(bool), max_size=14)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves, st.sets(st.integers(1, 15_000), max_size=4))
def test_after_any_sequence_of_entries_just_the_marks_that_a_sum_came_to_are_reached_once(
    amounts, marks
) -> None:
    with transaction.atomic():
        reader = a_fundraiser()
        campaign = with_marks(*(marks - {9_000}), goal=9_000)
        running, highest, since = 0, 0, {}
        for day, amount in enumerate(amounts):
            kind = EntryKind.CHARGE if amount > 0 else EntryKind.REFUND
            at = NOON + timedelta(days=day)
            ledger.append([an_entry(campaign, amount, kind=kind, at=at)])
            running += amount
            highest = max(highest, running)
            for mark in marks | {9_000}:
                if running >= mark:
                    since.setdefault(mark, at)
        rows = Reached.objects.filter(campaign=campaign)
        assert dict(rows.values_list("amount", "reached_at")) == since
        told = OutboxMail.objects.filter(to=reader.email, kind="milestone reached").count()
        assert told == len(since)
        assert [each for each in ledger.recount() if "below" not in str(each)] == []
        transaction.set_rollback(True)
