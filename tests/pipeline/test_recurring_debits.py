"""A monthly gift from a bank account: agreed to once, on its way each month, counted when here."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.utils import timezone

from campaigns import recurring_changes
from campaigns.models import Campaign, CampaignTotal, Donation, RecurringDonation
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.pipeline import recurring_acts as monthly
from tests.stack import Stack
from tests.waiting import wait_until

NO_FUNDS = "000222222227"
CURRENCIES = ["cad", "usd"]


@pytest.fixture(autouse=True)
def as_it_was(stack_db: Stack) -> Iterator[None]:
    yield
    acts.faults(stack_db)
    monthly.clock_back(stack_db)


def _agree(stack: Stack, campaign: Campaign, **typed: str) -> Donation:
    fields = {"frequency": "month", "amount_month": "2000", "source": "bank"}
    donation = acts.begin(stack, campaign, **fields)
    person = {"email": f"{donation.attempt.hex[:8]}@example.org", "name": "Ida Harrow"}
    answer = requests.post(
        f"{stack.sandbox_url}/sandbox/checkout/{donation.checkout_session}/pay_by_bank",
        json=person | typed,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return donation


def _waits(campaign: Campaign, cents: int) -> None:
    def told() -> int:
        total = CampaignTotal.objects.filter(campaign=campaign).first()
        return total.on_its_way if total else 0

    wait_until(lambda: told() == cents, acts.PATIENCE, f"{cents} on the way, are {told()}")


def _subscriptions(stack: Stack, recurring: RecurringDonation) -> list[dict[str, Any]]:
    answer = requests.get(
        f"{stack.sandbox_url}/v1/subscriptions?customer={recurring.customer}&status=all",
        headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    )
    return list(answer.json()["data"])


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_monthly_gift_from_a_bank_account_counts_each_month_when_it_has_arrived(
    stack_db: Stack, currency: str
) -> None:
    campaign = a_campaign(ends_at=None, currency=currency)
    first = _agree(stack_db, campaign)
    _waits(campaign, 2000)
    recurring = monthly.recurring_of(first)
    assert (recurring.state, recurring.by_bank, recurring.card_last4) == ("active", True, "6789")
    assert acts.raised(campaign) == 0
    page = requests.get(f"{stack_db.site_url}/give/thanks/{first.token}/", timeout=10)
    assert "on its way" in page.text
    monthly.let_days_pass(stack_db, 6)
    acts.wait_for_raised(campaign, 2000)
    acts.wait_for_receipt(stack_db, first)
    monthly.let_days_pass(stack_db, 26)
    _waits(campaign, 2000)
    assert acts.raised(campaign) == 2000
    monthly.let_days_pass(stack_db, 6)
    acts.wait_for_raised(campaign, 4000)
    _waits(campaign, 0)
    acts.wait_for_quiet_inbox()
    assert monthly.letters(recurring) == ["receipt", "receipt"]
    assert len(_subscriptions(stack_db, recurring)) == 1
    # It is paused and stopped as any other.
    by = Reader.objects.create_user(f"{uuid.uuid4().hex}@example.org")
    pause = recurring_changes.pause(recurring, 0, timezone.localdate())
    recurring = recurring_changes.ask(recurring, pause, key=uuid.uuid4(), by=by)
    assert recurring.state == "paused"
    resume = recurring_changes.resume(recurring)
    recurring = recurring_changes.ask(recurring, resume, key=uuid.uuid4(), by=by)
    cancel = recurring_changes.cancel(recurring)
    recurring = recurring_changes.ask(recurring, cancel, key=uuid.uuid4(), by=by)
    assert recurring.state == "ending"
    monthly.let_days_pass(stack_db, 40)
    monthly.wait_for_state(recurring, "ended")
    assert acts.raised(campaign) == 4000
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_debit_that_no_bank_sends_brings_letters_of_its_kind_and_then_the_end(
    stack_db: Stack, currency: str
) -> None:
    campaign = a_campaign(ends_at=None, currency=currency)
    recurring = monthly.recurring_of(_agree(stack_db, campaign, account=NO_FUNDS))
    monthly.let_days_pass(stack_db, 6)
    monthly.wait_for_letters(recurring, "renewal-failed", 1)
    monthly.wait_for_state(recurring, "unpaid")
    _waits(campaign, 0)
    for letters in (2, 3):
        monthly.let_days_pass(stack_db, 9)
        monthly.wait_for_letters(recurring, "renewal-failed", letters)
    monthly.let_days_pass(stack_db, 14)
    monthly.wait_for_state(recurring, "ended")
    acts.wait_for_quiet_inbox()
    assert "debit_failed" not in monthly.letters(recurring)
    assert acts.raised(campaign) == 0
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize(
    "fault",
    [
        {"api_500_after_effect": {"count": 3, "path": "/v1/subscriptions", "method": "POST"}},
        {"timeout_after_effect": {"count": 3, "seconds": 0, "path": "/v1/subscriptions"}},
        {"twice": {"times": 3}},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_one_agreement_is_one_recurring_gift_whatever_goes_wrong(
    stack_db: Stack, fault: dict[str, object]
) -> None:
    acts.faults(stack_db, **fault)
    campaign = a_campaign(ends_at=None)
    first = _agree(stack_db, campaign)
    _waits(campaign, 2000)
    acts.faults(stack_db)
    recurring = monthly.recurring_of(first)
    acts.wait_for_quiet_inbox()
    assert len(_subscriptions(stack_db, recurring)) == 1
    assert Donation.objects.filter(campaign=campaign).count() == 1
    acts.books_are_clean(stack_db)
