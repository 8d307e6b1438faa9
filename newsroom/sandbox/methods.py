"""Payment methods: a test card with the name and address it was used with."""

from __future__ import annotations

from . import banks, cards, events
from .errors import InvalidRequest, Missing
from .listing import PAGE, moments, page
from .parameters import Form, choice, text
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


def attach(sandbox: Sandbox, method: JsonDict, customer: str) -> JsonDict:
    """The customer's from now on. Raises InvalidRequest when it is another's."""
    if method["customer"] == customer:
        return method
    if method["customer"] is not None:
        raise InvalidRequest("This payment method is attached to another customer.")
    method["customer"] = customer
    sandbox.store.save(method)
    events.tell(sandbox, "payment_method.attached", method)
    return method


def renewed_by_its_network(
    sandbox: Sandbox, method: JsonDict, exp_month: int, exp_year: int
) -> JsonDict:
    """A bank sent a new card and its network told Stripe of the date."""
    before = {"card": dict(method["card"])}
    method["card"] |= {"exp_month": exp_month, "exp_year": exp_year}
    sandbox.store.save(method)
    events.tell(sandbox, "payment_method.automatically_updated", method, before)
    return method


def _attach(sandbox: Sandbox, asked: JsonDict, method_id: str) -> JsonDict:
    customer = sandbox.fetch(asked["customer"], "customer", "customer", "customer")
    return attach(sandbox, named(sandbox, method_id), customer["id"])


def _detach(sandbox: Sandbox, _asked: JsonDict, method_id: str) -> JsonDict:
    method = sandbox.fetch(method_id, "payment_method", "PaymentMethod")
    method["customer"] = None
    sandbox.store.save(method)
    events.tell(sandbox, "payment_method.detached", method)
    return method


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {"customer": asked["customer"], "type": asked.get("type")}
    return page(sandbox, "payment_method", "/v1/payment_methods", asked, where)


def _list_of_customer(sandbox: Sandbox, asked: JsonDict, customer_id: str) -> JsonDict:
    sandbox.fetch(customer_id, "customer", "customer")
    where = {"customer": customer_id, "type": asked.get("type")}
    return page(
        sandbox, "payment_method", f"/v1/customers/{customer_id}/payment_methods", asked, where
    )


def _retrieve(sandbox: Sandbox, _asked: JsonDict, method_id: str) -> JsonDict:
    return sandbox.fetch(method_id, "payment_method", "PaymentMethod")


_KIND = choice("card", "acss_debit", "us_bank_account")
ROUTES = (
    Route("GET", "/v1/payment_methods/{id}", _retrieve),
    Route(
        "GET",
        "/v1/payment_methods",
        _list,
        Form(("customer",), **PAGE, **moments(), customer=text(), type=_KIND),
    ),
    Route("GET", "/v1/customers/{id}/payment_methods", _list_of_customer, Form(**PAGE, type=_KIND)),
    Route("POST", "/v1/payment_methods/{id}/attach", _attach, Form(("customer",), customer=text())),
    Route("POST", "/v1/payment_methods/{id}/detach", _detach),
)
