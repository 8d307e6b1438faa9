"""What differs between a session that takes one payment, one that begins a subscription and one
that only sets a card up: what the first try makes, and what success and the end do to it.

The private part of a session remembers what the page has begun (`intent`, `invoice`,
`subscription`): Stripe shows it on the session only once it is paid.
"""

from __future__ import annotations

from . import customers, events, invoices, methods, payments, renewals, standing, subscriptions
from .errors import InvalidRequest
from .shapes import debits as debit_shape
from .shapes import payments as payment_shape
from .shapes import setups as setup_shape
from .state import JsonDict, Sandbox

_ONLY_IN = {
    "payment_intent_data": ("payment",),
    "subscription_data": ("subscription",),
    "setup_intent_data": ("setup",),
    "customer_creation": ("payment", "setup"),
    "submit_type": ("payment", "subscription"),
}


def check(asked: JsonDict) -> None:
    """Raise InvalidRequest for a parameter that does not go with the mode."""
    mode = asked["mode"]
    for name, modes in _ONLY_IN.items():
        if name in asked and mode not in modes:
            raise InvalidRequest(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "setup":
        if asked.get("line_items"):
            raise InvalidRequest("You can not pass `line_items` in `setup` mode.")
        if not asked.get("currency"):
            raise InvalidRequest("Missing required param: currency.", param="currency")
        return
    if not asked.get("line_items"):
        raise InvalidRequest("Missing required param: line_items.", param="line_items")
    recurring = ["recurring" in item["price_data"] for item in asked["line_items"]]
    if mode == "subscription" and not all(recurring):
        raise InvalidRequest(
            "You must provide at least one recurring price in `subscription` mode when using"
            " prices.",
            param="line_items",
        )
    if mode == "payment" and any(recurring):
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price.", param="line_items"
        )


def open_setup(sandbox: Sandbox, asked: JsonDict, kinds: list[str]) -> str:
    """A setup session has its SetupIntent from the start."""
    given = asked.get("setup_intent_data", {})
    intent = setup_shape.setup_intent(
        sandbox.clock.now(),
        customer=asked.get("customer"),
        description=given.get("description"),
        metadata=given.get("metadata"),
    )
    intent["payment_method_types"] = kinds
    sandbox.store.add(intent)
    events.tell(sandbox, "setup_intent.created", intent)
    return str(intent["id"])


def set_up(
    sandbox: Sandbox, session: JsonDict, method: JsonDict, mandate: str | None = None
) -> payments.Attempt:
    """The card, or the account with its payer's mandate, is kept for later; nothing is charged."""
    intent = sandbox.fetch(session["setup_intent"], "setup_intent", "setupintent")
    customer = _customer_of(sandbox, session)
    if customer is not None:
        methods.attach(sandbox, method, customer["id"])
        session["customer"] = intent["customer"] = customer["id"]
    intent |= {"status": "succeeded", "payment_method": method["id"], "mandate": mandate}
    sandbox.store.save(intent)
    events.tell(sandbox, "setup_intent.succeeded", intent)
    return payments.Attempt("succeeded", intent)


def _customer_of(sandbox: Sandbox, session: JsonDict) -> JsonDict | None:
    if session["customer"]:
        return sandbox.fetch(session["customer"], "customer", "customer")
    if session["mode"] != "subscription" and session["customer_creation"] != "always":
        return None
    details = sandbox.store.private(session["id"])["details"]
    return customers.welcome(sandbox, {"email": details["email"], "name": details["name"]})


def intent_of(sandbox: Sandbox, session: JsonDict) -> JsonDict | None:
    """The PaymentIntent the page has begun, if it has."""
    intent_id = session["payment_intent"] or sandbox.store.private(session["id"]).get("intent")
    return sandbox.store.find(intent_id, "payment_intent") if intent_id else None


def session_of(sandbox: Sandbox, intent_id: str) -> JsonDict | None:
    """The session a PaymentIntent was begun on."""
    session_id = sandbox.store.setting(f"session_of:{intent_id}")
    return sandbox.store.find(session_id, "checkout.session") if session_id else None


def debit_of(session: JsonDict) -> str | None:
    """The kind of bank debit the session offers, None when it takes cards only."""
    return next((kind for kind in session["payment_method_types"] if kind != "card"), None)


def begin(sandbox: Sandbox, session: JsonDict) -> JsonDict:
    """The PaymentIntent to try, made with all that belongs to it at the first try."""
    intent = intent_of(sandbox, session)
    if intent is None:
        intent = (
            _subscribe(sandbox, session)
            if session["mode"] == "subscription"
            else _intend(sandbox, session)
        )
        sandbox.store.set(f"session_of:{intent['id']}", session["id"])
    return intent


def _intend(sandbox: Sandbox, session: JsonDict) -> JsonDict:
    intent = payment_shape.payment_intent(
        session["amount_total"],
        session["currency"],
        sandbox.clock.now(),
        customer=session["customer"],
        **sandbox.store.private(session["id"])["payment_intent_data"],
    )
    intent["payment_method_types"] = session["payment_method_types"]
    kind = debit_of(session)
    if kind:
        options = sandbox.store.private(session["id"])["payment_method_options"].get(kind, {})
        intent["payment_method_options"][kind] = debit_shape.options(kind, options)
    payments.open_intent(sandbox, intent)
    session["payment_intent"] = intent["id"]
    sandbox.store.save(session)
    return intent


def _subscribe(sandbox: Sandbox, session: JsonDict) -> JsonDict:
    private = sandbox.store.private(session["id"])
    customer = _customer_of(sandbox, session)
    assert customer is not None
    given = private["subscription_data"]
    subscription, invoice = subscriptions.begin(
        sandbox,
        customer,
        [(item["price"], item["quantity"]) for item in private["line_items"]],
        method=None,
        description=given.get("description"),
        notes=given.get("metadata"),
    )
    intent = invoices.intent_of(sandbox, invoice)
    assert intent is not None
    sandbox.store.save(
        session,
        private
        | {
            "customer": customer["id"],
            "invoice": invoice["id"],
            "subscription": subscription["id"],
            "intent": intent["id"],
        },
    )
    return intent


def after(sandbox: Sandbox, session: JsonDict, tried: payments.Attempt, method: JsonDict) -> None:
    """What a try does to a subscription that is being begun; on success the session names it."""
    private = sandbox.store.private(session["id"])
    if session["mode"] != "subscription":
        return
    subscription = sandbox.fetch(private["subscription"], "subscription", "subscription")
    invoice = sandbox.fetch(private["invoice"], "invoice", "invoice")
    if tried.status in ("succeeded", "processing"):
        methods.attach(sandbox, method, private["customer"])
        subscription["default_payment_method"] = method["id"]
        standing.keep(sandbox, subscription)
        session |= {name: private[name] for name in ("customer", "invoice", "subscription")}
    invoices.after(sandbox, invoice, tried)


def end(sandbox: Sandbox, session: JsonDict) -> None:
    """The session is over, unpaid."""
    private = sandbox.store.private(session["id"])
    if private.get("subscription"):
        renewals.give_up(
            sandbox, sandbox.fetch(private["subscription"], "subscription", "subscription")
        )
        return
    intent = intent_of(sandbox, session)
    if intent is not None:
        payments.cancel(sandbox, intent, "expired")
