"""The calls under `/sandbox/`: what a test, a demo or a curious person turns. JSON in, JSON out.

They carry no key: the sandbox listens on this machine only. A browser on another site is refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as WebRoute

from . import (
    balance,
    bank_entry,
    checkout,
    debits,
    deliveries,
    disputes,
    entry,
    fraud,
    ids,
    methods,
    payouts,
    refunds,
    webhooks,
)
from .api import LARGEST_BODY
from .clock import read_moment
from .errors import ApiError
from .faults import BadFault
from .passing import pass_time
from .payments import Attempt
from .state import JsonDict, Sandbox

Call = Callable[[Sandbox, Request, JsonDict], tuple[int, JsonDict]]


def _clock(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    if request.method == "POST":
        if asked.get("real") is True:
            sandbox.clock.be_real()
        elif "now" in asked:
            moment = read_moment(asked["now"])
            move = sandbox.clock.run_from if asked.get("running") else sandbox.clock.stand_at
            move(moment)
        elif isinstance(asked.get("advance"), int):
            sandbox.clock.advance(asked["advance"])
        else:
            raise ValueError('Send {"now": moment}, {"advance": seconds} or {"real": true}.')
        pass_time(sandbox)
    return 200, sandbox.clock.state()


def _faults(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    if request.method == "POST":
        sandbox.faults.switch(asked)
    elif request.method == "DELETE":
        sandbox.faults.clear()
        deliveries.release(sandbox)
        deliveries.release(sandbox, "reversed")
    return 200, sandbox.faults.state() | {"deliveries": deliveries.counts(sandbox.store)}


def _release(sandbox: Sandbox, _request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    return 200, {"released": deliveries.release(sandbox)}


def _pay(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    """Pay as the page's form does. `authenticate` answers 3-D Secure in the same breath."""
    session_id = request.path_params["session_id"]
    session = checkout.current(sandbox, session_id)
    typed = {
        "number": str(asked.get("card", "4242424242424242")),
        "expiry": str(asked.get("expiry", "12/60")),
        "cvc": str(asked.get("cvc", "123")),
    }
    typed |= {name: str(asked[name]) for name in ("email", "name", "postal_code") if name in asked}
    typed |= {f"custom-{key}": str(value) for key, value in asked.get("custom", {}).items()}
    try:
        tried = checkout.pay(sandbox, session_id, entry.read(sandbox, session, typed))
        if tried.status == "requires_action" and asked.get("authenticate"):
            passed = asked["authenticate"] == "complete"
            tried = checkout.authenticate(sandbox, session_id, passed=passed)
    except entry.EntryRefused as refusal:
        return 400, {"status": "invalid", "problems": refusal.problems}
    except checkout.NotOpen as refusal:
        return 409, {"status": refusal.session["status"], "message": str(refusal)}
    return _told(sandbox, session_id, tried)


