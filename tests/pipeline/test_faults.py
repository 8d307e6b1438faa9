"""Whatever Stripe, the network or our own machines do, the total is true."""

import pytest
import requests

from campaigns.models import Donation, InboxEvent
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def faults_off(stack_db: Stack):
    yield
    acts.faults(stack_db)


@pytest.mark.parametrize(
    "fault",
    [
        {"twice": {"times": 3}},
        {"late": {"seconds": 2}},
        {"reversed": {"size": 4, "seconds": 1}},
        {"wrong_signature": {"attempts": 1}},
        {"late_balance_transaction": {"seconds": 2}},
    ],
    ids=lambda f: next(iter(f)),
)
def test_webhooks_that_misbehave_do_no_harm(stack_db: Stack, fault) -> None:
    acts.faults(stack_db, **fault)
    campaign = a_campaign()
    gifts = [acts.give(stack_db, campaign) for _ in range(3)]
    acts.refund_when_received(stack_db, gifts[0], 1000)
    acts.wait_for_raised(campaign, 6500)
    assert sum(acts.injected(stack_db).values())
    acts.faults(stack_db)
    acts.wait_for_quiet_inbox()
    for gift in gifts:
        acts.wait_for_receipt(stack_db, gift)
    assert acts.raised(campaign) == 6500
    acts.books_are_clean(stack_db)


def test_a_gift_whose_webhooks_never_come_arrives_by_the_thanks_page(stack_db: Stack) -> None:
    acts.faults(stack_db, never={})
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    page = requests.get(f"{stack_db.site_url}/give/thanks/{gift.token}/", timeout=10)
    assert page.status_code == 200
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_receipt(stack_db, gift)


def test_a_gift_of_which_nobody_tells_is_found_by_the_sweeper(stack_db: Stack) -> None:
    acts.faults(stack_db, never={})
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    # Its first look is due two minutes after the start: let them have passed.
    Donation.objects.filter(pk=gift.pk).update(next_look_at=gift.started_at)
    stack_db.manage("sweep")
    acts.wait_for_raised(campaign, 2500)


def test_reconcile_finds_a_gift_and_a_refund_of_which_nobody_told(stack_db: Stack) -> None:
    acts.faults(stack_db, never={})
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    Donation.objects.filter(pk=gift.pk).update(next_look_at=None)
    done = stack_db.manage("reconcile")
    assert done.returncode == 0, done.stderr
    assert acts.raised(campaign) == 2500
    acts.refund_at_stripe(stack_db, gift.payments.get().stripe_id, 500)
    stack_db.manage("reconcile")
    assert acts.raised(campaign) == 2000
    acts.books_are_clean(stack_db)


def test_a_burst_with_every_worker_down_is_worked_off_afterwards(stack_db: Stack) -> None:
    stack_db.kill_worker()
    try:
        campaign = a_campaign()
        gifts = [acts.give(stack_db, campaign) for _ in range(8)]
        wait_until(
            lambda: InboxEvent.objects.filter(processed_at=None).count() >= 8,
            acts.PATIENCE,
            "the events are stored while no worker runs",
        )
        assert acts.raised(campaign) == 0
        stack_db.flush_redis()
    finally:
        stack_db.start_worker()
    acts.wait_for_raised(campaign, 8 * 2500)
    acts.wait_for_quiet_inbox()
    for gift in gifts:
        acts.wait_for_receipt(stack_db, gift)
    acts.books_are_clean(stack_db)


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(stack_db: Stack) -> None:
    acts.faults(stack_db, api_slow={"seconds": 2, "path": "/v1/charges", "method": "GET"})
    campaign = a_campaign()
    gifts = [acts.give(stack_db, campaign) for _ in range(3)]
    wait_until(
        lambda: sum(acts.injected(stack_db).values()) > 0,
        acts.PATIENCE,
        "a worker is in the middle of asking Stripe",
    )
    stack_db.kill_worker()
    acts.faults(stack_db)
    # The lease of what it held runs out; nobody waits ninety seconds in a test.
    InboxEvent.objects.filter(processed_at=None).update(next_attempt_at=gifts[0].started_at)
    stack_db.start_worker()
    acts.wait_for_raised(campaign, 3 * 2500)
    acts.wait_for_quiet_inbox()
    for gift in gifts:
        acts.wait_for_receipt(stack_db, gift)
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize(
    "fault",
    [
        {"api_429": {"count": 2}},
        {"api_500": {"count": 2}},
        {"api_500_after_effect": {"count": 1, "method": "POST"}},
        {"timeout_after_effect": {"count": 1, "seconds": 0}},
    ],
    ids=lambda f: next(iter(f)),
)
def test_the_reader_gets_one_open_checkout_when_stripe_stumbles(stack_db: Stack, fault) -> None:
    campaign = a_campaign()
    acts.faults(stack_db, **fault)
    gift = acts.begin_patiently(stack_db, campaign)
    acts.faults(stack_db)
    assert acts.pay(stack_db, gift).status_code == 200
    acts.wait_for_raised(campaign, 2500)
    assert campaign.donations.count() == 1
    acts.books_are_clean(stack_db)


def test_when_stripe_is_away_the_form_says_so_and_keeps_what_was_typed(stack_db: Stack) -> None:
    campaign = a_campaign()
    acts.faults(stack_db, api_500={"path": "/v1/checkout"})
    answer = acts.post_form(stack_db, campaign, amount="own", own_amount="33.50", message="Go on")
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    assert "33.50" in answer.text
    assert "Go on" in answer.text
