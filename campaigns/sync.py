"""Bringing a payment up to date: the one function that does, whoever calls it.

A webhook, the return page, the sweeper, the reconciliation and a person on the desk all end in
`sync_payment`: it asks Stripe for the state now and writes what is missing. So doubled, lost,
late and reordered events cannot matter.
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import (
    calls,
    debits,
    gateway,
    instalments,
    joining,
    ledger,
    mandates,
    receipts,
    tributes,
    tries,
)
from campaigns.counting import Movement, movements
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
from campaigns.states import donation_state, payment_state, refunded
from campaigns.tax import settling

log = logging.getLogger(__name__)

METADATA_KEY = gateway.DONATION_KEY
LOCK_SECONDS = 30
# When an unfinished donation is looked at again without any event, counted from its start;
# Stripe closes an unpaid Checkout after a day.
LOOK_AGAIN = [
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=25),
]
LOOK_WHILE_PROCESSING = timedelta(hours=12)


# The list of a SELECT is worked out from left to right: the time-out holds for the lock.
_LOCK = "SELECT set_config('lock_timeout', %s, false), pg_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK = (
    "SELECT pg_advisory_unlock(hashtextextended(%s, 0)), set_config('lock_timeout', '0', false)"
)


@contextmanager
def alone_with(what: str, *, seconds: int = LOCK_SECONDS) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock on `what` for the block; wait for it so long at most.

    A lock of the session, not of a transaction: nothing is open while Stripe answers, and a
    killed worker's lock goes with its connection.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{seconds}s", what])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_UNLOCK, [what])


def sync_payment(stripe_id: str) -> Payment:
    """Ask Stripe about one PaymentIntent and write what is missing, all or nothing.

    Ledger entries, sums, states, the donor and the mail owed are one transaction. Raises
    gateway.GatewayError when Stripe cannot be asked; then nothing has changed.
    """
    with alone_with(stripe_id):
        facts = gateway.payment_facts(stripe_id)
        with transaction.atomic():
            payment = _write(facts, timezone.now())
        tries.close_after_declines(facts, payment.donation)
        return payment


def _write(facts: gateway.PaymentFacts, now: datetime) -> Payment:
    donation = _joined(facts.id) or _donation_of(facts)
    paid = [c for c in facts.charges if c.status == "succeeded"]
    payment = _keep(
        Payment(
            stripe_id=facts.id,
            donation=donation,
            amount=sum(c.amount for c in paid) or facts.amount,
            currency=facts.currency,
            state=payment_state(facts),
            method=next((c.method for c in (*paid, *facts.charges)), ""),
            refunded=sum(refunded(c) for c in paid),
            created_at=facts.created,
            synced_at=now,
        )
    )
    known = paid or [c for c in facts.charges if c.method in debits.METHODS]
    if donation and known and donation.donor_id is None:
        donation.donor = _donor_of(known[0], donation.language)
        donation.save(update_fields=["donor"])
    arrived = any(c.transaction for c in paid)
    if donation and arrived:
        # To write a mail takes as long as all the rest: not while the campaign's total is locked,
        # for which all other gifts to it would wait.
        receipts.owe_receipt(donation, payment, min(c.created for c in paid))
    new = _new_entries(facts, payment, donation)
    ledger.append(new)
    if donation:
        # After the entries: a donor's total is locked before the campaign's, by everybody.
        ledger.set_on_its_way(payment, *_on_its_way(facts, payment, donation))
        _bring_up(donation, payment, paid, now)
        if any(entry.kind == EntryKind.CHARGE and entry.amount > 0 for entry in new):
            calls.owe(donation)
        if arrived:
            tributes.owe_card(donation, now)
        debits.owe_letter(donation, payment, facts)
        settling.mark(donation)
    if new:
        log.info("payment %s %s, %d ledger entries", facts.id, payment.state, len(new))
    return payment


_KEPT = (
    "donation", "amount", "currency", "state", "method", "refunded", "created_at", "synced_at"
)  # fmt: skip


def _keep(payment: Payment) -> Payment:
    """The row of this payment, made or brought up; nobody else makes it under the payment's lock.

    What Django's `update_or_create` does in twice the statements.
    """
    known = Payment.objects.select_for_update().filter(stripe_id=payment.stripe_id).first()
    if known is None:
        payment.save(force_insert=True)
        return payment
    for name in _KEPT:
        setattr(known, name, getattr(payment, name))
    known.save(update_fields=_KEPT)
    return known


def _joined(stripe_id: str) -> Donation | None:
    """The donation that a payment was found to be of, locked: whoever edits or deletes our id at
    Stripe afterwards takes nothing off a bar."""
    return _locked().filter(payments__stripe_id=stripe_id).first()


def _donation_of(facts: gateway.PaymentFacts) -> Donation | None:
    if facts.invoice:
        return instalments.donation_of(facts.invoice)
    try:
        attempt = uuid.UUID(facts.metadata.get(METADATA_KEY, ""))
    except ValueError:
        return None
    return _locked().filter(attempt=attempt, currency=facts.currency).first()


def _locked() -> QuerySet[Donation]:
    held = Donation.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("campaign", "donor")


def _donor_of(charge: gateway.Charge, language: str) -> Donor | None:
    if not charge.email:
        return None
    donor, _made = Donor.objects.get_or_create(
        email=charge.email[:320],
        defaults={"name": charge.name[:200], "language": language},
    )
    return joining.standing(donor)


def _new_entries(
    facts: gateway.PaymentFacts, payment: Payment, donation: Donation | None
) -> list[LedgerEntry]:
    recorded = dict(LedgerEntry.objects.filter(payment=payment).values_list("source_key", "amount"))
    fresh = [m for m in movements(facts, recorded) if m.source_key not in recorded]
    if not fresh:
        return []
    campaigns: dict[str, Campaign | None] = (
        _campaigns_of(fresh, donation, payment)
        if donation
        else {**ledger.attributed(m.charge_id for m in fresh)}
    )
    entries = []
    for m in fresh:
        entry = LedgerEntry(
            source_key=m.source_key,
            kind=m.kind,
            reporting_category=m.transaction.reporting_category,
            amount=m.amount,
            currency=m.currency,
            fee=m.transaction.fee,
            fee_counted=m.fee_counted,
            settlement_amount=m.transaction.amount,
            settlement_currency=m.transaction.currency,
            occurred_at=m.occurred_at,
            payment=payment,
            donation=donation,
            campaign=campaigns.get(m.charge_id),
            article_id=donation.article_id if donation else None,
            charge_id=m.charge_id,
        )
        # A payment counts by when it was asked for, also for its match.
        entry.charged_at = m.charged_at
        entries.append(entry)
    return entries


def _on_its_way(
    facts: gateway.PaymentFacts, payment: Payment, donation: Donation
) -> tuple[int, Campaign | None]:
    """What the donor's bank has still to send, and where it will count: as of when it began."""
    if payment.state != PaymentState.PROCESSING:
        return 0, None
    begun = min([c.created for c in facts.charges if c.status == "pending"] or [facts.created])
    return facts.amount, ledger.campaign_for(donation, begun, _default())


