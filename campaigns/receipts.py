"""The receipt and thank-you: owed in the transaction that records the money."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from articles.removals import headline_of
from campaigns import dunning
from campaigns.models import Donation, EntryKind, Payment, Tribute
from newsroom.edge.language import language_prefix
from newsroom.mail import outbox
from newsroom.money import Money


def owe_receipt(
    donation: Donation, payment: Payment, received_at: datetime, *, again: str = ""
) -> None:
    """Owe the donor one receipt for `payment`; asked twice, owed once.

    `again` names the day on which a donor asks for it once more: one more on that day.
    """
    donor = donation.donor
    key = f"receipt{again and '-again'}:{payment.stripe_id}{again and f':{again}'}"
    if donor is None or not donor.email or outbox.is_owed(key):
        return
    version = donation.article.current_version if donation.article else None
    prefix = language_prefix(donation.language)
    outbox.owe(
        kind="receipt",
        dedupe_key=key,
        to=donor.email,
        template="receipt",
        language=donation.language,
        context={
            "donor_name": donor.name,
            "money": Money(payment.amount, payment.currency),
            "for_fee": donation.fee_money,
            "tribute": Tribute.objects.filter(donation=donation).first(),
            "received_at": received_at,
            "campaign": donation.campaign,
            "donation_url": f"{settings.BASE_URL}{prefix}/give/thanks/{donation.token}/",
            "reference": reference(donation),
            "frequency": donation.frequency,
            "manage_url": _manage_url(donation),
            "story": (
                {
                    "headline": headline_of(donation.article),
                    "url": settings.BASE_URL + donation.article.url,
                }
                if version and donation.article
                else None
            ),
        },
    )


def send_again(donation: Donation, day: date) -> bool:
    """Owe the receipts of a donation whose money came once more; at most once a day.

    False when nothing of it has come.
    """
    payments = donation.payments.filter(entries__kind=EntryKind.CHARGE).distinct()
    with transaction.atomic():
        for payment in payments:
            came = donation.received_at or payment.created_at
            owe_receipt(donation, payment, came, again=f"{day:%Y-%m-%d}")
    return bool(payments)


def _manage_url(donation: Donation) -> str:
    """Where a recurring gift is changed or stopped; empty for one given once."""
    instalment = donation.instalments.select_related("recurring").first()
    return dunning.manage_url(instalment.recurring) if instalment else ""


def reference(donation: Donation) -> str:
    """What a donor quotes to us: short, unguessable enough not to count gifts by."""
    return donation.attempt.hex[:10].upper()
