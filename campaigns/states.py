"""What state a payment and a donation are in: pure functions of Stripe's facts."""

from collections.abc import Iterable

from campaigns.gateway import Charge, PaymentFacts
from campaigns.models import DonationState, PaymentState, RecurringState

_OPEN_DISPUTE = {"needs_response", "under_review"}
_FAILED_REFUND = {"failed", "canceled"}


def refunded(charge: Charge) -> int:
    """Minor units given back and not failed."""
    return sum(r.amount for r in charge.refunds if r.status not in _FAILED_REFUND)


def payment_state(facts: PaymentFacts) -> PaymentState:
    """The table of cases of design section 5, rule 6.

    A dispute outweighs a refund; an inquiry (`warning_*`) moves no money; one that Stripe
    `prevented` never happened.
    """
    paid = [c for c in facts.charges if c.status == "succeeded"]
    if not paid:
        if facts.status == "processing" or any(c.status == "pending" for c in facts.charges):
            return PaymentState.PROCESSING
        if facts.status == "canceled":
            return PaymentState.EXPIRED
        return PaymentState.FAILED if facts.charges else PaymentState.STARTED
    disputes = {d.status for c in paid for d in c.disputes if d.status != "prevented"}
    if disputes & _OPEN_DISPUTE:
        return PaymentState.DISPUTED
    if "lost" in disputes:
        return PaymentState.DISPUTE_LOST
    given_back = sum(refunded(c) for c in paid)
    received = sum(c.amount for c in paid)
    if given_back >= received:
        return PaymentState.REFUNDED
    if given_back:
        return PaymentState.PARTLY_REFUNDED
    if "won" in disputes:
        return PaymentState.DISPUTE_WON
    if disputes & {"warning_needs_response", "warning_under_review"}:
        return PaymentState.INQUIRY
    return PaymentState.RECEIVED


def contradicts(dispute: str, state: PaymentState) -> bool:
    """Whether a payment's state cannot be what follows from a dispute of this status.

    Banks ask, and disputes end, without moving money: no balance transaction tells of it.
    """
    if dispute in _OPEN_DISPUTE:
        return state != PaymentState.DISPUTED
    if dispute == "lost":
        return state != PaymentState.DISPUTE_LOST
    if dispute in ("warning_needs_response", "warning_under_review"):
        return state == PaymentState.RECEIVED
    return state in (PaymentState.DISPUTED, PaymentState.INQUIRY)


def recurring_state(status: str, *, paused: bool, ending: bool) -> RecurringState:
    """From a subscription's status at Stripe; `ending` says that it is cancelled for a day to come.

    https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses. `trialing` is how
    Stripe calls the time until a day that was moved.
    """
    if status in ("canceled", "incomplete_expired"):
        return RecurringState.ENDED
    if status == "incomplete":
        return RecurringState.STARTED
    if ending:
        return RecurringState.ENDING
    if status in ("past_due", "unpaid"):
        return RecurringState.UNPAID
    return RecurringState.PAUSED if paused or status == "paused" else RecurringState.ACTIVE


_OF_PAYMENT = {
    PaymentState.STARTED: DonationState.STARTED,
    PaymentState.PROCESSING: DonationState.PROCESSING,
    PaymentState.RECEIVED: DonationState.RECEIVED,
    PaymentState.PARTLY_REFUNDED: DonationState.PARTLY_REFUNDED,
    PaymentState.REFUNDED: DonationState.REFUNDED,
    PaymentState.INQUIRY: DonationState.RECEIVED,
    PaymentState.DISPUTED: DonationState.DISPUTED,
    PaymentState.DISPUTE_WON: DonationState.RECEIVED,
    PaymentState.DISPUTE_LOST: DonationState.DISPUTED,
    PaymentState.FAILED: DonationState.FAILED,
    PaymentState.EXPIRED: DonationState.EXPIRED,
}

# When a donation has several payments, the one that says most about the money stands for it.
_WEIGHT = [
    DonationState.DISPUTED,
    DonationState.RECEIVED,
    DonationState.PARTLY_REFUNDED,
    DonationState.REFUNDED,
    DonationState.PROCESSING,
    DonationState.STARTED,
    DonationState.FAILED,
    DonationState.EXPIRED,
]


def donation_state(payments: Iterable[PaymentState]) -> DonationState:
    """The state that follows from all of a donation's payments; STARTED when it has none."""
    states = {_OF_PAYMENT[PaymentState(p)] for p in payments}
    return next((s for s in _WEIGHT if s in states), DonationState.STARTED)
