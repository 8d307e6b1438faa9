"""Gifts of which the events were lost: what looking at them later finds, and when looking ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from campaigns import sync
from campaigns.giving import GiftWish, start_donation
from campaigns.models import Donation, DonationState, Frequency, LedgerEntry, RecurringDonation
from campaigns.recurring import sync_subscription
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.sandbox.running import Running

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 6, 1, 18, tzinfo=UTC)
FAILS_LATER = "4000000000000341"


def _at(stripe_is: Running, moment: datetime) -> None:
    asked = {"now": int(moment.timestamp())}
    stripe_is.control("POST", "clock", asked).raise_for_status()


def _monthly(stripe_is: Running, **more: str) -> Donation:
    """Begun and paid at `BEGAN`, and known to us by its payment alone."""
    the_default_campaign()
    _at(stripe_is, BEGAN)
    campaign = a_campaign(starts_at=BEGAN - timedelta(days=5), ends_at=BEGAN + timedelta(days=2))
    donation = start_donation(campaign, GiftWish(2500, frequency=Frequency.MONTH), BEGAN)
    typed = {"email": "ida@example.org", "name": "Ida Harrow"} | more
    stripe_is.control("POST", f"checkout/{donation.checkout_session}/pay", typed).raise_for_status()
    sync.look_at(donation.pk)
    return donation


def test_a_renewal_is_looked_at_by_its_payment_since_no_page_began_it(stripe_is: Running) -> None:
    donation = _monthly(stripe_is)
    recurring = RecurringDonation.objects.get(first=donation)
    _at(stripe_is, BEGAN + timedelta(days=31))
    sync_subscription(recurring.subscription)
    renewal = Donation.objects.get(via="renewal")
    # As where Stripe books a renewal's money a moment late: it is to be looked at once more.
    Donation.objects.filter(pk=renewal.pk).update(next_look_at=timezone.now())
    stripe_is.client.v1.refunds.create(
        params={"payment_intent": renewal.payments.get().stripe_id, "amount": 1000}
    )
    sync.look_at(renewal.pk)
    booked = LedgerEntry.objects.filter(donation=renewal).order_by("pk")
    assert list(booked.values_list("amount", flat=True)) == [2500, -1000]
    renewal.refresh_from_db()
    assert renewal.next_look_at is None


def test_a_donor_is_told_that_their_gift_ended_though_we_heard_of_it_only_then(
    stripe_is: Running,
) -> None:
    recurring = RecurringDonation.objects.get(first=_monthly(stripe_is, card=FAILS_LATER))
    _at(stripe_is, BEGAN + timedelta(days=60))
    assert recurring.state == "started"
    sync_subscription(recurring.subscription)
    recurring.refresh_from_db()
    assert recurring.state == "ended"
    told = OutboxMail.objects.filter(dedupe_key__startswith="recurring-ended:")
    assert [mail.to for mail in told] == ["ida@example.org"]


def test_a_debit_that_its_bank_did_not_send_is_not_waited_for(stripe_is: Running) -> None:
    _at(stripe_is, BEGAN)
    donation = start_donation(a_campaign(starts_at=BEGAN), GiftWish(2500), BEGAN)
    typed = {"account": "000222222227", "email": "ida@example.org", "name": "Ida Harrow"}
    stripe_is.control(
        "POST", f"checkout/{donation.checkout_session}/pay_by_bank", typed
    ).raise_for_status()
    sync.look_at(donation.pk)
    donation.refresh_from_db()
    assert donation.state == DonationState.PROCESSING
    assert donation.next_look_at
    assert donation.next_look_at > timezone.now()
    _at(stripe_is, BEGAN + timedelta(days=6))
    sync.look_at(donation.pk)
    donation.refresh_from_db()
    assert (donation.state, donation.next_look_at) == (DonationState.FAILED, None)
