"""Bringing a recurring donation up to date: an event says look, never what, as in `sync`.

`sync_subscription` asks Stripe how the subscription stands, brings each payment of it into the
ledger through `sync_payment`, and writes the rest and the letters owed in one transaction.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from campaigns import (
    dunning,
    gateway,
    gateway_recurring,
    instalments,
    joining,
    moves,
    renewals,
    sync,
)
from campaigns.gateway_recurring import Card, Subscription
from campaigns.models import (
    ChangeKind,
    Donor,
    EndedBy,
    Payment,
    PaymentState,
    RecurringDonation,
    RecurringState,
)
from campaigns.states import recurring_state

log = logging.getLogger(__name__)

# Without any event a recurring donation is looked at so long after its next gift was due.
AFTER_DUE = timedelta(hours=6)
LOOK_WHILE_UNPAID = timedelta(days=1)
LOOK_WHILE_BEGUN = timedelta(hours=25)
_SETTLED = (PaymentState.STARTED, PaymentState.PROCESSING, PaymentState.FAILED)


def sync_subscription(subscription_id: str) -> RecurringDonation | None:
    """Ask Stripe about one subscription and write what is missing; None when it is not ours.

    Raises gateway.GatewayError when Stripe cannot be asked; what was written before stays, and
    the same call takes up the rest.
    """
    with sync.alone_with(subscription_id):
        facts = _with_the_newest_card(gateway_recurring.subscription(subscription_id))
        for payment in _payments_to_look_at(facts):
            sync.sync_payment(payment)
        with transaction.atomic():
            return _write(facts, timezone.now())


def sync_customer(customer: str) -> str:
    """Look at every recurring donation of a customer of Stripe's; says how many there were."""
    found = RecurringDonation.objects.filter(customer=customer).exclude(state=RecurringState.ENDED)
    for subscription_id in list(found.values_list("subscription", flat=True)):
        sync_subscription(subscription_id)
    return f"synced {len(found)} recurring donations of {customer}"


def look_at_what_is_due(limit: int = 50) -> int:
    """Look at those that nobody told of; returns how many. Stripe's refusals leave them due."""
    due = RecurringDonation.objects.filter(next_look_at__lte=timezone.now())
    ids = list(due.order_by("next_look_at").values_list("pk", "subscription")[:limit])
    for pk, subscription_id in ids:
        # Put off first: one that fails must not keep the others from being looked at.
        RecurringDonation.objects.filter(pk=pk).update(
            next_look_at=timezone.now() + timedelta(minutes=10)
        )
        try:
            sync_subscription(subscription_id)
        except gateway.GatewayError as error:
            log.warning("recurring donation %s not looked at: %s", pk, error)
    return len(ids)


def catch_up(since: datetime | None) -> int:
    """Look at subscriptions of ours whose row is missing or says another thing than Stripe does.

    With `since`, not at those that ended before. Their money is compared with the rest; this is
    what no balance transaction tells of. Returns how many were looked at.
    """
    looked = 0
    for facts in gateway_recurring.subscriptions():
        if since and facts.ended_at and facts.ended_at < since:
            continue
        kept = RecurringDonation.objects.filter(subscription=facts.id).first()
        if kept is None and gateway.DONATION_KEY not in facts.notes:
            continue
        if kept is None or _differs(kept, facts):
            sync_subscription(facts.id)
            looked += 1
    return looked


def _differs(kept: RecurringDonation, facts: Subscription) -> bool:
    state = recurring_state(facts.status, paused=facts.paused, ending=facts.cancels_at is not None)
    card = facts.card.id if facts.card else ""
    return (kept.state, kept.amount, kept.card_id) != (state, facts.amount, card) or bool(
        facts.newer_card and state not in (RecurringState.ENDED, RecurringState.STARTED)
    )


def _with_the_newest_card(facts: Subscription) -> Subscription:
    """A card changed on Stripe's page is the customer's; ours follows it, and what is owed is
    tried for at once."""
    if not facts.newer_card or facts.status in ("canceled", "incomplete", "incomplete_expired"):
        return facts
    gateway_recurring.charge_to_newer_card(facts.id, facts.newer_card)
    facts_now = gateway_recurring.subscription(facts.id)
    owed = [invoice for invoice in facts_now.invoices if invoice.status == "open"]
    if owed and facts_now.status == "past_due":
        for invoice in owed:
            gateway_recurring.try_again(invoice.id, facts.newer_card)
        facts_now = gateway_recurring.subscription(facts.id)
    return facts_now


