"""Donations for the desk's tests, written to the books by the same function the site uses."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from campaigns import ledger
from campaigns.models import (
    Campaign,
    Donation,
    DonationState,
    Donor,
    EntryKind,
    LedgerEntry,
    Payment,
    PaymentState,
)


@dataclass(frozen=True)
class Given:
    donation: Donation
    payment: Payment


def an_entry(
    campaign: Campaign | None,
    amount: int,
    at: datetime,
    *,
    kind: EntryKind = EntryKind.CHARGE,
    fee: int = 0,
    given: Given | None = None,
) -> LedgerEntry:
    """A ledger entry as `sync_payment` would make it; not yet written."""
    donation = given.donation if given else None
    return LedgerEntry(
        source_key=f"stripe:txn_{uuid.uuid4().hex}",
        kind=kind,
        reporting_category=kind,
        amount=amount,
        currency="cad",
        fee=fee,
        settlement_amount=amount,
        settlement_currency="cad",
        occurred_at=at,
        campaign=campaign,
        donation=donation,
        payment=given.payment if given else None,
        article_id=donation.article_id if donation else None,
        charge_id=f"ch_{given.payment.stripe_id}" if given else "",
    )


def a_gift(
    campaign: Campaign,
    amount: int,
    at: datetime,
    *,
    donor: Donor | None = None,
    article_id: int | None = None,
    fee: int = 0,
) -> Given:
    """A donation begun and received at `at`, with its payment and its charge in the ledger."""
    with transaction.atomic():
        donation = Donation.objects.create(
            attempt=uuid.uuid4(),
            campaign=campaign,
            amount=amount,
            currency="cad",
            donor=donor,
            state=DonationState.RECEIVED,
            article_id=article_id,
            started_at=at,
            received_at=at,
            via="banner" if article_id else "button",
        )
        payment = Payment.objects.create(
            stripe_id=f"pi_{uuid.uuid4().hex[:20]}",
            donation=donation,
            amount=amount,
            currency="cad",
            state=PaymentState.RECEIVED,
            method="card",
            created_at=at,
            synced_at=at,
        )
        given = Given(donation, payment)
        ledger.append([an_entry(campaign, amount, at, fee=fee, given=given)])
    return given


def goes_back(
    given: Given, amount: int, at: datetime, *, kind: EntryKind = EntryKind.REFUND
) -> None:
    """Money of a gift that went back, as a refund or a dispute."""
    with transaction.atomic():
        ledger.append([an_entry(given.donation.campaign, -amount, at, kind=kind, given=given)])


def random_giving(
    campaign: Campaign,
    *,
    seed: int,
    gifts: int,
    first: datetime,
    days: int,
    articles: Sequence[int | None] = (None,),
) -> list[Given]:
    """`gifts` of many sizes over `days` days from `first`, some of them going back in part.

    The same `seed` makes the same giving.
    """
    chance = random.Random(seed)
    donors = [
        Donor.objects.create(email=f"giver-{seed}-{n}@example.org", name=f"Giver {n}")
        for n in range(max(1, gifts // 3))
    ]
    made = []
    for _ in range(gifts):
        at = first + timedelta(minutes=chance.randrange(days * 24 * 60))
        amount = chance.choice([1000, 2500, 2500, 5000, 5050, 10000, 25000, 3333, 100000])
        given = a_gift(
            campaign,
            amount,
            at,
            donor=chance.choice(donors),
            article_id=chance.choice(articles),
            fee=amount * 29 // 1000 + 30,
        )
        made.append(given)
        if chance.random() < 0.12:
            kind = chance.choice([EntryKind.REFUND, EntryKind.DISPUTE])
            later = at + timedelta(hours=chance.randrange(1, 72))
            goes_back(given, chance.choice([amount, amount // 2]), later, kind=kind)
    return made
