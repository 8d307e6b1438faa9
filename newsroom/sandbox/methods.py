"""Payment methods: a test card with the name and address it was used with."""

from __future__ import annotations

from . import banks, cards
from .errors import Missing
from .shapes import debits as debit_shape
from .shapes import payments as shape
from .state import JsonDict, Route, Sandbox


def make(
    sandbox: Sandbox,
    card: cards.TestCard,
    exp_month: int,
    exp_year: int,
    billing: JsonDict,
) -> JsonDict:
    method = shape.payment_method(card, exp_month, exp_year, billing, sandbox.clock.now())
    sandbox.store.add(method, {"number": card.number})
    return method


def card_of(sandbox: Sandbox, method: JsonDict) -> cards.TestCard:
    return cards.CARDS[sandbox.store.private(method["id"])["number"]]


def make_account(sandbox: Sandbox, account: banks.TestAccount, billing: JsonDict) -> JsonDict:
    method = debit_shape.payment_method(account, billing, sandbox.clock.now())
    sandbox.store.add(method, {"number": account.number})
    return method


def account_of(sandbox: Sandbox, method: JsonDict) -> banks.TestAccount:
    return banks.ACCOUNTS[(method["type"], sandbox.store.private(method["id"])["number"])]


def refunds_fail(sandbox: Sandbox, method: JsonDict) -> bool:
    """Whether its bank sends refunds back."""
    return method["type"] == "card" and card_of(sandbox, method).refunds_fail


def named(sandbox: Sandbox, method_id: str) -> JsonDict:
    """A stored method, or a new one for a test name as `pm_card_visa`."""
    number = cards.METHODS.get(method_id)
    if number is not None:
        return make(sandbox, cards.CARDS[number], 12, 2060, shape.billing_details())
    found = sandbox.store.find(method_id, "payment_method")
    if found is None:
        raise Missing("PaymentMethod", method_id, "payment_method")
    return found


def _retrieve(sandbox: Sandbox, _asked: JsonDict, method_id: str) -> JsonDict:
    return sandbox.fetch(method_id, "payment_method", "PaymentMethod")


ROUTES = (Route("GET", "/v1/payment_methods/{id}", _retrieve),)
