"""Customers."""

from __future__ import annotations

from . import events
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import Check, Form, email, many, merge_metadata, metadata, text
from .shapes import account as shape
from .state import JsonDict, Route, Sandbox

_ADDRESS = Form(
    city=text(),
    country=text(2),
    line1=text(),
    line2=text(),
    postal_code=text(),
    state=text(),
)
_FIELDS: dict[str, Check] = {
    "address": _ADDRESS,
    "description": text(),
    "email": email,
    "invoice_settings": Form(default_payment_method=text()),
    "metadata": metadata,
    "name": text(256),
    "phone": text(20),
    "preferred_locales": many(text(20)),
}
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def welcome(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    """A new customer of the fields asked for."""
    given = dict(asked) | {"metadata": merge_metadata({}, asked.get("metadata"))}
    given.pop("invoice_settings", None)
    if given.get("address") is not None:
        given["address"] = _NO_ADDRESS | given["address"]
    customer = shape.customer(sandbox.clock.now(), **given)
    sandbox.store.add(customer)
    events.tell(sandbox, "customer.created", customer)
    return customer


def _update(sandbox: Sandbox, asked: JsonDict, customer_id: str) -> JsonDict:
    customer = sandbox.fetch(customer_id, "customer", "customer")
    before = {name: customer[name] for name in asked}
    changed = dict(asked)
    if "metadata" in asked:
        changed["metadata"] = merge_metadata(customer["metadata"], asked["metadata"])
    if asked.get("address") is not None:
        changed["address"] = _NO_ADDRESS | asked["address"]
    if "invoice_settings" in asked:
        changed["invoice_settings"] = _settings(sandbox, customer, asked["invoice_settings"])
    customer |= changed
    sandbox.store.save(customer)
    events.tell(sandbox, "customer.updated", customer, before)
    return customer


def _settings(sandbox: Sandbox, customer: JsonDict, asked: JsonDict) -> JsonDict:
    method_id = asked.get("default_payment_method")
    if method_id:
        method = sandbox.fetch(method_id, "payment_method", "PaymentMethod", "invoice_settings")
        if method["customer"] != customer["id"]:
            raise InvalidRequest("This payment method is not the customer's.")
    settings: JsonDict = customer["invoice_settings"] | {"default_payment_method": method_id}
    return settings


def charge_to(sandbox: Sandbox, customer: JsonDict, method: JsonDict) -> None:
    """The card this customer's invoices are charged to from now on."""
    before = {"invoice_settings": dict(customer["invoice_settings"])}
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    sandbox.store.save(customer)
    events.tell(sandbox, "customer.updated", customer, before)


def _retrieve(sandbox: Sandbox, _asked: JsonDict, customer_id: str) -> JsonDict:
    if sandbox.store.setting(f"deleted:{customer_id}"):
        return {"id": customer_id, "object": "customer", "deleted": True}
    return sandbox.fetch(customer_id, "customer", "customer")


def _delete(sandbox: Sandbox, _asked: JsonDict, customer_id: str) -> JsonDict:
    customer = sandbox.fetch(customer_id, "customer", "customer")
    sandbox.store.remove(customer_id)
    sandbox.store.set(f"deleted:{customer_id}", True)
    events.tell(sandbox, "customer.deleted", customer)
    return {"id": customer_id, "object": "customer", "deleted": True}


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    return page(sandbox, "customer", "/v1/customers", asked, {"email": asked.get("email")})


ROUTES = (
    Route("POST", "/v1/customers", welcome, Form(**_FIELDS)),
    Route("GET", "/v1/customers", _list, Form(**PAGE, **moments(), email=text())),
    Route("GET", "/v1/customers/{id}", _retrieve),
    Route("POST", "/v1/customers/{id}", _update, Form(**_FIELDS)),
    Route("DELETE", "/v1/customers/{id}", _delete),
)
