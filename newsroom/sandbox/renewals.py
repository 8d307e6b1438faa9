"""What time does to subscriptions: renewals, retries, ends, pauses that are over.

`catch_up` takes everything that was due in the order in which it was due, each at its own moment,
so that moving the clock by a year gives twelve renewals with twelve dates.
"""

from __future__ import annotations

from . import collecting, events, invoices, periods, standing
from .state import JsonDict, Sandbox


def catch_up(sandbox: Sandbox) -> int:
    """Do all that is due by now; returns how many things that was."""
    now, done = sandbox.clock.now(), 0
    while (due := sandbox.store.next_planned(now)) is not None:
        thing, moment = due
        with sandbox.clock.at(moment):
            _take_up(sandbox, thing, moment)
        done += 1
    return done


def _take_up(sandbox: Sandbox, thing: str, moment: int) -> None:
    sandbox.store.plan(thing, None)
    invoice = sandbox.store.find(thing, "invoice")
    if invoice is not None:
        if invoice["status"] == "open" and invoice["next_payment_attempt"]:
            collecting.collect(sandbox, invoice)
        return
    subscription = sandbox.store.find(thing, "subscription")
    if subscription is not None:
        _age(sandbox, subscription, moment)


def _age(sandbox: Sandbox, subscription: JsonDict, moment: int) -> None:
    """The one thing that is due to a subscription first; what else is, is planned anew."""
    if subscription["status"] == "incomplete":
        give_up(sandbox, subscription)
        return
    end = standing.period_of(subscription)[1]
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] and pause["resumes_at"] <= moment:
        standing.change(sandbox, subscription, pause_collection=None)
    elif subscription["cancel_at"] and subscription["cancel_at"] <= moment:
        standing.end(sandbox, subscription, "cancellation_requested")
    elif moment >= end:
        _renew(sandbox, subscription, end)
    else:
        private = sandbox.store.private(subscription["id"])
        sandbox.store.save(subscription, private | {"upcoming": end})
        if not subscription["cancel_at_period_end"]:
            invoices.tell_upcoming(sandbox, subscription)
        standing.keep(sandbox, subscription)


def _renew(sandbox: Sandbox, subscription: JsonDict, start: int) -> None:
    before = {"items": dict(subscription["items"]), "status": subscription["status"]}
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    end = periods.period_end(
        subscription["billing_cycle_anchor"],
        recurring["interval"],
        recurring["interval_count"],
        start,
    )
    standing.set_period(subscription, start, end)
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    standing.keep(sandbox, subscription)
    events.tell(sandbox, "customer.subscription.updated", subscription, before)
    invoice = invoices.raise_for(sandbox, subscription, "subscription_cycle")
    if subscription["pause_collection"]:
        invoices.void(sandbox, invoice)
    elif invoice["status"] == "open":
        collecting.collect(sandbox, invoice)


def give_up(sandbox: Sandbox, subscription: JsonDict) -> None:
    """A first payment that never came: the subscription never lived."""
    first = sandbox.store.find(str(subscription["latest_invoice"]), "invoice")
    if first is not None and first["status"] == "open":
        invoices.void(sandbox, first)
    standing.end(sandbox, subscription, "payment_failed", status="incomplete_expired")
