"""Who books a gift and who works beside it wait for each other, and never for ever."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns import ledger, sync
from campaigns.case import Case, MilestoneWish, store_case
from campaigns.gateway import PaymentFacts
from campaigns.models import (
    Campaign,
    CampaignTotal,
    Donor,
    DonorAddress,
    ReceiptRequest,
    ReceiptRun,
    TaxReceipt,
)
from campaigns.planning import store_campaign
from campaigns.tax import requests, settling, yearly
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.money.test_ledger import a_donation, an_entry
from tests.receipts.made import IDA, LATER, a_donor, a_gift, an_issuer, settle, treasurer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Beside:
    """`act` in a thread of its own; `error` is what became of it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.error: Exception | None = None
        self._act = act
        self._thread = threading.Thread(target=self._go)
        self._thread.start()

    def _go(self) -> None:
        try:
            self._act()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def done(self) -> bool:
        self._thread.join(20)
        return not self._thread.is_alive()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def rename(campaign: Campaign) -> None:
    campaign.slug, campaign.goal = f"{campaign.slug}-2", campaign.goal + 100
    store_campaign(campaign, by=None, moment=timezone.now())


def set_a_mark(campaign: Campaign) -> None:
    store_case(campaign, Case([MilestoneWish(0, 90_000, "A boat")], [], []), by=None)


@pytest.mark.parametrize("plan", [rename, set_a_mark])
def test_a_gift_is_booked_while_staff_change_its_campaign(
    plan: Callable[[Campaign], None],
) -> None:
    the_default_campaign()
    campaign = a_campaign()
    ledger.append([an_entry(campaign, 700, donation=a_donation(campaign, amount=700))])
    with transaction.atomic():
        gift = a_donation(campaign, amount=900)
        ledger.append([an_entry(campaign, 900, donation=gift)])
        planner = Beside(lambda: plan(Campaign.objects.get(pk=campaign.pk)))
        wait_until(somebody_waits, 20, "the planner waits for the gift")
    assert planner.done()
    assert planner.error is None
    assert CampaignTotal.objects.get(campaign=campaign).raised == 1600
    assert list(ledger.recount()) == []


def test_a_receipt_is_issued_while_its_payment_is_looked_at() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    facts = PaymentFacts(
        "pi_1",
        gift.amount,
        gift.currency,
        "succeeded",
        timezone.now(),
        {sync.METADATA_KEY: str(gift.attempt)},
        (),
    )
    with transaction.atomic():
        assert sync._donation_of(facts) == gift
        issuing = Beside(settle)
        assert issuing.done()
        settling.mark(gift)
    assert issuing.error is None
    assert TaxReceipt.objects.count() == 1
    assert ReceiptRequest.objects.get(pk=gift.pk).due_at is not None


def test_an_address_that_comes_while_the_years_receipts_are_issued_waits_and_is_kept() -> None:
    an_issuer()
    donor = a_donor()
    a_gift(a_campaign(), donor=donor, asked=False)
    run = yearly.start(2026, by=treasurer(), moment=LATER)
    while yearly.step(run.pk, LATER):
        pass
    requests.give_address(donor, IDA)
    with transaction.atomic():
        ReceiptRun.objects.select_for_update().get(pk=run.pk)
        answering = Beside(lambda: yearly.after_address(donor, LATER))
        wait_until(somebody_waits, 20, "the answer waits for the run")
        # What a step of the run does with its row in its hand.
        Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)
    assert answering.done()
    assert answering.error is None
    assert TaxReceipt.objects.count() == 1


def test_an_address_and_the_receipt_of_a_gift_are_written_one_after_the_other() -> None:
    an_issuer()
    donor = a_donor()
    gift = a_gift(a_campaign(), donor=donor)
    DonorAddress.objects.create(donor=donor, **IDA)
    ReceiptRequest.objects.update(problem="No address")
    with transaction.atomic():
        settling.lock_donor(gift.pk)
        answering = Beside(lambda: requests.give_address(donor, IDA | {"street": "9 New Street"}))
        wait_until(somebody_waits, 20, "the answer waits for the receipt")
        ReceiptRequest.objects.select_for_update().get(pk=gift.pk)
        DonorAddress.objects.select_for_update().get(pk=donor.pk)
    assert answering.done()
    assert answering.error is None
    assert DonorAddress.objects.get().street == "9 New Street"
