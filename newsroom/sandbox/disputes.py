"""Disputes: a payer's bank takes a charge back, or first only asks (an inquiry).

Opened by a test card as it pays or by a control call; answered and closed by control calls. An
inquiry moves no money (https://docs.stripe.com/disputes/how-disputes-work).
"""

from __future__ import annotations

from . import balance, events
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import Form, text
from .shapes import disputes as shape
from .state import JsonDict, Route, Sandbox

REASONS = (
    "fraudulent", "duplicate", "product_not_received", "general", "unrecognized",
    # Of bank debits.
    "insufficient_funds", "bank_cannot_process", "incorrect_account_details",
    "debit_not_authorized",
)  # fmt: skip
_OPEN = ("needs_response", "under_review")
_OPEN_INQUIRY = ("warning_needs_response", "warning_under_review")


def open_dispute(
    sandbox: Sandbox,
    charge: JsonDict,
    amount: int | None = None,
    *,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> JsonDict:
    """Dispute `amount` (minor units; what was not refunded when None). Raises InvalidRequest."""
    if charge["status"] != "succeeded" or charge["balance_transaction"] is None:
        raise InvalidRequest("Only a charge that was booked can be disputed.", param="charge")
    if charge["disputed"]:
        raise InvalidRequest("This charge is disputed already.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if not 0 < amount <= charge["amount"]:
        raise InvalidRequest("A dispute is about a part of its charge, or all of it.")
    if reason not in REASONS:
        raise InvalidRequest(f"A dispute's reason is one of: {', '.join(REASONS)}.")
    by_bank = charge["payment_method_details"]["type"] != "card"
    if by_bank and inquiry:
        raise InvalidRequest("The bank of a debit does not ask first.")
    dispute = shape.dispute(charge, amount, reason, sandbox.clock.now(), inquiry=inquiry)
    if by_bank:
        # Nobody can answer the dispute of a debit: it is decided as it opens.
        dispute["status"] = "lost"
    sandbox.store.add(dispute)
    charge["disputed"] = True
    sandbox.store.save(charge)
    if not inquiry:
        _move(sandbox, dispute)
    events.tell(sandbox, "charge.dispute.created", dispute)
    if not inquiry:
        events.tell(sandbox, "charge.dispute.funds_withdrawn", dispute)
    if by_bank:
        events.tell(sandbox, "charge.dispute.closed", dispute)
    return dispute


def respond(sandbox: Sandbox, dispute: JsonDict) -> JsonDict:
    """Evidence was sent: the bank looks at it. Raises InvalidRequest when none is asked for."""
    under_review = {
        "needs_response": "under_review",
        "warning_needs_response": "warning_under_review",
    }.get(dispute["status"])
    if under_review is None:
        raise _not_now(dispute)
    before = {"status": dispute["status"]}
    dispute["status"] = under_review
    dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
    sandbox.store.save(dispute)
    events.tell(sandbox, "charge.dispute.updated", dispute, before)
    return dispute


def escalate(sandbox: Sandbox, dispute: JsonDict) -> JsonDict:
    """The bank that only asked takes the money after all. Raises InvalidRequest."""
    if dispute["status"] not in _OPEN_INQUIRY:
        raise _not_now(dispute)
    before = {"status": dispute["status"]}
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    _move(sandbox, dispute)
    events.tell(sandbox, "charge.dispute.updated", dispute, before)
    events.tell(sandbox, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(sandbox: Sandbox, dispute: JsonDict, *, won: bool) -> JsonDict:
    """The bank decides: money comes back when `won`. An inquiry just ends. InvalidRequest."""
    if dispute["status"] in _OPEN_INQUIRY:
        dispute["status"] = "warning_closed"
        sandbox.store.save(dispute)
    elif dispute["status"] in _OPEN:
        dispute["status"] = "won" if won else "lost"
        if won:
            _move(sandbox, dispute, back=True)
        sandbox.store.save(dispute)
    else:
        raise _not_now(dispute)
    if dispute["status"] == "won":
        events.tell(sandbox, "charge.dispute.funds_reinstated", dispute)
    events.tell(sandbox, "charge.dispute.closed", dispute)
    return dispute


def of_charge(sandbox: Sandbox, charge: JsonDict) -> JsonDict | None:
    """The charge's dispute, None when it never had one."""
    found = sandbox.store.select("dispute", {"charge": charge["id"]}, limit=1)
    return found[0] if found else None


def forbids_refund(sandbox: Sandbox, charge: JsonDict) -> bool:
    """Whether a dispute has taken the money of this charge, so that it cannot be refunded."""
    dispute = of_charge(sandbox, charge) if charge["disputed"] else None
    return dispute is not None and not dispute["is_charge_refundable"]


def _move(sandbox: Sandbox, dispute: JsonDict, *, back: bool = False) -> None:
    movement = balance.book_dispute(sandbox, dispute, back=back)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], movement]
    sandbox.store.save(dispute)


def _not_now(dispute: JsonDict) -> InvalidRequest:
    return InvalidRequest(f"This dispute's status is {dispute['status']}: it cannot do that now.")


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("charge", "payment_intent")}
    return page(sandbox, "dispute", "/v1/disputes", asked, where)


def _retrieve(sandbox: Sandbox, _asked: JsonDict, dispute_id: str) -> JsonDict:
    return sandbox.fetch(dispute_id, "dispute", "dispute", "dispute")


ROUTES = (
    Route(
        "GET",
        "/v1/disputes",
        _list,
        Form(**PAGE, **moments(), charge=text(), payment_intent=text()),
    ),
    Route("GET", "/v1/disputes/{id}", _retrieve),
)
