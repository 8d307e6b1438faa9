"""Each gift of a recurring donation: the donation that an invoice's payment belongs to.

Called from `sync` within its transaction, so that a renewal has its donation whoever tells of its
payment, and in whatever order.
"""

import uuid
from datetime import datetime

from django.utils import timezone

from campaigns import renewals
from campaigns.gateway import DONATION_KEY, Invoice
from campaigns.models import (
    Campaign,
    Donation,
    Instalment,
    InstalmentState,
    RecurringDonation,
)
from campaigns.tax.requests import ask_again

RENEWAL = "renewal"

_STATES = {
    "paid": InstalmentState.PAID,
    "void": InstalmentState.SKIPPED,
    "uncollectible": InstalmentState.GIVEN_UP,
}


def donation_of(invoice: Invoice) -> Donation | None:
    """The donation this invoice brings, made when it is a renewal's; locked. None: not ours."""
    recurring = of_subscription(invoice.subscription, invoice.notes, invoice.created)
    if recurring is None or recurring.currency != invoice.currency:
        return None
    instalment = write_down(recurring, invoice)
    donation = instalment.donation
    if donation is None:
        donation = recurring.first if invoice.first else _renewal(recurring, invoice)
        instalment.donation = donation
        instalment.save(update_fields=["donation"])
    renewals.settle(recurring.donor_id, recurring.currency, recurring.frequency)
    return (
        Donation.objects.select_related("campaign", "donor")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=donation.pk)
    )


def of_subscription(
    subscription: str, notes: dict[str, str], created: datetime
) -> RecurringDonation | None:
    """Our row for a subscription of Stripe's, locked; made from the donation that began it."""
    held = RecurringDonation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "campaign", "donor", "first"
    )
    found = held.filter(subscription=subscription).first()
    if found:
        return found
    first = _begun_by(notes)
    if first is None:
        return None
    RecurringDonation.objects.get_or_create(
        subscription=subscription,
        defaults={
            "first": first,
            "campaign": first.campaign,
            "donor": first.donor,
            "amount": first.amount,
            "currency": first.currency,
            "frequency": first.frequency,
            "language": first.language,
            "started_at": created,
            # Its card and its next day are asked for at once.
            "next_look_at": timezone.now(),
        },
    )
    return held.get(subscription=subscription)


def _begun_by(notes: dict[str, str]) -> Donation | None:
    try:
        attempt = uuid.UUID(notes.get(DONATION_KEY, ""))
    except ValueError:
        return None
    # Locked: two payments of one subscription must not each make its row.
    begun = Donation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "campaign", "donor"
    )
    return begun.filter(attempt=attempt).exclude(frequency="once").first()


def write_down(recurring: RecurringDonation, invoice: Invoice) -> Instalment:
    """What Stripe says of an invoice now; what is older than what we know changes nothing."""
    said = {
        "amount": invoice.amount,
        "state": _STATES.get(invoice.status, InstalmentState.OPEN),
        "due_at": invoice.created,
        "tries": invoice.tries,
        "next_try_at": invoice.next_try_at,
        "to_confirm": invoice.to_confirm,
    }
    instalment, made = Instalment.objects.get_or_create(
        invoice=invoice.id, defaults={"recurring": recurring, **said}
    )
    known_better = invoice.tries < instalment.tries or (
        said["state"] == InstalmentState.OPEN and instalment.state != InstalmentState.OPEN
    )
    if not made and not known_better:
        for name, value in said.items():
            setattr(instalment, name, value)
        instalment.save(update_fields=list(said))
    return instalment


def _renewal(recurring: RecurringDonation, invoice: Invoice) -> Donation:
    """A gift of its own. No story is credited with it: nobody read one to give it."""
    first = recurring.first
    renewal = Donation.objects.create(
        attempt=uuid.uuid5(first.attempt, invoice.id),
        campaign=_campaign_at(recurring.campaign, invoice.created),
        donor=recurring.donor or first.donor,
        amount=invoice.amount,
        # Another amount was chosen as a whole: nothing of it is said to cover a fee.
        for_fee=first.for_fee if invoice.amount == first.amount else 0,
        currency=invoice.currency,
        frequency=recurring.frequency,
        language=recurring.language,
        via=RENEWAL,
        started_at=invoice.created,
    )
    ask_again(first, renewal)
    return renewal


def _campaign_at(campaign: Campaign, moment: datetime) -> Campaign:
    """The campaign it was begun for while that runs, afterwards the default one."""
    if campaign.ends_at is None or moment < campaign.ends_at:
        return campaign
    default = Campaign.objects.filter(is_default=True).first()
    return default if default and default.currency == campaign.currency else campaign
