"""Gifts from a bank account: where they are offered, and the letter when the bank does not pay.

The money takes days (https://docs.stripe.com/payments/acss-debit, …/ach-direct-debit): until then
it is on its way, and counts nowhere. It may still come back after it arrived.
"""

from typing import Any, Final

from django.conf import settings

from campaigns.gateway import PaymentFacts
from campaigns.models import Donation, Frequency, Payment
from newsroom.mail import outbox
from newsroom.money import Money

# By currency: the debit that Checkout knows for it.
BY_CURRENCY: Final = {"cad": "acss_debit", "usd": "us_bank_account"}
METHODS: Final = frozenset(BY_CURRENCY.values())
# Reasons of a dispute by which a bank says that a debit it had paid comes back; the donor did not
# ask for it: https://docs.stripe.com/disputes/categories
RETURNED: Final = frozenset(
    {"insufficient_funds", "incorrect_account_details", "bank_cannot_process"}
)
_OPTIONS: Final = {
    "acss_debit": {
        "mandate_options": {"payment_schedule": "sporadic", "transaction_type": "personal"}
    },
    "us_bank_account": {},
}


def offered(currency: str) -> str:
    """The kind of bank debit that a gift in `currency` may be paid by; empty when none."""
    return BY_CURRENCY.get(currency, "") if currency in settings.BANK_DEBIT else ""


def checkout_parameters(
    currency: str, *, only: bool = False, never: bool = False
) -> dict[str, Any]:
    """What Checkout is told of bank debits: that it takes one and nothing else (`only`), or none.

    A gift whose donor covers what a card costs is not paid by debit, which costs another sum; one
    of each month or year only where that was chosen. Which payment methods Checkout shows is
    otherwise the account's own setting at Stripe; a Canadian debit needs to know what mandate to
    ask the donor for.
    """
    kind = offered(currency)
    if not kind or never:
        return {"excluded_payment_method_types": sorted(METHODS)}
    told: dict[str, Any] = {"excluded_payment_method_types": sorted(METHODS - {kind})}
    if only:
        told = {"allowed_payment_method_types": [kind]}
    if _OPTIONS[kind]:
        told["payment_method_options"] = {kind: _OPTIONS[kind]}
    return told


def owe_letter(donation: Donation, payment: Payment, facts: PaymentFacts) -> None:
    """Owe the donor a letter when their bank sent a debit back, days after they gave.

    One for a payment, whether the money never came or went again. Asked twice, owed once.
    """
    donor = donation.donor
    reason = _sent_back(facts)
    if reason is None or donor is None or not donor.email:
        return
    campaign = payment.counts_in or donation.campaign
    had_arrived = payment.entries.filter(kind="charge").exists()
    if donation.frequency != Frequency.ONCE and not had_arrived:
        # It is tried for again, and the letters about recurring donations tell of that.
        return
    outbox.owe(
        kind="debit_failed",
        dedupe_key=f"debit_failed:{payment.stripe_id}",
        to=donor.email,
        template="debit_failed",
        language=donation.language,
        context={
            "donor_name": donor.name,
            "money": Money(payment.amount, payment.currency),
            "given_on": donation.started_at,
            "campaign": campaign,
            "had_arrived": had_arrived,
            "reason": reason,
            "give_url": settings.BASE_URL + campaign.give_url,
        },
    )


def _sent_back(facts: PaymentFacts) -> str | None:
    """Why a bank sent a debit of this payment back, in Stripe's word; None when none did."""
    for charge in facts.charges:
        if charge.method not in METHODS:
            continue
        if charge.status == "failed":
            return charge.failure_code
        for dispute in charge.disputes:
            if dispute.reason in RETURNED:
                return dispute.reason
    return None
