"""A gift from a bank account is on its way for days, and counts when it has arrived, not before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from campaigns.models import (
    Campaign,
    CampaignTotal,
    Donation,
    DonationState,
    LedgerEntry,
    PaymentState,
)
from newsroom.mail.models import MailState, OutboxMail
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

NO_FUNDS = "000222222227"
CURRENCIES = ["cad", "usd"]


@pytest.fixture(autouse=True)
def faults_off(stack_db: Stack) -> Iterator[None]:
    yield
    acts.faults(stack_db)


def _debit(stack: Stack, donation: Donation, **typed: str) -> str:
    """Agree to the debit on the bank's page; the charge's id."""
    person = {"email": f"{donation.attempt.hex[:8]}@example.org", "name": "Ida Harrow"}
    answer = requests.post(
        f"{stack.sandbox_url}/sandbox/checkout/{donation.checkout_session}/pay_by_bank",
        json=person | typed,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["charge"])


def _bank(stack: Stack, charge: str, act: str) -> None:
    """What the bank does, as its days of the sandbox's clock would bring."""
    url = f"{stack.sandbox_url}/sandbox/debits/{charge}/{act}"
    requests.post(url, timeout=30).raise_for_status()


def _is(donation: Donation, state: DonationState) -> None:
    def reached() -> bool:
        donation.refresh_from_db()
        return donation.state == state

    wait_until(reached, acts.PATIENCE, f"the donation is {state}")


def _json(stack: Stack, campaign: Campaign) -> dict[str, Any]:
    url = f"{stack.site_url}/campaigns/{campaign.slug}/progress.json"
    return requests.get(url, params={"now": datetime.now(UTC).timestamp()}, timeout=10).json()


def _on_its_way(campaign: Campaign) -> int:
    total = CampaignTotal.objects.filter(campaign=campaign).first()
    return total.on_its_way if total else 0


def _letters(donation: Donation) -> list[OutboxMail]:
    keys = [f"debit_failed:{p.stripe_id}" for p in donation.payments.all()]
    return list(OutboxMail.objects.filter(dedupe_key__in=keys))


def _letter_is_sent(donation: Donation) -> OutboxMail:
    def sent() -> bool:
        owed = _letters(donation)
        return len(owed) == 1 and owed[0].state == MailState.SENT

    wait_until(sent, acts.PATIENCE, "the letter is sent")
    return _letters(donation)[0]


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize(
    "fault",
    [{}, {"twice": {"times": 3}}, {"reversed": {"size": 3, "seconds": 1}}],
    ids=["all well", "twice", "reversed"],
)
def test_a_debit_is_shown_as_on_its_way_and_counts_when_it_arrives(
    stack_db: Stack, currency: str, fault: dict[str, Any]
) -> None:
    acts.faults(stack_db, **fault)
    campaign = a_campaign(currency=currency)
    gift = acts.begin(stack_db, campaign)
    charge = _debit(stack_db, gift)
    _is(gift, DonationState.PROCESSING)
    assert gift.payments.get().state == PaymentState.PROCESSING
    told = _json(stack_db, campaign)
    assert (told["raised"], told["on_its_way"], told["donors"]) == (0, 2500, 0)
    thanks = requests.get(f"{stack_db.site_url}/give/thanks/{gift.token}/", timeout=10).text
    assert 'data-state="processing"' in thanks
    assert "is on its way from your bank" in thanks
    page = requests.get(f"{stack_db.site_url}{campaign.get_absolute_url()}", timeout=10).text
    assert "$25 more is on its way from donors’ banks" in page
    acts.wait_for_quiet_inbox()
    # Stripe has booked the American one already; the books are equal all the same.
    acts.books_are_clean(stack_db)
    assert acts.raised(campaign) == 0
    assert acts.receipts_of(gift) == []
    _bank(stack_db, charge, "answer")
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_receipt(stack_db, gift)
    acts.wait_for_quiet_inbox()
    told = _json(stack_db, campaign)
    assert (told["raised"], told["on_its_way"], told["donors"]) == (2500, 0, 1)
    assert _letters(gift) == []
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_debit_the_bank_does_not_send_counts_nowhere_and_its_donor_is_told_once(
    stack_db: Stack, currency: str
) -> None:
    acts.faults(stack_db, twice={"times": 2})
    campaign = a_campaign(currency=currency)
    gift = acts.begin(stack_db, campaign)
    charge = _debit(stack_db, gift, account=NO_FUNDS)
    wait_until(lambda: _on_its_way(campaign) == 2500, acts.PATIENCE, "it is on its way")
    _bank(stack_db, charge, "answer")
    _is(gift, DonationState.FAILED)
    letter = _letter_is_sent(gift)
    assert "did not send" in letter.subject
    assert "did not hold enough" in letter.text
    acts.wait_for_quiet_inbox()
    assert (_on_its_way(campaign), acts.raised(campaign)) == (0, 0)
    assert acts.receipts_of(gift) == []
    total = CampaignTotal.objects.get(campaign=campaign)
    assert (total.donations, total.donors, total.fees) == (0, 0, 0)
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_debit_that_comes_back_after_it_arrived_leaves_the_bar(
    stack_db: Stack, currency: str
) -> None:
    campaign = a_campaign(currency=currency)
    gift = acts.begin(stack_db, campaign)
    charge = _debit(stack_db, gift)
    _is(gift, DonationState.PROCESSING)
    _bank(stack_db, charge, "answer")
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_receipt(stack_db, gift)
    _bank(stack_db, charge, "return")
    acts.wait_for_raised(campaign, 0)
    letter = _letter_is_sent(gift)
    assert "taken back" in letter.text
    kinds = LedgerEntry.objects.filter(donation=gift).order_by("id").values_list("kind", "amount")
    undone = "charge_failure" if currency == "cad" else "dispute"
    assert list(kinds) == [("charge", 2500), (undone, -2500)]
    acts.wait_for_quiet_inbox()
    acts.books_are_clean(stack_db)


