"""Checkout Sessions: made through the API, paid on the hosted page, ended by time or by asking."""

from __future__ import annotations

from dataclasses import dataclass

from . import (
    checkout_forms,
    checkout_modes,
    customers,
    debits,
    events,
    ids,
    intents,
    methods,
    payments,
    prices,
)
from .banks import ACCOUNTS, ACSS, KIND_OF
from .cards import CARDS
from .checkout_modes import debit_of
from .errors import InvalidRequest
from .listing import PAGE, page, whole
from .parameters import (
    Form,
    merge_metadata,
    metadata,
)
from .shapes import checkout as shape
from .shapes import debits as debit_shape
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


@dataclass(frozen=True)
class BankEntry:
    """What a payer typed on the bank page, checked: one of the test accounts of `kind`."""

    kind: str
    account: str
    email: str
    name: str


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
    checkout_modes.end(sandbox, session)
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
    for field in session["custom_fields"]:
        field["text"]["value"] = entry.custom.get(field["key"]) or None
    details = shape.customer_details(
        entry.email, entry.name, entry.postal_code or None, entry.country
    )
    sandbox.store.save(session, sandbox.store.private(session_id) | {"details": details})
    if session["mode"] == "setup":
        tried = checkout_modes.set_up(sandbox, session, method)
    else:
        intent = checkout_modes.begin(sandbox, session)
        tried = payments.attempt(sandbox, intent, method)
    return _after(sandbox, session, tried, method)


def pay_by_bank(sandbox: Sandbox, session_id: str, entry: BankEntry) -> payments.Attempt:
    """Agree to a bank debit on an open session: it is complete, and unpaid for days."""
    session = _open_session(sandbox, session_id)
    billing = payment_shape.billing_details(entry.name, entry.email)
    account = ACCOUNTS[(entry.kind, entry.account)]
    method = methods.make_account(sandbox, account, billing)
    details = shape.customer_details(entry.email, entry.name, None, None)
    private = sandbox.store.private(session_id) | {"details": details}
    sandbox.store.save(session, private)
    asked = private["payment_method_options"].get(entry.kind, {}).get("mandate_options", {})
    if session["mode"] == "setup":
        mandate = debits.agree(sandbox, method, asked)
        tried = checkout_modes.set_up(sandbox, session, method, mandate)
    else:
        intent = checkout_modes.begin(sandbox, session)
        tried = debits.start(sandbox, intent, method, asked)
    return _after(sandbox, session, tried, method)


def authenticate(sandbox: Sandbox, session_id: str, *, passed: bool) -> payments.Attempt:
    """The payer's answer to 3-D Secure. Raises NotOpen, InvalidRequest when none was asked."""
    session = _open_session(sandbox, session_id)
    intent = checkout_modes.intent_of(sandbox, session)
    if intent is None or intent["status"] != "requires_action":
        raise InvalidRequest("This payment does not wait for 3-D Secure.")
    method = sandbox.fetch(intent["payment_method"], "payment_method", "PaymentMethod")
    tried = payments.authenticate(sandbox, intent, passed=passed)
    return _after(sandbox, session, tried, method)


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


def _after(
    sandbox: Sandbox, session: JsonDict, tried: payments.Attempt, method: JsonDict
) -> payments.Attempt:
    checkout_modes.after(sandbox, session, tried, method)
    if tried.status not in ("succeeded", "processing"):
        return tried
    details = sandbox.store.private(session["id"])["details"]
    if session["mode"] == "payment" and session["customer_creation"] == "always":
        customer = customers.welcome(sandbox, {"email": details["email"], "name": details["name"]})
        session["customer"] = customer["id"]
    if session["mode"] != "setup":
        session["payment_status"] = "paid" if tried.status == "succeeded" else "unpaid"
    session |= {"status": "complete", "url": None, "customer_details": details}
    sandbox.store.save(session)
    events.tell(sandbox, "checkout.session.completed", session)
    return tried


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    now = sandbox.clock.now()
    asked = _checked(sandbox, asked, now)
    session_id = ids.make("cs_test", 58)
    url = f"{sandbox.base_url}/c/pay/{session_id}"
    items = [_line(sandbox, item) for item in asked.get("line_items", [])]
    total, currency = None, asked.get("currency")
    if items:
        total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
        intents.check_amount(total, str(currency), "line_items")
    session = shape.session(session_id, url, asked, total, currency, now)
    _offer(session, asked)
    if not session["payment_method_types"]:
        raise InvalidRequest("No valid payment method types for this Checkout Session.")
    if asked["mode"] == "setup":
        session["setup_intent"] = checkout_modes.open_setup(
            sandbox, asked, session["payment_method_types"]
        )
    sandbox.store.add(
        session,
        {
            "line_items": items,
            "payment_intent_data": asked["payment_intent_data"],
            "payment_method_options": asked.get("payment_method_options", {}),
            "subscription_data": asked.get("subscription_data", {}),
        },
    )
    return session


def _line(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    price = prices.of_data(sandbox, asked["price_data"])
    product = sandbox.fetch(price["product"], "product", "product")
    return shape.line_item(asked, price, product["name"])


def _offer(session: JsonDict, asked: JsonDict) -> None:
    """Which kinds of payment the session takes: cards, and the bank debit of its currency.

    A Canadian debit needs to know what mandate to ask for. What the call excludes, or does not
    allow, is not offered.
    """
    kind = KIND_OF.get(session["currency"])
    options = asked.get("payment_method_options", {})
    offered = ["card"]
    takes = kind != ACSS or (
        # Stripe begins no subscription by a Canadian debit on its page.
        asked["mode"] != "subscription" and "mandate_options" in options.get(ACSS, {})
    )
    if kind and takes and (asked["mode"] == "payment" or "allowed_payment_method_types" in asked):
        offered.append(kind)
    allowed = asked.get("allowed_payment_method_types") or offered
    excluded = asked.get("excluded_payment_method_types", [])
    session["payment_method_types"] = [k for k in offered if k in allowed and k not in excluded]
    session["excluded_payment_method_types"] = excluded or None
    if debit := debit_of(session):
        session["payment_method_options"][debit] = debit_shape.options(
            debit, options.get(debit, {})
        )


def _checked(sandbox: Sandbox, asked: JsonDict, now: int) -> JsonDict:
    """The parameters with their defaults, refused where they contradict each other."""
    checkout_modes.check(asked)
    if asked.get("customer"):
        sandbox.fetch(asked["customer"], "customer", "customer", "customer")
        for other in ("customer_email", "customer_creation"):
            if asked.get(other):
                raise InvalidRequest(
                    f"You may only specify one of these parameters: customer, {other}.",
                    param=other,
                )
    currencies_named = {
        item["price_data"]["currency"].lower() for item in asked.get("line_items", [])
    }
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
    where = {
        name: asked.get(name) for name in ("payment_intent", "customer", "status", "subscription")
    }
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