def _payments_to_look_at(facts: Subscription) -> list[str]:
    """Payments that are not in our books as settled, oldest first."""
    named = [payment for invoice in reversed(facts.invoices) for payment in invoice.payments]
    settled = set(
        Payment.objects.filter(stripe_id__in=named)
        .exclude(state__in=_SETTLED)
        .values_list("stripe_id", flat=True)
    )
    return [payment for payment in named if payment not in settled]


def _write(facts: Subscription, now: datetime) -> RecurringDonation | None:
    recurring = instalments.of_subscription(facts.id, facts.notes, facts.created)
    if recurring is None:
        return None
    stood = moves.standing(recurring)
    before = recurring.state
    for invoice in facts.invoices:
        # What costs nothing is Stripe's note of a day that was moved.
        if invoice.amount:
            instalments.write_down(recurring, invoice)
    state = recurring_state(facts.status, paused=facts.paused, ending=facts.cancels_at is not None)
    recurring.state = state
    recurring.customer = facts.customer
    recurring.item = facts.item
    recurring.amount = facts.amount
    recurring.donor = recurring.donor or recurring.first.donor or _donor(facts, recurring)
    recurring.resumes_at = facts.resumes_at
    stopped = state in (RecurringState.ENDING, RecurringState.ENDED, RecurringState.STARTED)
    recurring.next_at = None if stopped else _next_taken(facts)
    recurring.ended_at = facts.ended_at or facts.cancels_at
    if state in (RecurringState.ENDING, RecurringState.ENDED):
        recurring.ended_by = _ended_by(recurring, facts)
    else:
        recurring.ended_by = ""
    card_before = recurring.card_id
    _write_card(recurring, facts.card)
    recurring.synced_at = now
    recurring.next_look_at = _next_look(recurring, facts, now)
    recurring.save()
    renewals.settle(recurring.donor_id, recurring.currency, recurring.frequency)
    moves.write_down(recurring, stood, now, facts.cancelled_at or facts.ended_at)
    dunning.owe_letters(recurring)
    if card_before and recurring.card_id not in ("", card_before):
        dunning.write(
            recurring,
            "recurring_card_changed",
            f"card-changed:{recurring.subscription}:{recurring.card_id}",
        )
    if before != state:
        log.info("recurring donation %s: %s, was %s", recurring.pk, state, before)
    return recurring


def _next_taken(facts: Subscription) -> datetime | None:
    """When money is taken next: not while it is paused until somebody ends the pause."""
    if not facts.paused:
        return facts.next_at
    if facts.resumes_at is None or facts.next_at is None:
        return None
    return facts.next_at if facts.resumes_at <= facts.next_at else None


def _donor(facts: Subscription, recurring: RecurringDonation) -> Donor | None:
    if not facts.email:
        return None
    donor, _made = Donor.objects.get_or_create(
        email=facts.email[:320], defaults={"language": recurring.language}
    )
    return joining.standing(donor)


def _ended_by(recurring: RecurringDonation, facts: Subscription) -> EndedBy:
    if facts.cancel_reason in ("payment_failed", "payment_disputed"):
        return EndedBy.PAYMENT
    asked = recurring.changes.filter(kind__in=[ChangeKind.CANCEL, ChangeKind.KEEP]).first()
    if asked is None or asked.kind == ChangeKind.KEEP or asked.refused:
        return EndedBy.STRIPE
    return EndedBy.STAFF if asked.by_staff else EndedBy.DONOR


def _write_card(recurring: RecurringDonation, card: Card | None) -> None:
    recurring.card_id = card.id if card else ""
    recurring.card_brand = card.brand[:30] if card else ""
    recurring.card_last4 = card.last4 if card else ""
    recurring.card_ends_on = ends_on(card)


def ends_on(card: Card | None) -> date | None:
    """The first day on which a card is no longer valid; None for a bank account."""
    if card is None or not card.exp_year:
        return None
    year, month = divmod(card.exp_year * 12 + card.exp_month, 12)
    return date(year, month + 1, 1)


def _next_look(recurring: RecurringDonation, facts: Subscription, now: datetime) -> datetime | None:
    if recurring.state == RecurringState.ENDED:
        return None
    if recurring.state == RecurringState.STARTED:
        return now + LOOK_WHILE_BEGUN
    if recurring.state == RecurringState.UNPAID:
        return now + LOOK_WHILE_UNPAID
    due = facts.cancels_at or facts.next_at or now
    return max(due, now) + AFTER_DUE
