"""Invoices of subscriptions: raised, paid, failed, given up. `collecting.py` tries for them.

An invoice is finalized as soon as it is made (at Stripe a renewal's is a draft for an hour). What
pays it is an InvoicePayment that names a PaymentIntent; the invoice itself names none.
"""

from __future__ import annotations

from . import events, payments, standing
from .errors import InvalidRequest
from .listing import PAGE, moments, page, whole
from .parameters import Form, choice, text
from .shapes import billing as shape
from .shapes import payments as payment_shape
from .state import JsonDict, Route, Sandbox

DAY = 86_400
# Days from one failed try to the next; after the last the subscription ends. Stripe's Smart
# Retries choose moments within two weeks or so; these are fixed, so that a test can know them.
RETRIES = (3, 5, 7)
SUBSCRIPTION = "parent.subscription_details.subscription"


def raise_for(
    sandbox: Sandbox,
    subscription: JsonDict,
    reason: str,
    *,
    nothing: str = "",
) -> JsonDict:
    """Bill the period the subscription is in; `nothing` says why a period costs nothing."""
    customer = sandbox.fetch(subscription["customer"], "customer", "customer")
    start, end = standing.period_of(subscription)
    lines = []
    for item in subscription["items"]["data"]:
        cost = item["price"]["unit_amount"] * item["quantity"]
        named = sandbox.fetch(item["price"]["product"], "product", "product")["name"]
        amount, words = (0, nothing) if nothing else (cost, f"{item['quantity']} × {named}")
        lines.append(shape.invoice_line(item, amount, start, end, words))
    invoice = shape.invoice(
        subscription,
        customer,
        lines,
        sandbox.clock.now(),
        reason=reason,
        base_url=sandbox.base_url,
    )
    customer["next_invoice_sequence"] += 1
    sandbox.store.save(customer)
    sandbox.store.add(invoice)
    subscription["latest_invoice"] = invoice["id"]
    standing.keep(sandbox, subscription)
    events.tell(sandbox, "invoice.created", invoice)
    events.tell(sandbox, "invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        _paid(sandbox, invoice)
    elif not _is_paused(subscription):
        _open_payment(sandbox, invoice, reason)
    return invoice


def _is_paused(subscription: JsonDict) -> bool:
    return subscription["pause_collection"] is not None


def _open_payment(sandbox: Sandbox, invoice: JsonDict, reason: str) -> None:
    first = reason == "subscription_create"
    intent = payment_shape.payment_intent(
        invoice["amount_due"],
        invoice["currency"],
        sandbox.clock.now(),
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
    )
    intent["setup_future_usage"] = "off_session" if first else None
    payments.open_intent(sandbox, intent)
    sandbox.store.add(shape.invoice_payment(invoice, intent["id"], sandbox.clock.now()))


def intent_of(sandbox: Sandbox, invoice: JsonDict) -> JsonDict | None:
    found = sandbox.store.select("invoice_payment", {"invoice": invoice["id"]}, limit=1)
    if not found:
        return None
    return sandbox.fetch(found[0]["payment"]["payment_intent"], "payment_intent", "payment_intent")


def of_intent(sandbox: Sandbox, intent_id: str) -> JsonDict | None:
    """The invoice a PaymentIntent pays, if it pays one."""
    found = sandbox.store.select("invoice_payment", {"payment.payment_intent": intent_id}, limit=1)
    return sandbox.fetch(found[0]["invoice"], "invoice", "invoice") if found else None


def after(sandbox: Sandbox, invoice: JsonDict, tried: payments.Attempt) -> None:
    """What a try, or the bank's later word on it, does to the invoice and its subscription.

    While a bank takes its days (`processing`) the invoice is open and the subscription active.
    """
    subscription = subscription_of(sandbox, invoice)
    match tried.status:
        case "succeeded":
            _paid(sandbox, invoice)
            _stands(sandbox, subscription, "active")
        case "processing":
            _stands(sandbox, subscription, "active")
        case "requires_action":
            events.tell(sandbox, "invoice.payment_action_required", invoice)
            if invoice["billing_reason"] != "subscription_create":
                # Nobody was at the screen: a try that failed, until the payer confirms it.
                failed(sandbox, invoice)
        case _:
            failed(sandbox, invoice)


def _stands(sandbox: Sandbox, subscription: JsonDict, status: str) -> None:
    if subscription["status"] in ("canceled", "incomplete_expired"):
        return
    standing.change(sandbox, subscription, status=status)


def _paid(sandbox: Sandbox, invoice: JsonDict) -> None:
    now = sandbox.clock.now()
    for payment in sandbox.store.select("invoice_payment", {"invoice": invoice["id"]}):
        payment |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        payment["status_transitions"]["paid_at"] = now
        sandbox.store.save(payment)
        events.tell(sandbox, "invoice_payment.paid", payment)
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempt_count": invoice["attempt_count"] + (1 if invoice["amount_due"] else 0),
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = now
    sandbox.store.save(invoice)
    sandbox.store.plan(invoice["id"], None)
    events.tell(sandbox, "invoice.paid", invoice)
    events.tell(sandbox, "invoice.payment_succeeded", invoice)


def failed(sandbox: Sandbox, invoice: JsonDict) -> None:
    """A try brought nothing: another one is planned, or after the last the subscription ends."""
    subscription = subscription_of(sandbox, invoice)
    tries = invoice["attempt_count"] + 1
    # A first debit that a bank does not send fails after days, when the subscription runs.
    first = subscription["status"] == "incomplete"
    again = None
    if not first and subscription["status"] in standing.ALIVE and tries <= len(RETRIES):
        again = sandbox.clock.now() + RETRIES[tries - 1] * DAY
    invoice |= {"attempt_count": tries, "attempted": True, "next_payment_attempt": again}
    sandbox.store.save(invoice)
    sandbox.store.plan(invoice["id"], again)
    events.tell(sandbox, "invoice.payment_failed", invoice)
    if first or subscription["status"] not in standing.ALIVE:
        return
    if again is None:
        standing.end(sandbox, subscription, "payment_failed")
    else:
        standing.change(sandbox, subscription, status="past_due")


def void(sandbox: Sandbox, invoice: JsonDict) -> JsonDict:
    """It is owed no more. Raises InvalidRequest when it was paid or voided before."""
    if invoice["status"] not in ("open", "uncollectible"):
        raise InvalidRequest(f"You can only void an open invoice; this one is {invoice['status']}.")
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = sandbox.clock.now()
    sandbox.store.save(invoice)
    sandbox.store.plan(invoice["id"], None)
    intent = intent_of(sandbox, invoice)
    if intent is not None and intent["status"] not in ("succeeded", "canceled"):
        payments.cancel(sandbox, intent, "void_invoice")
    events.tell(sandbox, "invoice.voided", invoice)
    return invoice


def tell_upcoming(sandbox: Sandbox, subscription: JsonDict) -> None:
    """`invoice.upcoming`: what the next period will cost. The preview is kept nowhere."""
    customer = sandbox.fetch(subscription["customer"], "customer", "customer")
    start, end = standing.period_of(subscription)
    lines = [
        shape.invoice_line(
            item, item["price"]["unit_amount"] * item["quantity"], start, end, "Upcoming"
        )
        for item in subscription["items"]["data"]
    ]
    preview = shape.invoice(
        subscription, customer, lines, end, reason="upcoming", base_url=sandbox.base_url
    )
    preview |= {
        "id": preview["id"].replace("in_", "upcoming_in_"),
        "status": "draft",
        "number": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "effective_at": None,
        "next_payment_attempt": end,
    }
    preview["status_transitions"]["finalized_at"] = None
    events.tell(sandbox, "invoice.upcoming", preview)


def payments_of(sandbox: Sandbox, invoice: JsonDict) -> JsonDict:
    """An invoice's payments, for those who expand it."""
    data = sandbox.store.select("invoice_payment", {"invoice": invoice["id"]})
    return whole(data, f"/v1/invoice_payments?invoice={invoice['id']}")


def subscription_of(sandbox: Sandbox, invoice: JsonDict) -> JsonDict:
    named = invoice["parent"]["subscription_details"]["subscription"]
    return sandbox.fetch(named, "subscription", "subscription")


def _retrieve(sandbox: Sandbox, _asked: JsonDict, invoice_id: str) -> JsonDict:
    return sandbox.fetch(invoice_id, "invoice", "invoice")


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {"customer": asked.get("customer"), "status": asked.get("status")}
    where[SUBSCRIPTION] = asked.get("subscription")
    return page(sandbox, "invoice", "/v1/invoices", asked, where)


def _void(sandbox: Sandbox, _asked: JsonDict, invoice_id: str) -> JsonDict:
    return void(sandbox, sandbox.fetch(invoice_id, "invoice", "invoice"))


def _list_payments(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {
        "invoice": asked.get("invoice"),
        "status": asked.get("status"),
        "payment.payment_intent": asked.get("payment", {}).get("payment_intent"),
    }
    return page(sandbox, "invoice_payment", "/v1/invoice_payments", asked, where)


ROUTES = (
    Route(
        "GET",
        "/v1/invoices",
        _list,
        Form(
            **PAGE,
            **moments(),
            customer=text(),
            subscription=text(),
            status=choice("draft", "open", "paid", "uncollectible", "void"),
        ),
    ),
    Route("GET", "/v1/invoices/{id}", _retrieve),
    Route("POST", "/v1/invoices/{id}/void", _void),
    Route(
        "GET",
        "/v1/invoice_payments",
        _list_payments,
        Form(
            **PAGE,
            **moments(),
            invoice=text(),
            payment=Form(("type",), type=choice("payment_intent"), payment_intent=text()),
            status=choice("canceled", "open", "paid"),
        ),
    ),
)
