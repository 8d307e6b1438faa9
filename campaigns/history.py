"""What happened to a gift, for its donor and in plain words: one line for each thing, oldest first.

From the ledger, which has each movement once, and from what has moved no money yet: a debit on its
way, one the bank never sent, an issuer's warning. The words stand in `campaigns/history.html`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.debits import METHODS
from campaigns.models import (
    Donation,
    EntryKind,
    FraudWarning,
    LedgerEntry,
    Payment,
    PaymentState,
)
from newsroom.money import Money


class What(StrEnum):
    """What happened; the template has a sentence for each."""

    ON_ITS_WAY = "on_its_way"
    NOT_SENT = "not_sent"
    ARRIVED = "arrived"
    RETURNED = "returned"
    GIVEN_BACK = "given_back"
    NOT_TAKEN_BACK = "not_taken_back"
    DISPUTED = "disputed"
    DISPUTE_ENDED = "dispute_ended"
    WARNED = "warned"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Happening:
    what: What
    at: datetime
    money: Money


_OF_ENTRY = {
    EntryKind.CHARGE: What.ARRIVED,
    EntryKind.OFFLINE: What.ARRIVED,
    EntryKind.CHARGE_FAILURE: What.RETURNED,
    EntryKind.REFUND: What.GIVEN_BACK,
    EntryKind.PARTIAL_CAPTURE_REVERSAL: What.GIVEN_BACK,
    EntryKind.REFUND_FAILURE: What.NOT_TAKEN_BACK,
    EntryKind.DISPUTE: What.DISPUTED,
    EntryKind.DISPUTE_REVERSAL: What.DISPUTE_ENDED,
    EntryKind.OFFLINE_UNDONE: What.UNDONE,
}


def histories(donations: Sequence[Donation]) -> dict[int, list[Happening]]:
    """The history of each donation, by its id. Three queries, however many they are."""
    ids = [donation.pk for donation in donations]
    found: dict[int, list[Happening]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(donation__in=ids, kind__in=list(_OF_ENTRY))
    for entry in entries.exclude(amount=0).order_by("occurred_at", "pk"):
        happened = Happening(
            _OF_ENTRY[EntryKind(entry.kind)],
            entry.occurred_at,
            Money(abs(entry.amount), entry.currency),
        )
        found[entry.donation_id or 0].append(happened)
    for payment in Payment.objects.filter(donation__in=ids, method__in=METHODS):
        found[payment.donation_id or 0] += _of_debit(payment, found[payment.donation_id or 0])
    for warning in FraudWarning.objects.filter(payment__donation__in=ids).select_related("payment"):
        if warned_of := warning.payment:
            money = Money(warned_of.amount, warned_of.currency)
            happened = Happening(What.WARNED, warning.created_at, money)
            found[warned_of.donation_id or 0].append(happened)
    return {pk: sorted(lines, key=lambda line: line.at) for pk, lines in found.items()}


def history_of(donation: Donation) -> list[Happening]:
    return histories([donation]).get(donation.pk, [])


def _of_debit(payment: Payment, known: list[Happening]) -> list[Happening]:
    """What the ledger does not tell of a debit: that it began, and that it never came."""
    money = Money(payment.amount, payment.currency)
    told = [Happening(What.ON_ITS_WAY, payment.created_at, money)]
    arrived = any(line.what is What.ARRIVED for line in known)
    if payment.state == PaymentState.FAILED and not arrived:
        told.append(Happening(What.NOT_SENT, payment.synced_at, money))
    return told