def _default() -> Campaign | None:
    return Campaign.objects.filter(is_default=True).first()


def _campaigns_of(
    fresh: list[Movement], donation: Donation, payment: Payment
) -> dict[str, Campaign | None]:
    """For each charge its campaign: what is booked stays where it was booked, what was on its way
    counts where it was announced, whatever became of deadlines since, and all that goes back of a
    charge follows it."""
    default = _default()
    found = {
        m.charge_id: payment.counts_in or ledger.campaign_for(donation, m.charged_at, default)
        for m in fresh
    }
    booked = LedgerEntry.objects.filter(
        charge_id__in=list(found), kind__in=[EntryKind.CHARGE, EntryKind.MOVED_IN]
    )
    # The last one says where it stands: staff may have moved it.
    last = booked.select_related("campaign").order_by("pk")
    return found | {entry.charge_id: entry.campaign for entry in last}


_BROUGHT_UP = ("state", "received_at", "needs_attention", "next_look_at")


def _bring_up(
    donation: Donation, payment: Payment, paid: list[gateway.Charge], now: datetime
) -> None:
    """The donation's own state, from all of its payments."""
    states = list(donation.payments.values_list("state", flat=True))
    before = [getattr(donation, name) for name in _BROUGHT_UP]
    donation.state = donation_state(PaymentState(state) for state in states)
    if paid and donation.received_at is None:
        donation.received_at = min(c.created for c in paid)
    if len([s for s in states if s not in ("failed", "expired", "started")]) > 1:
        donation.needs_attention = "Paid more than once"
    if any(c.transaction is None for c in paid):
        # Stripe writes the balance transaction a moment after the charge; the event that says
        # so may be lost.
        donation.next_look_at = now + LOOK_AGAIN[0]
    elif donation.state == DonationState.PROCESSING:
        donation.next_look_at = now + LOOK_WHILE_PROCESSING
    elif donation.state not in (DonationState.STARTED, DonationState.FAILED) or _bank_said_no(
        payment
    ):
        donation.next_look_at = None
    if before != [getattr(donation, name) for name in _BROUGHT_UP]:
        donation.save(update_fields=_BROUGHT_UP)


