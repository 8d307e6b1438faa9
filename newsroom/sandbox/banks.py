"""The test bank accounts the sandbox knows, as Stripe documents them, and what becomes of a debit.

https://docs.stripe.com/payments/acss-debit/accept-a-payment#test-integration and
https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers. Stripe's
test mode hurries; here each takes its days of the sandbox's clock, as with real banks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

DAY = 86_400
ACSS, ACH = "acss_debit", "us_bank_account"
# By currency: the kind of debit that Checkout offers for it.
KIND_OF = {"cad": ACSS, "usd": ACH}
# Institution and transit of Canada in one, the routing number of the United States.
ROUTING = {ACSS: ("000", "11000"), ACH: ("110000000",)}
BANK = {ACSS: "STRIPE TEST BANK", ACH: "STRIPE TEST BANK"}


@dataclass(frozen=True)
class TestAccount:
    """`days` after the start the debit succeeds, or fails with `failure`; None leaves it on its
    way. `disputed_days` after it succeeded its bank takes it back."""

    kind: str
    number: str
    days: int | None
    failure: str = ""
    message: str = ""
    disputed_days: int | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(f"{self.kind}{self.number}".encode()).hexdigest()[:16]


_NO_FUNDS = "The customer's account has insufficient funds to cover this payment."
ACCOUNTS = {
    (account.kind, account.number): account
    for account in (
        TestAccount(ACSS, "000123456789", 5),
        TestAccount(ACSS, "900123456789", 5),
        TestAccount(ACSS, "000222222227", 5, "insufficient_funds", _NO_FUNDS),
        TestAccount(ACSS, "900222222227", 5, "insufficient_funds", _NO_FUNDS),
        TestAccount(ACH, "000123456789", 4),
        TestAccount(ACH, "000111111113", 4, "account_closed", "The account has been closed."),
        TestAccount(ACH, "000111111116", 4, "no_account", "The account could not be located."),
        TestAccount(ACH, "000222222227", 4, "insufficient_funds", _NO_FUNDS),
        TestAccount(
            ACH,
            "000333333335",
            4,
            "debit_not_authorized",
            "The account holder has not authorized this debit.",
        ),
        TestAccount(ACH, "000555555559", 4, disputed_days=3),
        TestAccount(ACH, "000000000009", None),
    )
}