def test_nobody_tells_and_the_reconciliation_finds_it_each_time(stack_db: Stack) -> None:
    acts.faults(stack_db, never={})
    campaign = a_campaign(currency="usd")
    gift = acts.begin(stack_db, campaign)
    charge = _debit(stack_db, gift)
    assert stack_db.manage("reconcile").returncode == 0
    assert (_on_its_way(campaign), acts.raised(campaign)) == (2500, 0)
    _bank(stack_db, charge, "answer")
    assert stack_db.manage("reconcile").returncode == 0
    assert (_on_its_way(campaign), acts.raised(campaign)) == (0, 2500)
    _bank(stack_db, charge, "return")
    assert stack_db.manage("reconcile").returncode == 0
    assert (_on_its_way(campaign), acts.raised(campaign)) == (0, 0)
    acts.books_are_clean(stack_db)


def test_a_debit_begun_in_time_counts_in_its_campaign_though_the_deadline_passed_meanwhile(
    stack_db: Stack,
) -> None:
    the_default_campaign()
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    charge = _debit(stack_db, gift)
    wait_until(lambda: _on_its_way(campaign) == 2500, acts.PATIENCE, "it is on its way")
    campaign.refresh_from_db()
    campaign.ends_at = gift.started_at - timedelta(hours=1)
    campaign.save()
    _bank(stack_db, charge, "answer")
    acts.wait_for_raised(campaign, 2500)
    assert _on_its_way(campaign) == 0
    acts.books_are_clean(stack_db)


def test_where_debits_are_switched_off_checkout_takes_cards_only(stack_db: Stack, settings) -> None:
    from campaigns import debits

    assert debits.checkout_parameters("cad") == {
        "excluded_payment_method_types": ["us_bank_account"],
        "payment_method_options": {
            "acss_debit": {
                "mandate_options": {
                    "payment_schedule": "sporadic",
                    "transaction_type": "personal",
                }
            }
        },
    }
    settings.BANK_DEBIT = ["usd"]
    none = {"excluded_payment_method_types": ["acss_debit", "us_bank_account"]}
    assert debits.checkout_parameters("cad") == none
    assert debits.checkout_parameters("eur") == none
