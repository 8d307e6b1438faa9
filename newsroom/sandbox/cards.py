"""The test cards the sandbox knows, as Stripe documents them, and the checks a card field gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

ASCII_DIGITS = frozenset("0123456789")


class Outcome(Enum):
    SUCCEEDS = "succeeds"
    DECLINED = "declined"
    ASKS_FOR_3DS = "asks_for_3ds"


@dataclass(frozen=True)
class TestCard:
    number: str
    brand: str = "visa"
    country: str = "US"
    outcome: Outcome = Outcome.SUCCEEDS
    decline_code: str | None = None
    message: str | None = None
    refunds_fail: bool = False
    # Its bank refuses what is asked for while nobody sits at the screen: renewals.
    fails_off_session: bool = False
    # Its bank wants its holder each time, also for a renewal of what was set up.
    asks_each_time: bool = False
    # "" or what its bank does as soon as it has paid: "dispute", "inquiry" or "warning".
    then: str = ""

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.number.encode()).hexdigest()[:16]


CARDS = {
    card.number: card
    for card in (
        TestCard("4242424242424242"),
        TestCard("4000001240000000", country="CA"),
        TestCard("5555555555554444", brand="mastercard"),
        TestCard(
            "4000000000000002",
            outcome=Outcome.DECLINED,
            decline_code="generic_decline",
            message="Your card was declined.",
        ),
        TestCard(
            "4000000000009995",
            outcome=Outcome.DECLINED,
            decline_code="insufficient_funds",
            message="Your card has insufficient funds.",
        ),
        TestCard(
            "4000000000000341",
            decline_code="generic_decline",
            message="Your card was declined.",
            fails_off_session=True,
        ),
        TestCard("4000002500003155", outcome=Outcome.ASKS_FOR_3DS),
        TestCard("4000002760003184", outcome=Outcome.ASKS_FOR_3DS, asks_each_time=True),
        TestCard("4000000000005126", refunds_fail=True),
        TestCard("4000000000000259", then="dispute"),
        TestCard("4000000000001976", then="inquiry"),
        TestCard("4000000000005423", then="warning"),
    )
}

METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_ca": "4000001240000000",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_createIssuerFraudRecord": "4000000000005423",
}


def digits_of(typed: str) -> str:
    """A card number as typed, without its spaces and hyphens."""
    return "".join(sign for sign in typed if sign not in " -\u00a0\u202f")


def passes_luhn(number: str) -> bool:
    if not number or not set(number) <= ASCII_DIGITS or not 12 <= len(number) <= 19:
        return False
    total = 0
    for place, sign in enumerate(reversed(number)):
        digit = int(sign) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0
