"""BalanceTransaction, Refund, Balance."""

from __future__ import annotations

from typing import Any

from .. import ids

JsonDict = dict[str, Any]
DAY = 86_400


def balance_transaction(
    kind: str,
    amount: int,
    currency: str,
    source: str,
    now: int,
    *,
    fee: int = 0,
    description: str | None = None,
    exchange_rate: float | None = None,
    category: str | None = None,
    wait_days: int = 2,
) -> JsonDict:
    """A movement of the account's balance. `amount` is signed; `fee` is what Stripe keeps.

    `category` is the `reporting_category` where it is not the `kind` itself; `wait_days` pass
    until it is available.
    """
    return {
        "id": ids.make("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": (now // DAY + wait_days) * DAY,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": description,
        "exchange_rate": exchange_rate,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source,
        "status": "pending",
        "type": kind,
    }


def refund(
    charge: JsonDict,
    amount: int,
    now: int,
    *,
    reason: str | None,
    metadata: JsonDict | None,
) -> JsonDict:
    return {
        "id": ids.make("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": _destination(charge["payment_method_details"]["type"]),
        "metadata": metadata or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _destination(kind: str) -> JsonDict:
    if kind != "card":
        return {"type": kind}
    return {
        "card": {
            "reference": None,
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
        "type": "card",
    }


def balance(available: dict[str, int], pending: dict[str, int]) -> JsonDict:
    """The account's balance by currency, minor units."""

    def rows(sums: dict[str, int]) -> list[JsonDict]:
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sorted(sums.items())
        ]

    return {
        "object": "balance",
        "available": rows(available),
        "livemode": False,
        "pending": rows(pending),
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }
