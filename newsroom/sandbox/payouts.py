"""Automatic payouts: once a day all that is available goes to the bank, each movement once.

What a bank sends back is a movement of its own and goes into the next payout
(https://docs.stripe.com/payouts, …/reports/payout-reconciliation).
"""

from __future__ import annotations

from . import events
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import Form, choice, moment_range, text
from .shapes import balance as balance_shape
from .shapes import payouts as shape
from .state import JsonDict, Route, Sandbox

DAY = 86_400
STATUSES = ("canceled", "failed", "in_transit", "paid", "pending")
_AVAILABLE = """
SELECT id, json_extract(data, '$.currency'), json_extract(data, '$.net') FROM objects
WHERE type = 'balance_transaction' AND json_extract(data, '$.available_on') <= ?
    AND id NOT IN (SELECT movement FROM paid_out) ORDER BY seq
"""


def daily(sandbox: Sandbox) -> None:
    """What has arrived by now, and once in each day of the clock a new payout."""
    _arrive_due(sandbox)
    today = sandbox.clock.now() // DAY
    last = sandbox.store.setting("payouts_day")
    if last == today:
        return
    sandbox.store.set("payouts_day", today)
    # A clock that was put back, or a sandbox just begun, pays out from its next day on.
    if last is not None and today > last:
        pay_out(sandbox)


def pay_out(sandbox: Sandbox, *, everything: bool = False) -> list[JsonDict]:
    """One payout for each currency with something available; `everything` does not wait for it.

    A balance below zero stays until gifts have made up for it.
    """
    now = sandbox.clock.now()
    by_currency: dict[str, list[tuple[str, int]]] = {}
    rows = sandbox.store.db.execute(_AVAILABLE, (2**60 if everything else now,)).fetchall()
    for movement, currency, net in rows:
        by_currency.setdefault(currency, []).append((movement, net))
    made = []
    for currency, movements in sorted(by_currency.items()):
        amount = sum(net for _movement, net in movements)
        if amount > 0:
            made.append(_make(sandbox, amount, currency, [m for m, _net in movements]))
    return made


def arrive(sandbox: Sandbox, payout: JsonDict) -> JsonDict:
    """It is on the bank account. Raises InvalidRequest."""
    if payout["status"] != "in_transit":
        raise _not_now(payout)
    payout["status"] = "paid"
    sandbox.store.save(payout)
    events.tell(sandbox, "payout.paid", payout)
    return payout


def fail(sandbox: Sandbox, payout: JsonDict, code: str = "account_closed") -> JsonDict:
    """The bank sends it back, perhaps after it was told to have arrived. Raises InvalidRequest."""
    if payout["status"] not in ("in_transit", "paid"):
        raise _not_now(payout)
    movement = _book(sandbox, payout, "payout_failure", "payout_reversal", payout["amount"])
    payout |= {
        "status": "failed",
        "failure_code": code,
        "failure_message": "The bank account has been closed.",
        "failure_balance_transaction": movement["id"],
    }
    sandbox.store.save(payout)
    events.tell(sandbox, "payout.failed", payout)
    return payout


def _make(sandbox: Sandbox, amount: int, currency: str, movements: list[str]) -> JsonDict:
    payout = shape.payout(amount, currency, sandbox.clock.now())
    own = _book(sandbox, payout, "payout", "payout", -amount)
    payout["balance_transaction"] = own["id"]
    sandbox.store.add(payout)
    sandbox.store.db.executemany(
        "INSERT INTO paid_out VALUES (?, ?)",
        [(movement, payout["id"]) for movement in (*movements, own["id"])],
    )
    events.tell(sandbox, "payout.created", payout)
    events.tell(sandbox, "payout.reconciliation_completed", payout)
    return payout


def _book(sandbox: Sandbox, payout: JsonDict, kind: str, category: str, amount: int) -> JsonDict:
    movement = balance_shape.balance_transaction(
        kind,
        amount,
        payout["currency"],
        payout["id"],
        sandbox.clock.now(),
        description=payout["description"],
        category=category,
        wait_days=0,
    )
    sandbox.store.add(movement)
    return movement


def _arrive_due(sandbox: Sandbox) -> None:
    now = sandbox.clock.now()
    for payout in sandbox.store.select("payout", {"status": "in_transit"})[::-1]:
        if payout["arrival_date"] <= now:
            arrive(sandbox, payout)


def _not_now(payout: JsonDict) -> InvalidRequest:
    return InvalidRequest(f"This payout's status is {payout['status']}: it cannot do that now.")


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    return page(sandbox, "payout", "/v1/payouts", asked, {"status": asked.get("status")})


def _retrieve(sandbox: Sandbox, _asked: JsonDict, payout_id: str) -> JsonDict:
    return sandbox.fetch(payout_id, "payout", "payout")


_LIST = Form(
    **PAGE, **moments(), arrival_date=moment_range, destination=text(), status=choice(*STATUSES)
)

ROUTES = (
    Route("GET", "/v1/payouts", _list, _LIST),
    Route("GET", "/v1/payouts/{id}", _retrieve),
)
