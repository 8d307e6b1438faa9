"""A sponsor's match: given in the order of the books, never past its cap, undone with its gift."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import ledger
from campaigns.matching import Matched, change
from campaigns.models import CampaignTotal, Donation, EntryKind, LedgerEntry, Match
from campaigns.progress import progress, with_total
from campaigns.refunds import left_to_refund
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.money.test_ledger import NOON, a_donation, an_entry

pytestmark = pytest.mark.django_db


def a_match(campaign, cap=10_000, percent=100, **fields):
    fields = {"starts_at": NOON - timedelta(days=1), "sponsor": "The Larch Fund", **fields}
    return Match.objects.create(campaign=campaign, cap=cap, percent=percent, **fields)


def charge(campaign, amount, *, key=None, at=NOON, donation=None):
    entry = an_entry(campaign, amount, at=at, donation=donation)
    entry.charge_id = key or f"ch_{uuid.uuid4().hex}"
    ledger.append([entry])
    return entry.charge_id


def moves(campaign, key, amount, kind=EntryKind.REFUND):
    entry = an_entry(campaign, amount, kind=kind)
    entry.charge_id = key
    ledger.append([entry])


def matched(campaign):
    kept = CampaignTotal.objects.get(campaign=campaign)
    assert list(ledger.recount()) == []
    return kept.matched


def test_a_gift_is_matched_at_the_sponsors_ratio_and_the_bar_holds_both() -> None:
    campaign = a_campaign()
    match = a_match(campaign, percent=50)
    gift = a_donation(campaign)
    charge(campaign, 2501, donation=gift)
    assert matched(campaign) == 1250
    match.refresh_from_db()
    assert match.given == 1250
    assert progress(with_total().get(pk=campaign.pk)).raised == 3751
    gift.refresh_from_db()
    # What a sponsor adds is not the donor's own.
    assert gift.net == 2501


def test_the_last_gift_gets_what_is_left_of_the_cap_and_the_next_one_nothing() -> None:
    campaign = a_campaign()
    a_match(campaign, cap=3000)
    for amount in (2000, 2500, 100):
        charge(campaign, amount)
    assert matched(campaign) == 3000
    amounts = LedgerEntry.objects.filter(kind="match").order_by("id").values_list("amount")
    assert [amount for (amount,) in amounts] == [2000, 1000]


def test_a_gift_outside_the_matchs_days_is_not_matched() -> None:
    campaign = a_campaign()
    a_match(campaign, ends_at=NOON)
    charge(campaign, 1000, at=NOON - timedelta(seconds=1))
    charge(campaign, 1000, at=NOON)
    charge(campaign, 1000, at=NOON - timedelta(days=2))
    assert matched(campaign) == 1000


def test_a_payment_is_matched_by_when_it_was_asked_for_not_when_its_money_came() -> None:
    campaign = a_campaign()
    a_match(campaign, ends_at=NOON)
    entry = an_entry(campaign, 1000, at=NOON + timedelta(days=3))
    entry.charge_id, entry.charged_at = "ch_debit", NOON - timedelta(hours=1)
    ledger.append([entry])
    assert matched(campaign) == 1000


def test_a_refund_ends_the_match_of_what_went_back_and_its_room_serves_the_next_gift() -> None:
    campaign = a_campaign()
    a_match(campaign, cap=3000)
    first = charge(campaign, 3000)
    second = charge(campaign, 2000)
    moves(campaign, first, -1200)
    assert matched(campaign) == 1800
    # The gift that came too late is not matched afterwards.
    assert not LedgerEntry.objects.filter(kind="match", charge_id=second).exists()
    charge(campaign, 2000)
    assert matched(campaign) == 3000


def test_a_partly_matched_gift_keeps_its_match_while_enough_of_it_is_left() -> None:
    campaign = a_campaign()
    a_match(campaign, cap=1000)
    key = charge(campaign, 3000)
    moves(campaign, key, -1500)
    assert matched(campaign) == 1000
    moves(campaign, key, -1000)
    assert matched(campaign) == 500
    moves(campaign, key, -500)
    assert matched(campaign) == 0


def test_a_dispute_won_gets_its_match_back_as_far_as_there_is_room() -> None:
    campaign = a_campaign()
    a_match(campaign, cap=3000)
    key = charge(campaign, 3000)
    moves(campaign, key, -3000, EntryKind.DISPUTE)
    assert matched(campaign) == 0
    charge(campaign, 1000)
    moves(campaign, key, 3000, EntryKind.DISPUTE_REVERSAL)
    assert matched(campaign) == 3000
    assert CampaignTotal.objects.get(campaign=campaign).raised == 7000


def test_a_charge_heard_of_together_with_its_refund_is_matched_for_what_is_left() -> None:
    campaign = a_campaign()
    a_match(campaign)
    both = [
        an_entry(campaign, -1000, kind=EntryKind.REFUND),
        an_entry(campaign, 2500),
    ]
    for entry in both:
        entry.charge_id = "ch_both"
    ledger.append(both)
    assert matched(campaign) == 1500


def test_the_database_itself_refuses_to_pass_the_cap() -> None:
    match = a_match(a_campaign(), cap=1000)
    with pytest.raises(IntegrityError, match="match_within_its_cap"), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(given=1001)


def test_what_a_sponsor_added_is_not_the_donors_to_be_refunded() -> None:
    campaign = a_campaign()
    a_match(campaign)
    given = a_gift(campaign, 2500, NOON)
    assert matched(campaign) == 2500
    assert left_to_refund(given.payment) == 2500


@pytest.mark.django_db(transaction=True)
def test_many_gifts_at_once_never_pass_the_cap_by_a_cent() -> None:
    campaign = a_campaign()
    a_match(campaign, cap=9_999)
    gifts, errors = 24, []
    barrier = threading.Barrier(6)

    def give() -> None:
        try:
            barrier.wait()
            for _ in range(gifts // 6):
                with transaction.atomic():
                    gift = a_donation(campaign, amount=700)
                    entry = an_entry(campaign, 700, donation=gift)
                    entry.charge_id = f"ch_{uuid.uuid4().hex}"
                    ledger.append([entry])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=give) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Donation.objects.filter(campaign=campaign).count() == gifts
    assert matched(campaign) == 9_999
    kept = CampaignTotal.objects.get(campaign=campaign)
    assert kept.raised == gifts * 700 + 9_999


class Reference:
    """The rule in a few lines: what each gift's match is, first come first served."""

    def __init__(self, cap: int, percent: int) -> None:
        self.cap, self.percent = cap, percent
        self.net: list[int] = []
        self.granted: list[int] = []
        self.standing: list[int] = []

    def _settle(self, gift: int) -> None:
        room = self.cap - sum(self.standing)
        wanted = min(self.granted[gift], self.net[gift] * self.percent // 100)
        self.standing[gift] = min(wanted, self.standing[gift] + room)

    def give(self, amount: int) -> None:
        room = self.cap - sum(self.standing)
        granted = min(room, amount * self.percent // 100)
        self.net.append(amount)
        self.granted.append(granted)
        self.standing.append(granted)

    def move(self, gift: int, amount: int) -> None:
        self.net[gift] += amount
        self._settle(gift)


acts = st.lists(
    st.tuples(st.sampled_from(["give", "back", "again"]), st.integers(1, 5000), st.integers(0, 9)),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts, st.integers(1, 9000), st.sampled_from([1, 50, 100, 200, 333]))
def test_the_match_is_what_the_rule_says_after_any_sequence(wishes, cap, percent) -> None:
    with transaction.atomic():
        campaign = a_campaign()
        a_match(campaign, cap=cap, percent=percent)
        rule, keys, gone = Reference(cap, percent), [], []
        for act, amount, which in wishes:
            if act == "give":
                keys.append(charge(campaign, amount))
                gone.append(0)
                rule.give(amount)
            elif keys:
                gift = which % len(keys)
                if act == "back":
                    part = min(amount, rule.net[gift])
                    kind, part = EntryKind.REFUND, -part
                else:
                    kind, part = EntryKind.REFUND_FAILURE, min(amount, gone[gift])
                if part:
                    moves(campaign, keys[gift], part, kind)
                    gone[gift] -= part
                    rule.move(gift, part)
        kept = CampaignTotal.objects.filter(campaign=campaign).first()
        assert (kept.matched if kept else 0) == sum(rule.standing) <= cap
        assert [d for d in ledger.recount() if "match" in d.what or "campaign" in d.what] == []
        transaction.set_rollback(True)


@given(
    st.integers(-5000, 5000),
    st.one_of(st.none(), st.integers(0, 9000)),
    st.integers(0, 9000),
    st.integers(1, 1000),
    st.integers(0, 9000),
)
def test_a_match_never_takes_more_than_stands_nor_gives_more_than_there_is(
    net, granted, standing, percent, room
) -> None:
    moved = change(Matched(net, granted, standing), percent, room)
    assert moved <= room
    assert standing + moved >= 0
    if granted is not None:
        assert standing + moved <= max(granted, standing)
