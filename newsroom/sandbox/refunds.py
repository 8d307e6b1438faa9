"""Refunds: all or part of a charge, several times, and the ones a bank sends back."""

from __future__ import annotations

from typing import Any

from . import balance, currencies, disputes, events, methods
from .errors import InvalidRequest
from .listing import PAGE, moments, page, whole
from .parameters import Form, choice, integer, merge_metadata, metadata, text
from .shapes import balance as shape
from .state import JsonDict, Route, Sandbox

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def give_back(
    sandbox: Sandbox,
    charge: JsonDict,
    amount: int | None = None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonDict:
    """Refund `amount` (minor units; all that is left when None). Raises InvalidRequest."""
    if charge["status"] != "succeeded":
        raise InvalidRequest("This charge did not succeed and cannot be refunded.", param="charge")
    if disputes.forbids_refund(sandbox, charge):
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise InvalidRequest(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    amount = left if amount is None else amount
    if amount > left:
        currency = charge["currency"]
        raise InvalidRequest(
            f"Refund amount ({currencies.shown(amount, currency)}) is greater than unrefunded"
            f" amount on charge ({currencies.shown(left, currency)})",
            param="amount",
        )
    if amount % currencies.step(charge["currency"]):
        raise InvalidRequest("Invalid amount for this currency.", param="amount")
    refund = shape.refund(
        charge,
        amount,
        sandbox.clock.now(),
        reason=reason,
        metadata=merge_metadata({}, metadata),
    )
    refund["balance_transaction"] = balance.book_refund(sandbox, refund)["id"]
    sandbox.store.add(refund)
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    _set_refunded(sandbox, charge, charge["amount_refunded"] + amount)
    events.tell(sandbox, "refund.created", refund)
    events.tell(sandbox, "charge.refunded", charge, before)
    return refund


def fail(sandbox: Sandbox, refund: JsonDict, reason: str = "unknown") -> JsonDict:
    """The bank sent the money back: it is the account's again. Raises InvalidRequest."""
    if refund["status"] != "succeeded":
        raise InvalidRequest(f"This refund's status is {refund['status']}: it cannot fail now.")
    refund |= {
        "status": "failed",
        "failure_reason": reason,
        "failure_balance_transaction": balance.book_refund(sandbox, refund, failed=True)["id"],
    }
    sandbox.store.save(refund)
    charge = sandbox.fetch(refund["charge"], "charge", "charge")
    _set_refunded(sandbox, charge, charge["amount_refunded"] - refund["amount"])
    events.tell(sandbox, "refund.updated", refund, {"status": "succeeded"})
    events.tell(sandbox, "refund.failed", refund)
    return refund


def of_charge(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    """All refunds of a charge, for those who expand it."""
    data = sandbox.store.select("refund", {"charge": charge["id"]})
    return whole(data, f"/v1/charges/{charge['id']}/refunds")


def _set_refunded(sandbox: Sandbox, charge: JsonDict, amount: int) -> None:
    charge |= {"amount_refunded": amount, "refunded": amount == charge["amount"]}
    sandbox.store.save(charge)


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    refund = give_back(
        sandbox,
        _charge_meant(sandbox, asked),
        asked.get("amount"),
        reason=asked.get("reason"),
        metadata=asked.get("metadata"),
    )
    method = sandbox.store.find(refund["payment_method"], "payment_method")
    if method is not None and methods.refunds_fail(sandbox, method):
        # The answer tells of the refund as it was made; it fails just after.
        fail(sandbox, dict(refund))
    return refund


def _charge_meant(sandbox: Sandbox, asked: JsonDict) -> dict[str, Any]:
    if asked.get("charge"):
        return sandbox.fetch(asked["charge"], "charge", "charge", "charge")
    if not asked.get("payment_intent"):
        raise InvalidRequest(
            "One of the following params should be provided for this request:"
            " payment_intent or charge."
        )
    intent = sandbox.fetch(
        asked["payment_intent"], "payment_intent", "payment_intent", "payment_intent"
    )
    if intent["status"] != "succeeded":
        raise InvalidRequest(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return sandbox.fetch(intent["latest_charge"], "charge", "charge", "charge")


def _retrieve(sandbox: Sandbox, _asked: JsonDict, refund_id: str) -> JsonDict:
    return sandbox.fetch(refund_id, "refund", "refund")


def _update(sandbox: Sandbox, asked: JsonDict, refund_id: str) -> JsonDict:
    refund = sandbox.fetch(refund_id, "refund", "refund")
    before = {"metadata": refund["metadata"]}
    refund["metadata"] = merge_metadata(refund["metadata"], asked.get("metadata"))
    sandbox.store.save(refund)
    events.tell(sandbox, "refund.updated", refund, before)
    return refund


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("charge", "payment_intent")}
    return page(sandbox, "refund", "/v1/refunds", asked, where)


_CREATE = Form(
    amount=integer(1),
    charge=text(),
    metadata=metadata,
    payment_intent=text(),
    reason=choice(*REASONS),
)

ROUTES = (
    Route("POST", "/v1/refunds", _create, _CREATE),
    Route(
        "GET",
        "/v1/refunds",
        _list,
        Form(**PAGE, **moments(), charge=text(), payment_intent=text()),
    ),
    Route("GET", "/v1/refunds/{id}", _retrieve),
    Route("POST", "/v1/refunds/{id}", _update, Form(metadata=metadata)),
)
