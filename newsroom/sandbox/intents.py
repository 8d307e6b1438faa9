"""The API's calls on PaymentIntents and charges."""

from __future__ import annotations

from . import currencies, events, methods, payments
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import (
    Form,
    address,
    boolean,
    choice,
    email,
    integer,
    many,
    merge_metadata,
    metadata,
    text,
)
from .shapes import payments as shape
from .state import JsonDict, Route, Sandbox

_CANCEL_REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")


def check_amount(amount: int, currency: str, param: str) -> None:
    """Stripe's limits for one payment, minor units. Raises InvalidRequest."""
    if currency not in currencies.KNOWN:
        raise InvalidRequest(f"Invalid currency: {currency}.", param="currency")
    least = currencies.least(currency)
    if amount < least:
        raise InvalidRequest(
            f"Amount must be at least {currencies.shown(least, currency)}.",
            code="amount_too_small",
            param=param,
        )
    if amount % currencies.step(currency):
        raise InvalidRequest(
            f"Invalid amount: in {currency} it must be a multiple of {currencies.step(currency)}.",
            param=param,
        )
    if amount > currencies.LARGEST:
        raise InvalidRequest(
            f"Amount must be no more than {currencies.shown(currencies.LARGEST, currency)}.",
            code="amount_too_large",
            param=param,
        )


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    currency = asked["currency"].lower()
    check_amount(asked["amount"], currency, "amount")
    if asked.get("customer"):
        sandbox.fetch(asked["customer"], "customer", "customer", "customer")
    intent = shape.payment_intent(
        asked["amount"],
        currency,
        sandbox.clock.now(),
        customer=asked.get("customer"),
        description=asked.get("description"),
        metadata=merge_metadata({}, asked.get("metadata")),
        receipt_email=asked.get("receipt_email"),
        statement_descriptor=asked.get("statement_descriptor"),
        statement_descriptor_suffix=asked.get("statement_descriptor_suffix"),
        allowed_types=asked.get("allowed_payment_method_types"),
        automatic_methods=asked.get("automatic_payment_methods"),
    )
    payments.open_intent(sandbox, intent)
    if asked.get("payment_method"):
        method = methods.named(sandbox, asked["payment_method"])
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
        sandbox.store.save(intent)
    return _try_it(sandbox, intent) if asked.get("confirm") else intent


def _confirm(sandbox: Sandbox, asked: JsonDict, intent_id: str) -> JsonDict:
    intent = sandbox.fetch(intent_id, "payment_intent", "payment_intent", "intent")
    if asked.get("payment_method"):
        intent["payment_method"] = methods.named(sandbox, asked["payment_method"])["id"]
    return _try_it(sandbox, intent)


def _try_it(sandbox: Sandbox, intent: JsonDict) -> JsonDict:
    if intent["status"] in ("succeeded", "canceled"):
        raise InvalidRequest(
            f"This PaymentIntent could not be confirmed: its status is {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    if intent["payment_method"] is None:
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it has no payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    method = sandbox.fetch(intent["payment_method"], "payment_method", "PaymentMethod")
    result = payments.attempt(sandbox, intent, method)
    if result.status == "declined":
        raise payments.refused_card(result)
    return result.intent


def _update(sandbox: Sandbox, asked: JsonDict, intent_id: str) -> JsonDict:
    intent = sandbox.fetch(intent_id, "payment_intent", "payment_intent", "intent")
    if "metadata" in asked:
        intent["metadata"] = merge_metadata(intent["metadata"], asked["metadata"])
    intent |= {name: asked[name] for name in ("description", "receipt_email") if name in asked}
    sandbox.store.save(intent)
    return intent


def _cancel(sandbox: Sandbox, asked: JsonDict, intent_id: str) -> JsonDict:
    intent = sandbox.fetch(intent_id, "payment_intent", "payment_intent", "intent")
    return payments.cancel(sandbox, intent, asked.get("cancellation_reason"))


def _retrieve(sandbox: Sandbox, _asked: JsonDict, intent_id: str) -> JsonDict:
    return sandbox.fetch(intent_id, "payment_intent", "payment_intent", "intent")


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {"customer": asked.get("customer")}
    return page(sandbox, "payment_intent", "/v1/payment_intents", asked, where)


def _retrieve_charge(sandbox: Sandbox, _asked: JsonDict, charge_id: str) -> JsonDict:
    return sandbox.fetch(charge_id, "charge", "charge")


def _update_charge(sandbox: Sandbox, asked: JsonDict, charge_id: str) -> JsonDict:
    charge = sandbox.fetch(charge_id, "charge", "charge")
    before = {name: charge[name] for name in asked}
    if "metadata" in asked:
        charge["metadata"] = merge_metadata(charge["metadata"], asked["metadata"])
    charge |= {name: asked[name] for name in ("description", "receipt_email") if name in asked}
    sandbox.store.save(charge)
    events.tell(sandbox, "charge.updated", charge, before)
    return charge


def _list_charges(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("payment_intent", "customer")}
    return page(sandbox, "charge", "/v1/charges", asked, where)


_CREATE = Form(
    ("amount", "currency"),
    amount=integer(),
    currency=text(3),
    allowed_payment_method_types=many(choice("card")),
    automatic_payment_methods=Form(
        ("enabled",),
        enabled=boolean,
        allow_redirects=choice("always", "never"),
    ),
    confirm=boolean,
    customer=text(),
    description=text(1000),
    metadata=metadata,
    off_session=boolean,
    payment_method=text(),
    receipt_email=email,
    return_url=address,
    statement_descriptor=text(22),
    statement_descriptor_suffix=text(22),
)
_LIST = Form(**PAGE, **moments(), customer=text())
_UPDATE = Form(description=text(1000), metadata=metadata, receipt_email=email)

ROUTES = (
    Route("POST", "/v1/payment_intents", _create, _CREATE),
    Route("GET", "/v1/payment_intents", _list, _LIST),
    Route("GET", "/v1/payment_intents/{id}", _retrieve),
    Route("POST", "/v1/payment_intents/{id}", _update, _UPDATE),
    Route(
        "POST",
        "/v1/payment_intents/{id}/confirm",
        _confirm,
        Form(payment_method=text(), return_url=address, off_session=boolean),
    ),
    Route(
        "POST",
        "/v1/payment_intents/{id}/cancel",
        _cancel,
        Form(cancellation_reason=choice(*_CANCEL_REASONS)),
    ),
    Route(
        "GET",
        "/v1/charges",
        _list_charges,
        Form(**PAGE, **moments(), payment_intent=text(), customer=text()),
    ),
    Route("GET", "/v1/charges/{id}", _retrieve_charge),
    Route("POST", "/v1/charges/{id}", _update_charge, _UPDATE),
)
