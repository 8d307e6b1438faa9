"""Trying for an open invoice with what its customer left on file, nobody at the screen."""

from __future__ import annotations

from . import debits, invoices, payments, standing
from .errors import InvalidRequest
from .parameters import Form, boolean
from .state import JsonDict, Route, Sandbox


def collect(sandbox: Sandbox, invoice: JsonDict) -> payments.Attempt | None:
    """One try; None when there is nothing to charge it to, which is a failed try too."""
    subscription = invoices.subscription_of(sandbox, invoice)
    method = standing.method_of(sandbox, subscription)
    intent = invoices.intent_of(sandbox, invoice)
    if method is None or intent is None:
        invoices.failed(sandbox, invoice)
        return None
    if method["type"] == "card":
        tried = payments.attempt(sandbox, intent, method, off_session=True)
    else:
        tried = debits.start(sandbox, intent, method, {})
    invoices.after(sandbox, invoice, tried)
    return tried


def _pay(sandbox: Sandbox, _asked: JsonDict, invoice_id: str) -> JsonDict:
    """Try now, as for a card that was just changed."""
    invoice = sandbox.fetch(invoice_id, "invoice", "invoice")
    if invoice["status"] != "open":
        raise InvalidRequest("Invoice is already paid or not open.", code="invoice_not_open")
    tried = collect(sandbox, invoice)
    if tried is None or tried.status == "declined":
        raise payments.refused_card(tried)
    return invoice


ROUTES = (Route("POST", "/v1/invoices/{id}/pay", _pay, Form(off_session=boolean)),)
