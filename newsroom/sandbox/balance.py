"""The account's balance: one transaction for each movement, from which all else is summed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from . import currencies
from .listing import PAGE, moments, page
from .parameters import Form, text
from .shapes import balance as shape
from .state import JsonDict, Route, Sandbox

# In minor units of the settlement currency; Stripe keeps it when a dispute is won, too.
DISPUTE_FEE = 1_500


def book_charge(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    amount, currency, rate = _settled(sandbox, charge["amount"], charge["currency"])
    movement = shape.balance_transaction(
        "charge",
        amount,
        currency,
        charge["id"],
        sandbox.clock.now(),
        fee=currencies.fee(amount),
        description=charge["description"],
        exchange_rate=rate,
    )
    sandbox.store.add(movement)
    return movement


def book_debit(sandbox: Sandbox, charge: JsonDict, *, wait_days: int) -> JsonDict:
    """A bank debit's money, available once the bank can hardly take it back."""
    amount, currency, rate = _settled(sandbox, charge["amount"], charge["currency"])
    movement = shape.balance_transaction(
        "payment",
        amount,
        currency,
        charge["id"],
        sandbox.clock.now(),
        fee=currencies.debit_fee(amount),
        description=charge["description"],
        exchange_rate=rate,
        category="charge",
        wait_days=wait_days,
    )
    sandbox.store.add(movement)
    return movement


def book_debit_failure(sandbox: Sandbox, charge: JsonDict) -> JsonDict:
    """What was booked of a debit is taken off again, with Stripe's fee for it."""
    booked = sandbox.fetch(charge["balance_transaction"], "balance_transaction", "transaction")
    movement = shape.balance_transaction(
        "payment_failure_refund",
        -booked["amount"],
        booked["currency"],
        charge["id"],
        sandbox.clock.now(),
        fee=-booked["fee"],
        description="Payment failure refund",
        exchange_rate=booked["exchange_rate"],
        category="charge_failure",
    )
    # What never was available is taken off where it stood.
    movement["available_on"] = max(movement["available_on"], booked["available_on"])
    sandbox.store.add(movement)
    return movement


def book_refund(sandbox: Sandbox, refund: JsonDict, *, failed: bool = False) -> JsonDict:
    """Money leaves for a refund, or comes back because it failed. Stripe's fee stays with it."""
    amount, currency, rate = _settled(sandbox, refund["amount"], refund["currency"])
    movement = shape.balance_transaction(
        "refund_failure" if failed else "refund",
        amount if failed else -amount,
        currency,
        refund["id"],
        sandbox.clock.now(),
        description="REFUND FAILURE" if failed else "REFUND FOR CHARGE",
        exchange_rate=rate,
    )
    sandbox.store.add(movement)
    return movement


def book_dispute(sandbox: Sandbox, dispute: JsonDict, *, back: bool) -> JsonDict:
    """A bank takes the disputed amount and Stripe its fee, or the amount comes `back`."""
    amount, currency, rate = _settled(sandbox, dispute["amount"], dispute["currency"])
    movement = shape.balance_transaction(
        "adjustment",
        amount if back else -amount,
        currency,
        dispute["id"],
        sandbox.clock.now(),
        fee=0 if back else DISPUTE_FEE,
        description="Chargeback reversal" if back else "Chargeback withdrawal",
        exchange_rate=rate,
        category="dispute_reversal" if back else "dispute",
    )
    sandbox.store.add(movement)
    return movement


def settle_in(sandbox: Sandbox, currency: str, rates: Mapping[str, Any]) -> JsonDict:
    """From now on money in the currencies of `rates` arrives as `currency`. Raises ValueError.

    A rate says how much one whole unit is worth. Without rates each currency has its own balance,
    which is how a new sandbox is.
    """
    named = {currency, *rates}
    if not named <= currencies.KNOWN or currency in rates:
        raise ValueError("Name currencies by three small letters, and rates of others into one.")
    try:
        checked = {name: Decimal(str(rate)) for name, rate in rates.items()}
    except InvalidOperation as error:
        raise ValueError("A rate is a number.") from error
    if not all(rate.is_finite() and 0 < rate < 1_000_000 for rate in checked.values()):
        raise ValueError("A rate is a number above 0.")
    settlement = {"currency": currency, "rates": {name: str(r) for name, r in checked.items()}}
    sandbox.store.set("settlement", settlement)
    return settlement


def _settled(sandbox: Sandbox, amount: int, currency: str) -> tuple[int, str, float | None]:
    """Amount, currency and rate in which a sum reaches the balance."""
    settlement = sandbox.store.setting("settlement", {"currency": "", "rates": {}})
    rate = settlement["rates"].get(currency)
    if rate is None:
        return amount, currency, None
    into = settlement["currency"]
    shift = currencies.decimals(into) - currencies.decimals(currency)
    worth = (Decimal(amount) * Decimal(rate)).scaleb(shift)
    return int(worth.to_integral_value(ROUND_HALF_UP)), into, float(rate)


def present(sandbox: Sandbox, movement: JsonDict) -> JsonDict:
    arrived = movement["available_on"] <= sandbox.clock.now()
    return movement | {"status": "available" if arrived else "pending"}


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("source", "type", "currency", "payout")}
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


_LIST = Form(**PAGE, **moments(), source=text(), type=text(), currency=text(3), payout=text())

ROUTES = (
    Route("GET", "/v1/balance_transactions", _list, _LIST),
    Route("GET", "/v1/balance_transactions/{id}", _retrieve),
    Route("GET", "/v1/balance", _balance),
)