def _bank_said_no(payment: Payment) -> bool:
    """A card that was declined can be tried again on the open page; a debit's page is closed."""
    return payment.state == PaymentState.FAILED and payment.method in debits.METHODS


def sync_checkout(session_id: str) -> str:
    """Look at a Checkout Session: its payment, or that it was left. Says what came of it."""
    session = gateway.checkout(session_id)
    intent = session.payment_intent
    if session.setup_intent and session.status == "complete":
        with alone_with(session_id):
            intent = _begin(session)
        if intent is None:
            return f"{session_id}: the bank account is being verified"
    if intent:
        payment = sync_payment(intent)
        return f"synced {payment.stripe_id}: {payment.state}"
    if session.status == "expired":
        Donation.objects.filter(
            checkout_session=session_id,
            state__in=[DonationState.STARTED, DonationState.FAILED],
        ).update(state=DonationState.EXPIRED, next_look_at=None)
        return f"expired {session_id}"
    return f"still open {session_id}"


def _begin(session: gateway.Checkout) -> str | None:
    """The first payment of a gift whose donor agreed to debits; None while none can be begun."""
    donation = Donation.objects.select_related("campaign").filter(checkout_session=session.id)
    found = donation.first()
    intent = mandates.first_payment(found, session) if found else None
    if found and intent is None:
        donation.update(next_look_at=timezone.now() + LOOK_WHILE_PROCESSING)
    return intent


def look_at(donation_id: int) -> None:
    """Look at a donation nobody has told us about; plans the next look while it is unfinished.

    Raises gateway.GatewayError when Stripe cannot be asked (the plan stands).
    """
    donation = Donation.objects.get(pk=donation_id)
    now = timezone.now()
    step = min(donation.looks, len(LOOK_AGAIN) - 1)
    last = donation.looks >= len(LOOK_AGAIN)
    Donation.objects.filter(pk=donation_id, next_look_at__isnull=False).update(
        looks=donation.looks + 1, next_look_at=None if last else now + LOOK_AGAIN[step]
    )
    paid_by = list(donation.payments.values_list("stripe_id", flat=True))
    if donation.checkout_session or paid_by:
        try:
            if donation.checkout_session:
                sync_checkout(donation.checkout_session)
            else:
                # A renewal was begun by Stripe, on no page.
                for stripe_id in paid_by:
                    sync_payment(stripe_id)
        except gateway.GatewayError:
            if last:
                Donation.objects.filter(pk=donation_id, next_look_at__isnull=True).update(
                    next_look_at=now + LOOK_WHILE_PROCESSING
                )
            raise
    elif last:
        Donation.objects.filter(pk=donation_id, state=DonationState.STARTED).update(
            state=DonationState.EXPIRED
        )