def _pay_by_bank(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    """Agree to a bank debit as the bank page does."""
    session_id = request.path_params["session_id"]
    session = checkout.current(sandbox, session_id)
    kind = checkout.debit_of(session) or ""
    typed = bank_entry.specimen(kind) | {
        name: str(asked[name])
        for name in ("institution", "transit", "routing", "account", "email", "name")
        if name in asked
    }
    try:
        tried = checkout.pay_by_bank(sandbox, session_id, bank_entry.read(sandbox, session, typed))
    except entry.EntryRefused as refusal:
        return 400, {"status": "invalid", "problems": refusal.problems}
    except checkout.NotOpen as refusal:
        return 409, {"status": refusal.session["status"], "message": str(refusal)}
    return _told(sandbox, session_id, tried)


def _bank(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    """What a bank does with a debit: `answer` now, `fail` it, or `return` one it had paid."""
    charge = sandbox.fetch(request.path_params["charge_id"], "charge", "charge")
    match request.path_params["act"]:
        case "answer":
            return 200, debits.answer(sandbox, charge)
        case "fail":
            message = "The customer's account has insufficient funds to cover this payment."
            return 200, debits.fail(sandbox, charge, "insufficient_funds", message)
        case "return":
            return 200, debits.take_back(sandbox, charge)
    raise ValueError("A bank can answer, fail or return a debit.")


def _told(sandbox: Sandbox, session_id: str, tried: Attempt) -> tuple[int, JsonDict]:
    session = checkout.current(sandbox, session_id)
    answer: JsonDict = {
        "status": tried.status,
        "session": session_id,
        "payment_intent": tried.intent["id"] if session["mode"] != "setup" else None,
        "charge": tried.intent.get("latest_charge"),
    }
    if tried.status in ("succeeded", "processing"):
        return 200, answer | {"redirect_url": checkout.success_address(session)}
    if tried.status == "requires_action":
        return 200, answer | {"redirect_url": tried.intent["next_action"]["redirect_to_url"]["url"]}
    failure = tried.intent["last_payment_error"]
    return 402, answer | {
        "message": tried.message,
        "decline_code": failure.get("decline_code"),
    }


def _settlement(sandbox: Sandbox, _request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    rates = asked.get("rates", {})
    if not isinstance(rates, dict):
        raise TypeError("'rates' is an object of currency and rate.")
    return 200, balance.settle_in(sandbox, str(asked.get("currency", "cad")), rates)


def _renew_card(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    method = sandbox.fetch(request.path_params["method_id"], "payment_method", "PaymentMethod")
    month, year = asked.get("exp_month"), asked.get("exp_year")
    if not isinstance(month, int) or not isinstance(year, int) or not 1 <= month <= 12:
        raise ValueError("Send 'exp_month' and 'exp_year' as numbers.")
    return 200, methods.renewed_by_its_network(sandbox, method, month, year)


def _fail_refund(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    refund = sandbox.fetch(request.path_params["refund_id"], "refund", "refund")
    return 200, refunds.fail(sandbox, refund)


def _dispute_charge(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    charge = sandbox.fetch(request.path_params["charge_id"], "charge", "charge")
    amount = asked.get("amount")
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int)):
        raise TypeError("'amount' is a whole number of minor units.")
    return 200, disputes.open_dispute(
        sandbox,
        charge,
        amount,
        reason=str(asked.get("reason", "fraudulent")),
        inquiry=asked.get("inquiry") is True,
    )


def _warn(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    charge = sandbox.fetch(request.path_params["charge_id"], "charge", "charge")
    fraud_type = str(asked.get("fraud_type", "unauthorized_use_of_card"))
    return 200, fraud.warn(sandbox, charge, fraud_type)


def _pay_out(sandbox: Sandbox, _request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    """The day's payouts now; with `everything` also of what is not available yet."""
    made = payouts.pay_out(sandbox, everything=asked.get("everything") is True)
    return 200, {"payouts": made}


def _move_payout(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    payout = sandbox.fetch(request.path_params["payout_id"], "payout", "payout")
    match request.path_params["act"]:
        case "arrive":
            return 200, payouts.arrive(sandbox, payout)
        case "fail":
            return 200, payouts.fail(sandbox, payout)
    raise ValueError("A payout can arrive or fail.")


def _decide_dispute(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    dispute = sandbox.fetch(request.path_params["dispute_id"], "dispute", "dispute")
    match request.path_params["act"]:
        case "respond":
            return 200, disputes.respond(sandbox, dispute)
        case "escalate":
            return 200, disputes.escalate(sandbox, dispute)
        case "win" | "lose" as outcome:
            return 200, disputes.close(sandbox, dispute, won=outcome == "win")
    raise ValueError("A dispute can respond, escalate, win or lose.")


def _resend(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    event = sandbox.fetch(request.path_params["event_id"], "event", "event")
    return 200, {
        "event": event["id"],
        "endpoints": deliveries.owe_again(sandbox, event),
    }


def _send(sandbox: Sandbox, _request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    """Any payload to every enabled endpoint (or the one named), signed with its true secret.

    `payload` is an event's JSON or, as text, anything at all; `signed_at` (real Unix seconds) and
    `wrong_signature` spoil the signature.
    """
    payload = asked.get("payload")
    if isinstance(payload, dict):
        event_id, kind = (
            payload.setdefault("id", ids.make("evt")),
            str(payload.get("type", "")),
        )
        text = json.dumps(payload, indent=2, ensure_ascii=False)
    elif isinstance(payload, str):
        event_id, kind, text = "", "", payload
    else:
        raise TypeError("Send a payload: an object, or a text.")
    signed_at = read_moment(asked["signed_at"]) if "signed_at" in asked else None
    sent = [
        deliveries.owe_payload(
            sandbox,
            endpoint,
            text,
            kind,
            str(event_id),
            signed_at=signed_at,
            wrong_signature=asked.get("wrong_signature") is True,
        )
        for endpoint in sandbox.store.select("webhook_endpoint")
        if endpoint["status"] == "enabled" and asked.get("endpoint") in (None, endpoint["id"])
    ]
    return 200, {"event": event_id, "deliveries": sent}


def _roll(sandbox: Sandbox, request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    endpoint = sandbox.fetch(
        request.path_params["endpoint_id"], "webhook_endpoint", "webhook endpoint"
    )
    keep = asked.get("keep_seconds", 0)
    if not isinstance(keep, int | float) or keep < 0:
        raise ValueError("'keep_seconds' is a number from 0.")
    return 200, {"id": endpoint["id"], "secret": webhooks.roll(sandbox, endpoint, keep)}


def _deliveries(sandbox: Sandbox, request: Request, _asked: JsonDict) -> tuple[int, JsonDict]:
    limit = int(request.query_params.get("limit", 100))
    shown = deliveries.latest(
        sandbox.store,
        max(1, min(limit, 1000)),
        request.query_params.get("event"),
        request.query_params.get("type"),
    )
    return 200, {"counts": deliveries.counts(sandbox.store), "deliveries": shown}


def _reset(sandbox: Sandbox, _request: Request, asked: JsonDict) -> tuple[int, JsonDict]:
    keep = () if asked.get("endpoints") is True else ("webhook_endpoint",)
    sandbox.store.forget_all(keep)
    sandbox.clock.be_real()
    sandbox.faults.clear()
    return 200, {"reset": True}


def _spoken(sandbox: Sandbox, call: Call) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            asked = await _read_json(request)
            with sandbox.store.transaction():
                status, answer = call(sandbox, request, asked)
        except ApiError as refusal:
            return JSONResponse(refusal.body(), refusal.status)
        except (BadFault, ValueError, TypeError, OverflowError) as refusal:
            return JSONResponse({"error": {"message": str(refusal)}}, 400)
        return JSONResponse(answer, status)

    return endpoint


async def _read_json(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ValueError("The body is too large.")
    asked = json.loads(body) if body.strip() else {}
    if not isinstance(asked, dict):
        raise TypeError("Send a JSON object.")
    return asked


def routes(sandbox: Sandbox) -> list[WebRoute]:
    def at(path: str, call: Call, *methods: str) -> WebRoute:
        return WebRoute(f"/sandbox/{path}", _spoken(sandbox, call), methods=methods)

    return [
        at("clock", _clock, "GET", "POST"),
        at("faults", _faults, "GET", "POST", "DELETE"),
        at("faults/release", _release, "POST"),
        at("checkout/{session_id}/pay", _pay, "POST"),
        at("checkout/{session_id}/pay_by_bank", _pay_by_bank, "POST"),
        at("debits/{charge_id}/{act}", _bank, "POST"),
        at("settlement", _settlement, "POST"),
        at("payment_methods/{method_id}/update", _renew_card, "POST"),
        at("refunds/{refund_id}/fail", _fail_refund, "POST"),
        at("charges/{charge_id}/dispute", _dispute_charge, "POST"),
        at("charges/{charge_id}/warn", _warn, "POST"),
        at("payouts", _pay_out, "POST"),
        at("payouts/{payout_id}/{act}", _move_payout, "POST"),
        at("disputes/{dispute_id}/{act}", _decide_dispute, "POST"),
        at("events/{event_id}/resend", _resend, "POST"),
        at("webhook/send", _send, "POST"),
        at("webhook_endpoints/{endpoint_id}/roll", _roll, "POST"),
        at("deliveries", _deliveries, "GET"),
        at("reset", _reset, "POST"),
    ]
