"""Payout, and a card issuer's early fraud warning."""

from __future__ import annotations

from typing import Any

from .. import ids

JsonDict = dict[str, Any]
BANK_ACCOUNT = "ba_of_the_sandbox"
DAY = 86_400
ARRIVES_AFTER_DAYS = 2


def payout(amount: int, currency: str, now: int) -> JsonDict:
    """An automatic payout on its way to the bank; minor units."""
    return {
        "id": ids.make("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": (now // DAY + ARRIVES_AFTER_DAYS) * DAY,
        "automatic": True,
        "balance_transaction": None,
        "created": now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": BANK_ACCOUNT,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": {"status": "supported", "value": ids.make("t", 12)[2:].upper()},
        "type": "bank_account",
    }


def warning(charge: JsonDict, fraud_type: str, now: int) -> JsonDict:
    return {
        "id": ids.make("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": now,
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
