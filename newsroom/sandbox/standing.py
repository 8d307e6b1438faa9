"""How a subscription stands, and when something is next to happen to it.

Every change of one goes through `keep`, which also plans the moment `renewals.py` takes it up.
"""

from __future__ import annotations

from . import events
from .state import JsonDict, Sandbox

ALIVE = ("active", "past_due", "trialing")
# Stripe gives a first payment 23 hours.
INCOMPLETE = 23 * 3_600
UPCOMING = 7 * 86_400


def keep(sandbox: Sandbox, subscription: JsonDict) -> None:
    sandbox.store.save(subscription)
    sandbox.store.plan(subscription["id"], _next_moment(sandbox, subscription))


def _next_moment(sandbox: Sandbox, subscription: JsonDict) -> int | None:
    if subscription["status"] == "incomplete":
        return int(subscription["created"]) + INCOMPLETE
    if subscription["status"] not in ALIVE:
        return None
    end = period_of(subscription)[1]
    moments = [end, subscription["cancel_at"] or end]
    if subscription["pause_collection"] and subscription["pause_collection"]["resumes_at"]:
        moments.append(subscription["pause_collection"]["resumes_at"])
    if not told_of(sandbox, subscription, end):
        moments.append(end - UPCOMING)
    return min(moments)


def told_of(sandbox: Sandbox, subscription: JsonDict, end: int) -> bool:
    """Whether `invoice.upcoming` was told for the invoice due at `end`."""
    return bool(sandbox.store.private(subscription["id"]).get("upcoming", 0) >= end)


def period_of(subscription: JsonDict) -> tuple[int, int]:
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def set_period(subscription: JsonDict, start: int, end: int) -> None:
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": start, "current_period_end": end}


def method_of(sandbox: Sandbox, subscription: JsonDict) -> JsonDict | None:
    """The card it is charged to: its own, else the customer's."""
    customer = sandbox.fetch(subscription["customer"], "customer", "customer")
    method_id = (
        subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )
    return sandbox.store.find(method_id, "payment_method") if method_id else None


def change(sandbox: Sandbox, subscription: JsonDict, **changed: object) -> None:
    """Set fields and tell of it, unless nothing changed."""
    before = {name: subscription[name] for name in changed if subscription[name] != changed[name]}
    if before:
        subscription |= changed
        keep(sandbox, subscription)
        events.tell(sandbox, "customer.subscription.updated", subscription, before)


def end(
    sandbox: Sandbox,
    subscription: JsonDict,
    reason: str,
    details: JsonDict | None = None,
    *,
    status: str = "canceled",
) -> JsonDict:
    """Its life is over. What is owed stays owed, but is not tried for any more."""
    now = sandbox.clock.now()
    subscription |= {
        "status": status,
        "canceled_at": subscription["canceled_at"] or now,
        "ended_at": now,
        "pause_collection": None,
        "cancellation_details": subscription["cancellation_details"]
        | (details or {})
        | {"reason": reason},
    }
    keep(sandbox, subscription)
    wanted = {"parent.subscription_details.subscription": subscription["id"], "status": "open"}
    for invoice in sandbox.store.select("invoice", wanted):
        invoice |= {"auto_advance": False, "next_payment_attempt": None}
        sandbox.store.save(invoice)
        sandbox.store.plan(invoice["id"], None)
    kind = "updated" if status == "incomplete_expired" else "deleted"
    events.tell(sandbox, f"customer.subscription.{kind}", subscription)
    return subscription
