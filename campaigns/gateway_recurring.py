"""Stripe Billing, as the rest of Waylight sees it: recurring donations are its subscriptions.

A part of the gateway: values and errors are as in `campaigns.gateway`. What changes something takes
a `key` under which Stripe does it once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from campaigns.gateway import (
    GatewayError,
    Invoice,
    _Calling,
    _client,
    _id,
    _moment,
    every,
    read_invoice,
)

# So many invoices, the newest, are looked at each time; reconciliation finds what is older.
NEWEST = 12
_EXPANDED = ["default_payment_method", "customer.invoice_settings.default_payment_method"]


@dataclass(frozen=True, slots=True)
class Card:
    """What gifts are charged to; month and year are 0 for a bank account."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription with its newest invoices, as Stripe has them now.

    `card` is what the next gift is charged to; `own_card` says that the subscription names it
    itself, `newer_card` the customer's default when that is another one. `cancel_reason` is
    Stripe's: cancellation_requested, payment_failed, payment_disputed.
    """

    id: str
    status: str
    customer: str
    email: str
    notes: dict[str, str]
    item: str
    amount: int
    currency: str
    interval: str
    created: datetime
    next_at: datetime | None
    cancels_at: datetime | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    paused: bool
    resumes_at: datetime | None
    card: Card | None
    newer_card: str
    invoices: tuple[Invoice, ...] = ()


def subscription(subscription_id: str) -> Subscription:
    """Ask Stripe for everything about one. Raises GatewayError (`missing` when there is none)."""
    v1 = _client().v1
    with _Calling():
        found = v1.subscriptions.retrieve(subscription_id, {"expand": _EXPANDED}).to_dict()
        listed = v1.invoices.list(
            {"subscription": subscription_id, "limit": NEWEST, "expand": ["data.payments"]}
        ).to_dict()["data"]
        invoices = [_asked_for(v1, each) for each in map(read_invoice, listed) if each]
    return _subscription(found, tuple(invoices))


def _asked_for(v1: Any, invoice: Invoice) -> Invoice:
    """The same, saying whether its payment waits for its donor: only the PaymentIntent knows."""
    if invoice.status != "open" or not invoice.tries:
        return invoice
    states = [v1.payment_intents.retrieve(payment).status for payment in invoice.payments]
    return replace(invoice, to_confirm="requires_action" in states)


def subscriptions() -> Iterator[Subscription]:
    """Every subscription of the account, ended ones too, newest first; without invoices."""
    expanded = [f"data.{path}" for path in _EXPANDED]
    found = every(_client().v1.subscriptions.list, status="all", expand=expanded)
    return map(_subscription, found)


def _subscription(found: dict[str, Any], invoices: tuple[Invoice, ...] = ()) -> Subscription:
    item = found["items"]["data"][0]
    customer = found["customer"]
    own = found.get("default_payment_method")
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    pause = found.get("pause_collection") or {}
    moments = {
        name: _moment(value) if value else None
        for name, value in (
            ("cancels_at", found.get("cancel_at")),
            ("ended_at", found.get("ended_at")),
            ("cancelled_at", found.get("canceled_at")),
            ("resumes_at", pause.get("resumes_at")),
        )
    }
    differs = own and default and _id(own) != _id(default)
    return Subscription(
        id=found["id"],
        status=found["status"],
        customer=_id(customer) or "",
        email=(customer.get("email") or "").strip().lower(),
        notes=dict(found.get("metadata") or {}),
        item=item["id"],
        # Prices by use or in steps have no one amount; none of ours is such.
        amount=(item["price"]["unit_amount"] or 0) * (item.get("quantity") or 1),
        currency=found["currency"],
        interval=item["price"]["recurring"]["interval"],
        created=_moment(found["created"]),
        next_at=_moment(item["current_period_end"]),
        cancel_reason=(found.get("cancellation_details") or {}).get("reason") or "",
        paused=bool(pause),
        card=_card(own or default),
        newer_card=(_id(default) or "") if differs else "",
        invoices=invoices,
        **moments,
    )


def _card(method: Any) -> Card | None:
    if not isinstance(method, dict):
        return None
    details = method.get(method["type"]) or {}
    return Card(
        id=method["id"],
        brand=details.get("display_brand")
        or details.get("brand")
        or details.get("bank_name")
        or "",
        last4=details.get("last4") or "",
        exp_month=details.get("exp_month") or 0,
        exp_year=details.get("exp_year") or 0,
    )


# ------------------------------------------------------------------ begun by ourselves


def agreed_account(setup_intent: str) -> str | None:
    """The bank account that a donor has agreed to be debited; None while it is being verified."""
    with _Calling():
        found = _client().v1.setup_intents.retrieve(setup_intent).to_dict()
    return _id(found.get("payment_method")) if found["status"] == "succeeded" else None


def setup_notes(setup_intent: str) -> dict[str, str]:
    """Our ids on a SetupIntent, if there are any."""
    with _Calling():
        return dict(_client().v1.setup_intents.retrieve(setup_intent).to_dict()["metadata"] or {})


def begin(
    customer: str,
    method: str,
    *,
    amount: int,
    currency: str,
    interval: str,
    name: str,
    notes: dict[str, str],
    key: str,
) -> str | None:
    """A customer's subscription with `notes`, begun unless it was before; the PaymentIntent of its
    first gift. `amount` in minor units.

    https://docs.stripe.com/api/subscriptions/create
    """
    v1 = _client().v1
    with _Calling():
        listed = v1.subscriptions.list({"customer": customer, "status": "all", "limit": 100})
        known = [
            each.id
            for each in listed.data
            if notes.items() <= (each.to_dict()["metadata"] or {}).items()
        ]
    if not known:
        price = _price(amount, currency, interval, name, key)
        asked = {
            "customer": customer,
            "items": [{"price_data": price}],
            "default_payment_method": method,
            "description": name,
            "metadata": notes,
            "off_session": True,
        }
        with _Calling():
            made = v1.subscriptions.create(asked, {"idempotency_key": key})  # type: ignore[arg-type]
        known = [made.id]
    first = subscription(known[0]).invoices[-1:]
    return first[0].payments[0] if first and first[0].payments else None


# ------------------------------------------------------------------ changes


def _update(subscription_id: str, asked: dict[str, Any], key: str) -> None:
    with _Calling():
        _client().v1.subscriptions.update(
            subscription_id,
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )


def change_amount(
    subscription_id: str, item: str, amount: int, currency: str, interval: str, name: str, key: str
) -> None:
    """From the next gift on `amount` minor units; nothing is charged or given back today.

    A price made for a subscription needs a product that stands by itself:
    https://docs.stripe.com/api/subscriptions/update (`price_data.product`).
    """
    price = _price(amount, currency, interval, name, key)
    asked = {"items": [{"id": item, "price_data": price}], "proration_behavior": "none"}
    _update(subscription_id, asked, key)


def _price(amount: int, currency: str, interval: str, name: str, key: str) -> dict[str, Any]:
    with _Calling():
        product = _client().v1.products.create({"name": name}, {"idempotency_key": f"{key}:name"})
    return {
        "currency": currency,
        "unit_amount": amount,
        "product": product.id,
        "recurring": {"interval": interval},
    }


def change_date(subscription_id: str, moment: datetime, key: str) -> None:
    """The next gift is taken at `moment`, those after it counted from there."""
    asked = {"trial_end": int(moment.timestamp()), "proration_behavior": "none"}
    _update(subscription_id, asked, key)


def pause(subscription_id: str, until: datetime | None, key: str) -> None:
    """What falls due meanwhile is not taken, nor afterwards (`void`)."""
    asked: dict[str, Any] = {"behavior": "void"}
    if until:
        asked["resumes_at"] = int(until.timestamp())
    _update(subscription_id, {"pause_collection": asked}, key)


def resume(subscription_id: str, key: str) -> None:
    _update(subscription_id, {"pause_collection": ""}, key)


def cancel(subscription_id: str, key: str, *, at_once: bool) -> None:
    """Nothing more is taken; unless `at_once` it can be kept until its next gift would come.

    One that has ended already stays ended.
    """
    if not at_once:
        _update(subscription_id, {"cancel_at_period_end": True}, key)
        return
    try:
        with _Calling():
            _client().v1.subscriptions.cancel(subscription_id, {}, {"idempotency_key": key})
    except GatewayError as error:
        if not error.missing:
            raise


def keep(subscription_id: str, key: str) -> None:
    """It was to end, and goes on after all."""
    _update(subscription_id, {"cancel_at_period_end": False}, key)


def charge_to_newer_card(subscription_id: str, card: str) -> None:
    """Let the subscription follow its customer's default: the card changed in the portal.

    https://docs.stripe.com/api/subscriptions/update (`default_payment_method`): Checkout sets one
    on the subscription itself, which goes before the customer's.
    """
    _update(subscription_id, {"default_payment_method": ""}, f"card:{subscription_id}:{card}")


def try_again(invoice: str, card: str) -> bool:
    """Try for an open invoice with another card now; whether the money came."""
    try:
        with _Calling():
            paid = _client().v1.invoices.pay(
                invoice, {}, {"idempotency_key": f"pay:{invoice}:{card}"}
            )
    except GatewayError as error:
        if error.transient:
            raise
        return False
    return paid.status == "paid"


def confirm_page(invoice: str) -> str:
    """The address of Stripe's page where a donor confirms an open invoice's payment with their
    bank; empty when it is not open any more.

    https://docs.stripe.com/billing/subscriptions/overview#requires-action
    """
    with _Calling():
        found = _client().v1.invoices.retrieve(invoice)
    return str(found.hosted_invoice_url or "") if found.status == "open" else ""


def card_page(customer: str, language: str, *, back: str, done: str) -> str:
    """The address of Stripe's page to change the card; it is good for some minutes.

    https://docs.stripe.com/customer-management/portal-deep-links. `back` and `done` are absolute.
    """
    with _Calling():
        made = _client().v1.billing_portal.sessions.create(
            {
                "customer": customer,
                "locale": "fr-CA" if language == "fr" else "en",
                "return_url": back,
                "flow_data": {
                    "type": "payment_method_update",
                    "after_completion": {"type": "redirect", "redirect": {"return_url": done}},
                },
            }
        )
    return str(made.url)
