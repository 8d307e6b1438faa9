"""The account's balance: one transaction for each movement, from which all else is summed."""

from __future__ import annotations

from . import currencies
from .listing import PAGE, moments, page
from .parameters import Form, text
from .shapes import balance as shape
from .state import JsonDict, Route, Sandbox


def book_charge(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    return _book(
        sandbox,
        shape.balance_transaction(
            "charge",
            charge["amount"],
            charge["currency"],
            charge["id"],
            sandbox.clock.now(),
            fee=currencies.fee(charge["amount"]),
            description=charge["description"],
        ),
    )


def book_refund(sandbox: Sandbox, refund: JsonDict, *, failed: bool = False) -> JsonDict:
    """Money leaves for a refund, or comes back because it failed. Stripe's fee stays with it."""
    return _book(
        sandbox,
        shape.balance_transaction(
            "refund_failure" if failed else "refund",
            refund["amount"] if failed else -refund["amount"],
            refund["currency"],
            refund["id"],
            sandbox.clock.now(),
            description="REFUND FAILURE" if failed else "REFUND FOR CHARGE",
        ),
    )


def _book(sandbox: Sandbox, movement: JsonDict) -> JsonDict:
    sandbox.store.add(movement)
    return movement


def present(sandbox: Sandbox, movement: JsonDict) -> JsonDict:
    arrived = movement["available_on"] <= sandbox.clock.now()
    return movement | {"status": "available" if arrived else "pending"}


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("source", "type", "currency")}
    listed = page(sandbox, "balance_transaction", "/v1/balance_transactions", asked, where)
    listed["data"] = [present(sandbox, movement) for movement in listed["data"]]
    return listed


def _retrieve(sandbox: Sandbox, _asked: JsonDict, movement_id: str) -> JsonDict:
    return present(
        sandbox,
        sandbox.fetch(movement_id, "balance_transaction", "balance transaction"),
    )


def _balance(sandbox: Sandbox, _asked: JsonDict) -> JsonDict:
    now = sandbox.clock.now()
    sums: dict[bool, dict[str, int]] = {True: {"cad": 0}, False: {"cad": 0}}
    rows = sandbox.store.db.execute(
        "SELECT json_extract(data, '$.currency'), json_extract(data, '$.available_on') <= ?,"
        " sum(json_extract(data, '$.net')) FROM objects WHERE type = 'balance_transaction'"
        " GROUP BY 1, 2",
        (now,),
    )
    for currency, arrived, net in rows:
        sums[bool(arrived)][currency] = net
    return shape.balance(sums[True], sums[False])


_LIST = Form(**PAGE, **moments(), source=text(), type=text(), currency=text(3))

ROUTES = (
    Route("GET", "/v1/balance_transactions", _list, _LIST),
    Route("GET", "/v1/balance_transactions/{id}", _retrieve),
    Route("GET", "/v1/balance", _balance),
)
