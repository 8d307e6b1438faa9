"""A bank takes a gift back, or gives it back after all: the bar follows, once each way."""

from datetime import timedelta

import pytest
import requests

from campaigns.models import DonationState, LedgerEntry, Match, PaymentState
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

DISPUTED_CARD = "4000000000000259"
ASKED_ABOUT_CARD = "4000000000001976"


@pytest.fixture(autouse=True)
def faults_off(stack_db: Stack):
    yield
    acts.faults(stack_db)


def _dispute_of(stack: Stack, payment_intent: str) -> str:
    answer = requests.get(
        f"{stack.sandbox_url}/v1/disputes",
        params={"payment_intent": payment_intent},
        headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
        timeout=30,
    )
    return str(answer.json()["data"][0]["id"])


def _decide(stack: Stack, dispute: str, act: str) -> None:
    url = f"{stack.sandbox_url}/sandbox/disputes/{dispute}/{act}"
    requests.post(url, timeout=30).raise_for_status()


def _payment_is(donation, state: PaymentState) -> None:
    wait_until(
        lambda: donation.payments.filter(state=state).exists(), acts.PATIENCE, f"it is {state}"
    )


@pytest.mark.parametrize(
    "fault",
    [{}, {"twice": {"times": 3}}, {"reversed": {"size": 4, "seconds": 1}}],
    ids=["all well", "twice", "reversed"],
)
def test_a_disputed_gift_leaves_the_bar_and_comes_back_when_the_dispute_is_won(
    stack_db: Stack, fault
) -> None:
    acts.faults(stack_db, **fault)
    campaign = a_campaign()
    kept, disputed = acts.give(stack_db, campaign), acts.begin(stack_db, campaign)
    assert acts.pay(stack_db, disputed, card=DISPUTED_CARD).status_code == 200
    _payment_is(disputed, PaymentState.DISPUTED)
    acts.wait_for_raised(campaign, 2500)
    disputed.refresh_from_db()
    assert (disputed.state, disputed.net) == (DonationState.DISPUTED, 0)
    payment = disputed.payments.get()
    _decide(stack_db, _dispute_of(stack_db, payment.stripe_id), "win")
    _payment_is(disputed, PaymentState.DISPUTE_WON)
    acts.wait_for_raised(campaign, 5000)
    acts.wait_for_quiet_inbox()
    acts.wait_for_receipt(stack_db, kept)
    moved = LedgerEntry.objects.filter(payment=payment).order_by("kind")
    assert list(moved.values_list("kind", "amount")) == [
        ("charge", 2500),
        ("dispute", -2500),
        ("dispute_reversal", 2500),
    ]
    # Stripe's fee for a dispute is in the books, and never taken off the bar.
    assert moved.get(kind="dispute").fee == 1500
    acts.books_are_clean(stack_db)


def test_a_dispute_after_a_partial_refund_takes_only_what_was_left(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.refund_when_received(stack_db, gift, 1000)
    acts.wait_for_raised(campaign, 1500)
    charge = LedgerEntry.objects.get(payment__donation=gift, kind="charge").charge_id
    requests.post(
        f"{stack_db.sandbox_url}/sandbox/charges/{charge}/dispute",
        json={"amount": 2500},
        timeout=30,
    ).raise_for_status()
    acts.wait_for_raised(campaign, 0)
    _decide(stack_db, _dispute_of(stack_db, gift.payments.get().stripe_id), "lose")
    _payment_is(gift, PaymentState.DISPUTE_LOST)
    assert acts.raised(campaign) == 0
    acts.books_are_clean(stack_db)


def test_a_bank_that_only_asks_moves_no_money_until_it_takes_it(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    assert acts.pay(stack_db, gift, card=ASKED_ABOUT_CARD).status_code == 200
    _payment_is(gift, PaymentState.INQUIRY)
    assert acts.raised(campaign) == 2500
    _decide(stack_db, _dispute_of(stack_db, gift.payments.get().stripe_id), "escalate")
    _payment_is(gift, PaymentState.DISPUTED)
    acts.wait_for_raised(campaign, 0)
    acts.books_are_clean(stack_db)


def test_a_dispute_of_which_nobody_told_is_found_by_the_reconciliation(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_quiet_inbox()
    acts.faults(stack_db, never={})
    charge = LedgerEntry.objects.get(payment__donation=gift, kind="charge").charge_id
    requests.post(
        f"{stack_db.sandbox_url}/sandbox/charges/{charge}/dispute", timeout=30
    ).raise_for_status()
    stack_db.manage("reconcile")
    assert acts.raised(campaign) == 0
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize(
    ("card", "decision", "state"),
    [
        (DISPUTED_CARD, "lose", PaymentState.DISPUTE_LOST),
        (ASKED_ABOUT_CARD, "lose", PaymentState.RECEIVED),
    ],
)
def test_an_end_that_moves_no_money_and_of_which_nobody_told_is_found_by_the_reconciliation(
    stack_db: Stack, card: str, decision: str, state: PaymentState
) -> None:
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    assert acts.pay(stack_db, gift, card=card).status_code == 200
    wait_until(
        lambda: gift.payments.filter(state__in=["disputed", "inquiry"]).exists(),
        acts.PATIENCE,
        "the bank has asked",
    )
    acts.wait_for_quiet_inbox()
    acts.faults(stack_db, never={})
    _decide(stack_db, _dispute_of(stack_db, gift.payments.get().stripe_id), decision)
    assert stack_db.manage("reconcile").returncode == 0
    assert gift.payments.get().state == state


def test_what_goes_back_follows_its_gift_though_the_deadline_was_moved(stack_db: Stack) -> None:
    the_default_campaign()
    campaign = a_campaign()
    Match.objects.create(
        campaign=campaign, sponsor="Larch", cap=10_000, starts_at=campaign.starts_at
    )
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 5000)
    # A deadline that now lies before the gift.
    campaign.ends_at = gift.started_at - timedelta(hours=1)
    campaign.save()
    acts.refund_when_received(stack_db, gift, 2500)
    acts.wait_for_raised(campaign, 0)
    assert campaign.matches.get().given == 0
    acts.books_are_clean(stack_db)
