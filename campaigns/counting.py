"""What each balance transaction counts for on the bar: a pure fold over Stripe's facts.

The counted amount is in the charge's currency and comes from the Charge, Refund or Dispute
itself (a balance transaction is in the settlement currency). A reversal never takes more than
what is left of its charge, and what comes back never gives more than there is: a refund that fails
after a dispute for the whole restores nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaigns.gateway import Charge, PaymentFacts, Transaction
from campaigns.models import EntryKind
from campaigns.models.ledger import ATTRIBUTIONS, MOVES, OFFLINE

_OUR_OWN = {EntryKind.OTHER, EntryKind.MATCH} | OFFLINE | ATTRIBUTIONS | MOVES
_COUNTING = frozenset(EntryKind.values) - _OUR_OWN


@dataclass(frozen=True, slots=True)
class Movement:
    """One ledger entry to be: `amount` signed, in `currency`; zero when it does not count."""

    source_key: str
    kind: EntryKind
    amount: int
    currency: str
    occurred_at: datetime
    charged_at: datetime
    charge_id: str
    transaction: Transaction
    fee_counted: int | None = None


def source_key(transaction_id: str) -> str:
    return f"stripe:{transaction_id}"


def kind_of(transaction: Transaction) -> EntryKind:
    category = transaction.reporting_category
    return EntryKind(category) if category in _COUNTING else EntryKind.OTHER


def movements(facts: PaymentFacts, recorded: Mapping[str, int]) -> list[Movement]:
    """Every movement of the payment, oldest first; `recorded` holds amounts already written.

    What is recorded keeps its amount; what is new then takes or gives what is missing, also when
    Stripe tells of an older movement later.
    """
    found: list[Movement] = []
    for charge in facts.charges:
        # Stripe may tell of a refund before it has booked the charge itself. Nothing is left of a
        # charge that is not there yet, so its reversals wait for it. A bank debit may be booked
        # while it is pending: it waits until the bank has answered.
        if charge.status in ("succeeded", "failed") and charge.transaction:
            found += _of_charge(charge, recorded)
    return found


def _of_charge(charge: Charge, recorded: Mapping[str, int]) -> list[Movement]:
    steps = _steps(charge)
    # What all known movements come to, and what our entries do: the bar shows the first, never
    # below zero and never above the charge, so each new entry is what brings the second there.
    known = [(t, wanted) for t, wanted in steps if source_key(t.id) in recorded]
    come_to = sum(wanted for t, wanted in known if _counts(t))
    left = sum(recorded[source_key(t.id)] for t, _wanted in known)
    result: list[Movement] = []
    for transaction, wanted in steps:
        key = source_key(transaction.id)
        kind = kind_of(transaction)
        never_came = charge.status == "failed" and transaction == charge.transaction
        if key in recorded:
            amount = recorded[key]
        elif never_came:
            # Booked and taken off again: both stand in the books as nothing.
            kind, amount = EntryKind.OTHER, 0
        elif not _counts(transaction):
            amount = 0
        else:
            come_to += wanted
            amount = min(max(come_to, 0), charge.amount) - left
            left += amount
        result.append(
            Movement(
                source_key=key,
                kind=kind,
                amount=amount,
                currency=charge.currency,
                occurred_at=transaction.created,
                charged_at=charge.created,
                charge_id=charge.id,
                transaction=transaction,
                fee_counted=_fee(charge.currency, transaction, wanted),
            )
        )
    return result


def _fee(currency: str, transaction: Transaction, worth: int) -> int | None:
    """Stripe's fee in the charge's currency, when it was settled in another one.

    By what the very movement was `worth` in both, half a unit upwards; None when they are one.
    """
    if transaction.currency == currency:
        return None
    if not transaction.fee or not transaction.amount:
        return 0
    doubled = 2 * abs(transaction.fee * worth) // abs(transaction.amount)
    return (doubled + 1) // 2 * (1 if transaction.fee > 0 else -1)


def _counts(transaction: Transaction) -> bool:
    return kind_of(transaction) != EntryKind.OTHER


def _steps(charge: Charge) -> list[tuple[Transaction, int]]:
    """(transaction, what its object moves in the charge's currency), charge first, then by time.

    Stripe's moments are whole seconds: within one, an object's own movements keep their order
    and objects theirs (Stripe lists the newest first).
    """
    steps: list[tuple[tuple[bool, datetime, int, int], tuple[Transaction, int]]] = []

    def add(transaction: Transaction | None, about: str, wanted: int, place: int, nth: int) -> None:
        if transaction:
            key = (about != charge.id, transaction.created, place, nth)
            steps.append((key, (transaction, wanted)))

    add(charge.transaction, charge.id, charge.amount, 0, 0)
    for place, refund in enumerate(reversed(charge.refunds)):
        add(refund.transaction, refund.id, -refund.amount, place, 0)
        if refund.transaction:
            add(refund.failure_transaction, refund.id, refund.amount, place, 1)
    for place, dispute in enumerate(reversed(charge.disputes), start=len(charge.refunds)):
        for nth, transaction in enumerate(dispute.transactions):
            sign = 1 if transaction.amount > 0 else -1
            add(transaction, dispute.id, sign * dispute.amount, place, nth)
    add(charge.failure_transaction, "", -charge.amount, len(steps), 0)
    steps.sort(key=lambda step: step[0])
    return [step for _key, step in steps]
