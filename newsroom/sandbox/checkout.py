"""Checkout Sessions: made through the API, paid on the hosted page, ended by time or by asking."""

from __future__ import annotations

from dataclasses import dataclass

from . import checkout_forms, customers, events, ids, intents, methods, payments
from .cards import CARDS
from .errors import InvalidRequest
from .listing import PAGE, page, whole
from .parameters import (
    Form,
    merge_metadata,
    metadata,
)
from .shapes import checkout as shape
from .shapes import payments as payment_shape
from .state import JsonDict, Route, Sandbox

DAY = 86_400
HALF_HOUR = 1_800


@dataclass(frozen=True)
class CardEntry:
    """What a payer typed, checked: a known test card, a date to come, an address."""

    number: str
    exp_month: int
    exp_year: int
    email: str
    name: str
    postal_code: str
    country: str
    custom: dict[str, str]


class NotOpen(Exception):
    """The session was paid already or has expired."""

    def __init__(self, session: JsonDict) -> None:
        super().__init__(f"This Checkout Session's status is {session['status']}.")
        self.session = session


def current(sandbox: Sandbox, session_id: str) -> JsonDict:
    """The session as it is by the clock: one whose time is over is expired first."""
    session = sandbox.fetch(session_id, "checkout.session", "checkout.session", "session")
    if session["status"] == "open" and session["expires_at"] <= sandbox.clock.now():
        end(sandbox, session)
    return session


def expire_overdue(sandbox: Sandbox) -> None:
    for session in sandbox.store.overdue_sessions(sandbox.clock.now()):
        end(sandbox, session)


def end(sandbox: Sandbox, session: JsonDict) -> None:
    session |= {"status": "expired", "url": None}
    sandbox.store.save(session)
    if session["payment_intent"]:
        intent = sandbox.fetch(session["payment_intent"], "payment_intent", "payment_intent")
        payments.cancel(sandbox, intent, "expired")
    events.tell(sandbox, "checkout.session.expired", session)


def pay(sandbox: Sandbox, session_id: str, entry: CardEntry) -> payments.Attempt:
    """Try a card on an open session. Raises NotOpen.

    The first try makes the PaymentIntent; each further one a new charge on it.
    """
    session = _open_session(sandbox, session_id)
    billing = payment_shape.billing_details(
        entry.name, entry.email, entry.postal_code or None, entry.country
    )
    method = methods.make(sandbox, CARDS[entry.number], entry.exp_month, entry.exp_year, billing)
    intent = _intent_of(sandbox, session)
    for field in session["custom_fields"]:
        field["text"]["value"] = entry.custom.get(field["key"]) or None
    details = shape.customer_details(
        entry.email, entry.name, entry.postal_code or None, entry.country
    )
    sandbox.store.save(session, sandbox.store.private(session_id) | {"details": details})
    return _after(sandbox, session, payments.attempt(sandbox, intent, method))


def authenticate(sandbox: Sandbox, session_id: str, *, passed: bool) -> payments.Attempt:
    """The payer's answer to 3-D Secure. Raises NotOpen, InvalidRequest when none was asked."""
    session = _open_session(sandbox, session_id)
    intent = _intent_of(sandbox, session)
    if intent["status"] != "requires_action":
        raise InvalidRequest("This payment does not wait for 3-D Secure.")
    return _after(sandbox, session, payments.authenticate(sandbox, intent, passed=passed))


