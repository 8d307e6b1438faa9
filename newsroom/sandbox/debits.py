"""Bank debits: agreed to in a moment, on their way for days of the sandbox's clock, then paid or
failed, or taken back by the payer's bank later still.

A US debit (ACH) is booked as it starts, a Canadian one (ACSS) as it succeeds: Stripe does both,
and only the charge's status says whether the money is there. What comes back after success is a
dispute nobody can win for ACH, a failed charge for ACSS.
"""

from __future__ import annotations

from . import balance, disputes, events, invoices, methods
from .banks import ACH, DAY, TestAccount
from .errors import InvalidRequest
from .payments import Attempt
from .shapes import debits as shape
from .shapes import payments as payment_shape
from .state import JsonDict, Route, Sandbox

AVAILABLE_AFTER_SUCCESS = 2
# Booked as it starts, its money waits for the bank's answer and the days after it.
AVAILABLE_AFTER_START = 6


def start(sandbox: Sandbox, intent: JsonDict, method: JsonDict, asked: JsonDict) -> Attempt:
    """Begin to debit the account; `asked` are the session's `mandate_options`."""
    account = methods.account_of(sandbox, method)
    now = sandbox.clock.now()
    single = {"amount": intent["amount"], "currency": intent["currency"]}
    mandate = shape.mandate(method, asked, now, single)
    sandbox.store.add(mandate)
    charge = payment_shape.any_charge(
        intent, method, now, paid=False, base_url=sandbox.base_url, kind="py"
    ) | {
        "captured": True,
        "amount_captured": intent["amount"],
        "outcome": shape.outcome(),
        "payment_method_details": shape.charge_details(account, mandate["id"], now),
        "status": "pending",
    }
    if account.kind == ACH:
        movement = balance.book_debit(sandbox, charge, wait_days=AVAILABLE_AFTER_START)
        charge["balance_transaction"] = movement["id"]
    sandbox.store.add(charge)
    intent |= {
        "status": "processing",
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    sandbox.store.save(intent)
    if account.days is not None:
        due = now + account.days * DAY
        sandbox.store.db.execute("INSERT INTO debits VALUES (?, ?)", (charge["id"], due))
    events.tell(sandbox, "payment_intent.processing", intent)
    events.tell(sandbox, "charge.pending", charge)
    return Attempt("processing", intent)


def agree(sandbox: Sandbox, method: JsonDict, asked: JsonDict) -> str:
    """The payer's word that the account may be debited again and again; the mandate's id."""
    mandate = shape.mandate(method, asked, sandbox.clock.now(), None)
    sandbox.store.add(mandate)
    return str(mandate["id"])


def settle_due(sandbox: Sandbox) -> None:
    """What the banks have answered by now, each at its own moment."""
    while True:
        row = sandbox.store.db.execute(
            "SELECT charge, due_at FROM debits WHERE due_at <= ? ORDER BY due_at, rowid LIMIT 1",
            (sandbox.clock.now(),),
        ).fetchone()
        if row is None:
            return
        sandbox.store.db.execute("DELETE FROM debits WHERE charge = ?", (row[0],))
        charge = sandbox.fetch(row[0], "charge", "charge")
        # What has gone back meanwhile leaves its bank nothing to answer.
        if charge["status"] in ("pending", "succeeded") and not (
            charge["disputed"] or charge["refunded"]
        ):
            with sandbox.clock.at(row[1]):
                answer(sandbox, charge)


def answer(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    """The bank's answer to a debit on its way, or what it does with one that was paid."""
    method = sandbox.fetch(charge["payment_method"], "payment_method", "PaymentMethod")
    account = methods.account_of(sandbox, method)
    if charge["status"] == "succeeded":
        disputes.open_dispute(sandbox, charge, reason="debit_not_authorized")
        return charge
    if charge["status"] != "pending":
        raise InvalidRequest(f"This charge's status is {charge['status']}: it cannot do that now.")
    if account.failure:
        return fail(sandbox, charge, account.failure, account.message)
    return _succeed(sandbox, charge, account)


def fail(sandbox: Sandbox, charge: JsonDict, code: str, message: str) -> JsonDict:
    """The bank does not pay, or takes back what it had paid (ACSS). Raises InvalidRequest."""
    if charge["status"] == "failed" or charge["payment_method_details"]["type"] == "card":
        raise InvalidRequest("Only a bank debit that has not failed can fail.")
    if charge["refunded"] or charge["disputed"]:
        raise InvalidRequest("This debit has gone back already.")
    sandbox.store.db.execute("DELETE FROM debits WHERE charge = ?", (charge["id"],))
    charge |= {
        "status": "failed",
        "paid": False,
        "failure_code": code,
        "failure_message": message,
        "outcome": None,
    }
    if charge["balance_transaction"]:
        movement = balance.book_debit_failure(sandbox, charge)
        charge["failure_balance_transaction"] = movement["id"]
    sandbox.store.save(charge)
    intent = sandbox.fetch(charge["payment_intent"], "payment_intent", "payment_intent")
    method = sandbox.fetch(charge["payment_method"], "payment_method", "PaymentMethod")
    late = intent["status"] == "succeeded"
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "amount_received": 0,
        "last_payment_error": shape.failure(charge, method),
    }
    sandbox.store.save(intent)
    events.tell(sandbox, "charge.failed", charge)
    events.tell(sandbox, "payment_intent.payment_failed", intent)
    if not late:
        _tell_session(sandbox, intent, "failed")
        _tell_invoice(sandbox, Attempt("declined", intent, message))
    return charge


def take_back(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    """A bank returns a debit it had paid, days or weeks later. Raises InvalidRequest."""
    kind = charge["payment_method_details"]["type"]
    if charge["status"] != "succeeded" or kind == "card":
        raise InvalidRequest("Only a bank debit that was paid can be returned.")
    if kind == ACH:
        return disputes.open_dispute(sandbox, charge, reason="insufficient_funds")
    return fail(sandbox, charge, "insufficient_funds", "The debit was returned by the bank.")


def _succeed(sandbox: Sandbox, charge: JsonDict, account: TestAccount) -> JsonDict:
    if charge["balance_transaction"] is None:
        movement = balance.book_debit(sandbox, charge, wait_days=AVAILABLE_AFTER_SUCCESS)
        charge["balance_transaction"] = movement["id"]
    charge |= {
        "status": "succeeded",
        "paid": True,
        "receipt_url": f"{sandbox.base_url}/receipts/{charge['id']}",
    }
    sandbox.store.save(charge)
    intent = sandbox.fetch(charge["payment_intent"], "payment_intent", "payment_intent")
    intent |= {"status": "succeeded", "amount_received": charge["amount"]}
    sandbox.store.save(intent)
    events.tell(sandbox, "charge.succeeded", charge)
    events.tell(sandbox, "payment_intent.succeeded", intent)
    _tell_session(sandbox, intent, "succeeded")
    _tell_invoice(sandbox, Attempt("succeeded", intent))
    if account.disputed_days is not None:
        due = sandbox.clock.now() + account.disputed_days * DAY
        sandbox.store.db.execute("INSERT INTO debits VALUES (?, ?)", (charge["id"], due))
    return charge


def _tell_session(sandbox: Sandbox, intent: JsonDict, how: str) -> None:
    """`checkout.session.async_payment_succeeded` or `…_failed`, when a session began it."""
    found = sandbox.store.select("checkout.session", {"payment_intent": intent["id"]}, limit=1)
    for session in found:
        if how == "succeeded":
            session["payment_status"] = "paid"
            sandbox.store.save(session)
        events.tell(sandbox, f"checkout.session.async_payment_{how}", session)


def _tell_invoice(sandbox: Sandbox, tried: Attempt) -> None:
    """The bank's answer to a debit that pays a subscription's invoice."""
    invoice = invoices.of_intent(sandbox, tried.intent["id"])
    if invoice is not None:
        invoices.after(sandbox, invoice, tried)


def _retrieve(sandbox: Sandbox, _asked: JsonDict, mandate_id: str) -> JsonDict:
    return sandbox.fetch(mandate_id, "mandate", "mandate")


ROUTES = (Route("GET", "/v1/mandates/{id}", _retrieve),)
