"""PaymentIntents and charges: how money is tried for, taken, and later settled.

`attempt` is the one way a card is charged, whoever asks (the hosted page, a control call, the API).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from . import balance, disputes, events, fraud, methods
from .cards import Outcome, TestCard
from .errors import CardError, InvalidRequest
from .shapes import payments as shape
from .state import JsonDict, Sandbox


@dataclass(frozen=True)
class Attempt:
    """What came of one try: `succeeded`, `processing`, `declined` or `requires_action`."""

    status: str
    intent: JsonDict
    message: str | None = None


def open_intent(sandbox: Sandbox, intent: JsonDict) -> None:
    sandbox.store.add(intent)
    events.tell(sandbox, "payment_intent.created", intent)


def attempt(
    sandbox: Sandbox, intent: JsonDict, method: JsonDict, *, off_session: bool = False
) -> Attempt:
    """Charge the card. The intent has not succeeded yet nor been cancelled.

    `off_session` says that nobody sits at the screen: a card that was set up asks for nothing,
    unless its bank wants its holder each time.
    """
    card = _as_its_bank_sees_it(sandbox, method, off_session)
    if card.outcome is Outcome.ASKS_FOR_3DS and (card.asks_each_time or not off_session):
        return _ask_for_authentication(sandbox, intent, method)
    return _charge(sandbox, intent, method, card)


def _as_its_bank_sees_it(sandbox: Sandbox, method: JsonDict, off_session: bool) -> TestCard:
    card = methods.card_of(sandbox, method)
    today = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    if (method["card"]["exp_year"], method["card"]["exp_month"]) < (today.year, today.month):
        return replace(
            card,
            outcome=Outcome.DECLINED,
            decline_code="expired_card",
            message="Your card has expired.",
        )
    if off_session and card.fails_off_session:
        return replace(card, outcome=Outcome.DECLINED)
    return card


def refused_card(tried: Attempt | None) -> CardError:
    """The API's 402 for a try that was declined; None says that there was no card to try."""
    if tried is None:
        return CardError("This customer has no payment method to charge.", code="missing")
    failure: JsonDict = dict(tried.intent["last_payment_error"])
    return CardError(
        failure.pop("message"),
        code=failure.pop("code"),
        **{name: item for name, item in failure.items() if name not in ("doc_url", "type")},
        payment_intent=tried.intent,
    )


def authenticate(sandbox: Sandbox, intent: JsonDict, *, passed: bool) -> Attempt:
    """The reader's answer to 3-D Secure. The intent waits for it (`requires_action`)."""
    method = sandbox.fetch(intent["payment_method"], "payment_method", "payment_method")
    intent["next_action"] = None
    if passed:
        return _charge(sandbox, intent, method, methods.card_of(sandbox, method))
    failure = shape.authentication_failure(method)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": failure,
    }
    sandbox.store.save(intent)
    events.tell(sandbox, "payment_intent.payment_failed", intent)
    return Attempt("declined", intent, failure["message"])


def cancel(sandbox: Sandbox, intent: JsonDict, reason: str | None) -> JsonDict:
    if intent["status"] in ("succeeded", "processing", "canceled"):
        raise InvalidRequest(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    intent |= {
        "status": "canceled",
        "canceled_at": sandbox.clock.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    sandbox.store.save(intent)
    events.tell(sandbox, "payment_intent.canceled", intent)
    return intent


def settle_due(sandbox: Sandbox, now: float) -> None:
    """Give the charges whose balance transaction was held back theirs (real time)."""
    rows = sandbox.store.db.execute(
        "SELECT charge FROM settlements WHERE due_at <= ? ORDER BY due_at, rowid",
        (now,),
    ).fetchall()
    for (charge_id,) in rows:
        charge = sandbox.fetch(charge_id, "charge", "charge")
        _settle(sandbox, charge)
        events.tell(sandbox, "charge.updated", charge, {"balance_transaction": None})
        _let_the_bank_act(sandbox, charge)
        sandbox.store.db.execute("DELETE FROM settlements WHERE charge = ?", (charge_id,))


def _charge(sandbox: Sandbox, intent: JsonDict, method: JsonDict, card: TestCard) -> Attempt:
    paid = card.outcome is not Outcome.DECLINED
    charge = shape.charge(
        intent, method, card, sandbox.clock.now(), paid=paid, base_url=sandbox.base_url
    )
    sandbox.store.add(charge)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if not paid:
        intent |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "last_payment_error": shape.decline(card, charge["id"], method),
        }
        sandbox.store.save(intent)
        events.tell(sandbox, "charge.failed", charge)
        events.tell(sandbox, "payment_intent.payment_failed", intent)
        return Attempt("declined", intent, card.message)
    late = sandbox.faults.strikes("late_balance_transaction")
    if late is None:
        _settle(sandbox, charge)
    else:
        sandbox.store.db.execute(
            "INSERT INTO settlements VALUES (?, ?)",
            (charge["id"], time.time() + late["seconds"]),
        )
    intent |= {
        "status": "succeeded",
        "amount_received": charge["amount"],
        "payment_method": method["id"],
        "last_payment_error": None,
    }
    sandbox.store.save(intent)
    events.tell(sandbox, "charge.succeeded", charge)
    events.tell(sandbox, "payment_intent.succeeded", intent)
    _let_the_bank_act(sandbox, charge)
    return Attempt("succeeded", intent)


def _let_the_bank_act(sandbox: Sandbox, charge: JsonDict) -> None:
    """Some cards' banks dispute a charge, or warn of it, as soon as it is booked."""
    method = sandbox.fetch(charge["payment_method"], "payment_method", "PaymentMethod")
    card = methods.card_of(sandbox, method)
    left = charge["amount"] - charge["amount_refunded"]
    if card.then == "warning":
        fraud.warn(sandbox, charge)
    elif card.then and charge["balance_transaction"] and left:
        disputes.open_dispute(sandbox, charge, inquiry=card.then == "inquiry")


def _settle(sandbox: Sandbox, charge: JsonDict) -> None:
    charge["balance_transaction"] = balance.book_charge(sandbox, charge)["id"]
    sandbox.store.save(charge)


def _ask_for_authentication(sandbox: Sandbox, intent: JsonDict, method: JsonDict) -> Attempt:
    intent |= {
        "status": "requires_action",
        "payment_method": method["id"],
        "next_action": {
            "redirect_to_url": {
                "return_url": None,
                "url": f"{sandbox.base_url}/authenticate/{intent['id']}",
            },
            "type": "redirect_to_url",
        },
    }
    sandbox.store.save(intent)
    events.tell(sandbox, "payment_intent.requires_action", intent)
    return Attempt("requires_action", intent)