def success_address(session: JsonDict) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def line_items(sandbox: Sandbox, session: JsonDict) -> JsonDict:
    items = sandbox.store.private(session["id"])["line_items"]
    return whole(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def _open_session(sandbox: Sandbox, session_id: str) -> JsonDict:
    session = current(sandbox, session_id)
    if session["status"] != "open":
        raise NotOpen(session)
    return session


def _after(sandbox: Sandbox, session: JsonDict, tried: payments.Attempt) -> payments.Attempt:
    if tried.status != "succeeded":
        return tried
    details = sandbox.store.private(session["id"])["details"]
    if session["customer_creation"] == "always":
        customer = customers.welcome(sandbox, {"email": details["email"], "name": details["name"]})
        session["customer"] = customer["id"]
    session |= {
        "status": "complete",
        "payment_status": "paid",
        "url": None,
        "customer_details": details,
    }
    sandbox.store.save(session)
    events.tell(sandbox, "checkout.session.completed", session)
    return tried


def _intent_of(sandbox: Sandbox, session: JsonDict) -> JsonDict:
    if session["payment_intent"]:
        return sandbox.fetch(session["payment_intent"], "payment_intent", "payment_intent")
    asked = sandbox.store.private(session["id"])["payment_intent_data"]
    intent = payment_shape.payment_intent(
        session["amount_total"],
        session["currency"],
        sandbox.clock.now(),
        customer=session["customer"],
        **asked,
    )
    payments.open_intent(sandbox, intent)
    session["payment_intent"] = intent["id"]
    sandbox.store.save(session)
    return intent


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    now = sandbox.clock.now()
    asked = _checked(sandbox, asked, now)
    made = [shape.line_item(item, now) for item in asked["line_items"]]
    total = sum(item["amount_total"] for item, _price, _product in made)
    intents.check_amount(total, asked["line_items"][0]["price_data"]["currency"], "line_items")
    session_id = ids.make("cs_test", 58)
    session = shape.session(session_id, f"{sandbox.base_url}/c/pay/{session_id}", asked, total, now)
    for _item, price, product in made:
        sandbox.store.add(product)
        sandbox.store.add(price)
    sandbox.store.add(
        session,
        {
            "line_items": [item for item, _price, _product in made],
            "payment_intent_data": asked["payment_intent_data"],
        },
    )
    return session


def _checked(sandbox: Sandbox, asked: JsonDict, now: int) -> JsonDict:
    """The parameters with their defaults, refused where they contradict each other."""
    if asked.get("customer"):
        sandbox.fetch(asked["customer"], "customer", "customer", "customer")
        for other in ("customer_email", "customer_creation"):
            if asked.get(other):
                raise InvalidRequest(
                    f"You may only specify one of these parameters: customer, {other}.",
                    param=other,
                )
    for item in asked["line_items"]:
        item["price_data"]["currency"] = item["price_data"]["currency"].lower()
    currencies_named = {item["price_data"]["currency"] for item in asked["line_items"]}
    if len(currencies_named) > 1:
        raise InvalidRequest("All line items must use one currency.", param="line_items")
    expires_at = asked.get("expires_at") or now + DAY
    if not now + HALF_HOUR <= expires_at <= now + DAY:
        raise InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from"
            " Checkout Session creation.",
            param="expires_at",
        )
    intent_data = asked.get("payment_intent_data", {})
    return asked | {
        "expires_at": expires_at,
        "metadata": merge_metadata({}, asked.get("metadata")),
        "payment_intent_data": intent_data
        | {"metadata": merge_metadata({}, intent_data.get("metadata"))},
    }


def _retrieve(sandbox: Sandbox, _asked: JsonDict, session_id: str) -> JsonDict:
    return current(sandbox, session_id)


def _update(sandbox: Sandbox, asked: JsonDict, session_id: str) -> JsonDict:
    session = current(sandbox, session_id)
    session["metadata"] = merge_metadata(session["metadata"], asked.get("metadata"))
    sandbox.store.save(session)
    return session


def _expire(sandbox: Sandbox, _asked: JsonDict, session_id: str) -> JsonDict:
    session = current(sandbox, session_id)
    if session["status"] != "open":
        raise InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of {session['status']}."
        )
    end(sandbox, session)
    return session


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    expire_overdue(sandbox)
    where = {name: asked.get(name) for name in ("payment_intent", "customer", "status")}
    where["customer_details.email"] = asked.get("customer_details", {}).get("email")
    return page(sandbox, "checkout.session", "/v1/checkout/sessions", asked, where)


def _line_items(sandbox: Sandbox, _asked: JsonDict, session_id: str) -> JsonDict:
    return line_items(sandbox, current(sandbox, session_id))


ROUTES = (
    Route("POST", "/v1/checkout/sessions", _create, checkout_forms.CREATE),
    Route("GET", "/v1/checkout/sessions", _list, checkout_forms.LIST),
    Route("GET", "/v1/checkout/sessions/{id}", _retrieve),
    Route("POST", "/v1/checkout/sessions/{id}", _update, Form(metadata=metadata)),
    Route("POST", "/v1/checkout/sessions/{id}/expire", _expire),
    Route("GET", "/v1/checkout/sessions/{id}/line_items", _line_items, Form(**PAGE)),
)
