"""The sandbox's own desk at `/`: what was paid, what is owed, and the switches, for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import currencies, debits, deliveries, disputes, refunds
from .clock import read_moment
from .errors import ApiError, InvalidRequest
from .faults import BadFault
from .pages import read_form, render
from .passing import pass_time
from .state import JsonDict, Sandbox

MEANINGS = {
    "twice": "each event arrives twice",
    "late": "each event arrives 5 s late",
    "reversed": "events arrive in reverse, by fives",
    "never": "events never arrive",
    "wrong_signature": "the first try is wrongly signed",
    "burst": "events are held until let go",
    "api_429": "the API says: too many requests",
    "api_500": "the API fails before any work",
    "api_500_after_effect": "the API does the work, then says 500",
    "timeout_after_effect": "the API does the work, then never answers",
    "api_slow": "the API waits 2 s before the work",
    "late_balance_transaction": "a charge is settled 2 s after it succeeded",
}


class Desk:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def show(self, request: Request) -> Response:
        sandbox, store = self._sandbox, self._sandbox.store
        return render(
            "desk.html",
            said=request.query_params.get("said", "")[:300],
            clock=sandbox.clock.state(),
            payments=[self._payment(charge) for charge in store.select("charge", limit=15)],
            deliveries=deliveries.latest(store, 15),
            counts=deliveries.counts(store),
            faults=sandbox.faults.state(),
            names=MEANINGS,
            endpoints=store.select("webhook_endpoint"),
            events=[
                {
                    "id": event["id"],
                    "type": event["type"],
                    "moment": _written(event["created"]),
                }
                for event in store.select("event", limit=15)
            ],
        )

    def _payment(self, charge: JsonDict) -> JsonDict:
        back = charge["amount_refunded"]
        given = self._sandbox.store.select("refund", {"charge": charge["id"]}) if back else []
        state = "refunded" if charge["refunded"] else "partly refunded" if back else None
        return {
            "charge": charge,
            "moment": _written(charge["created"]),
            "state": state or charge["failure_code"] or charge["status"],
            "refunds": given,
            "dispute": disputes.of_charge(self._sandbox, charge) if charge["disputed"] else None,
        }

    def action(self, act: Callable[[Sandbox, dict[str, str]], str]) -> Callable[..., object]:
        """A form of the desk: do it in one transaction, go back and say what came of it."""

        async def endpoint(request: Request) -> Response:
            try:
                typed = await read_form(request)
                with self._sandbox.store.transaction():
                    said = act(self._sandbox, typed)
            except (ApiError, BadFault) as refusal:
                said = str(refusal)
            except (ValueError, TypeError, OverflowError):
                said = "That could not be read: nothing was changed."
            return RedirectResponse(f"/?said={quote(said)}", 303)

        return endpoint


def _refund(sandbox: Sandbox, typed: dict[str, str]) -> str:
    charge = sandbox.fetch(typed.get("charge", ""), "charge", "charge")
    amount = None
    if typed.get("amount", "").strip():
        amount = _minor_units(typed["amount"], charge["currency"])
    refund = refunds.give_back(sandbox, charge, amount, reason="requested_by_customer")
    return f"Refunded {currencies.shown(refund['amount'], refund['currency'])}."


def _minor_units(typed: str, currency: str) -> int:
    try:
        amount = Decimal(typed.strip().replace(",", ".")).scaleb(currencies.decimals(currency))
    except InvalidOperation as error:
        raise InvalidRequest(f"'{typed[:20]}' is not an amount.") from error
    if not amount.is_finite() or amount != amount.to_integral_value() or amount <= 0:
        raise InvalidRequest(f"'{typed[:20]}' is not an amount that can be refunded.")
    return int(amount)


def _fail_refund(sandbox: Sandbox, typed: dict[str, str]) -> str:
    refund = sandbox.fetch(typed.get("refund", ""), "refund", "refund")
    refunds.fail(sandbox, refund)
    return "The refund failed: the money is back in the balance."


def _dispute(sandbox: Sandbox, typed: dict[str, str]) -> str:
    charge = sandbox.fetch(typed.get("charge", ""), "charge", "charge")
    dispute = disputes.open_dispute(sandbox, charge)
    return f"{currencies.shown(dispute['amount'], dispute['currency'])} is disputed."


def _decide(sandbox: Sandbox, typed: dict[str, str]) -> str:
    dispute = sandbox.fetch(typed.get("dispute", ""), "dispute", "dispute")
    disputes.close(sandbox, dispute, won=typed.get("outcome") == "won")
    return f"The dispute is closed: {dispute['status'].replace('_', ' ')}."


def _bank(sandbox: Sandbox, typed: dict[str, str]) -> str:
    charge = sandbox.fetch(typed.get("charge", ""), "charge", "charge")
    if typed.get("act") == "return":
        debits.take_back(sandbox, charge)
        return "The bank took the debit back."
    if typed.get("act") == "fail":
        debits.fail(sandbox, charge, "insufficient_funds", "The bank did not pay the debit.")
        return "The debit failed."
    debits.answer(sandbox, charge)
    return f"The bank has answered: the debit {charge['status']}."


def _move_clock(sandbox: Sandbox, typed: dict[str, str]) -> str:
    if "real" in typed:
        sandbox.clock.be_real()
    elif "now" in typed:
        sandbox.clock.stand_at(read_moment(typed["now"]))
    else:
        sandbox.clock.advance(int(typed.get("advance", "")))
    pass_time(sandbox)
    return f"It is {sandbox.clock.state()['iso']}."


def _switch(sandbox: Sandbox, typed: dict[str, str]) -> str:
    if "off" in typed:
        sandbox.faults.switch({typed["off"]: None})
        return f"{typed['off']} is off."
    count = typed.get("count", "").strip()
    sandbox.faults.switch({typed.get("name", ""): {"count": int(count)} if count else {}})
    return f"{typed['name']} is on."


def _release(sandbox: Sandbox, _typed: dict[str, str]) -> str:
    return f"Let go of {deliveries.release(sandbox)} deliveries."


def _resend(sandbox: Sandbox, typed: dict[str, str]) -> str:
    event = sandbox.fetch(typed.get("event", ""), "event", "event")
    return f"Sent {event['type']} again to {len(deliveries.owe_again(sandbox, event))} endpoints."


def _written(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


def routes(sandbox: Sandbox) -> list[Route]:
    desk = Desk(sandbox)
    forms = {
        "refunds": _refund,
        "refunds/fail": _fail_refund,
        "disputes": _dispute,
        "disputes/close": _decide,
        "debits": _bank,
        "clock": _move_clock,
        "faults": _switch,
        "release": _release,
        "resend": _resend,
    }
    return [
        Route("/", desk.show),
        *(
            Route(f"/desk/{path}", desk.action(act), methods=["POST"])
            for path, act in forms.items()
        ),
    ]
