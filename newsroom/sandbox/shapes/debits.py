"""What a bank debit leaves: payment method, mandate, and its parts of a charge and an intent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .. import ids
from ..banks import ACSS, BANK, ROUTING, TestAccount

JsonDict = dict[str, Any]


def payment_method(account: TestAccount, billing: JsonDict, now: int) -> JsonDict:
    return {
        "id": ids.make("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": account.kind,
        account.kind: _of_method(account),
    }


def _of_method(account: TestAccount) -> JsonDict:
    common = {
        "bank_name": BANK[account.kind],
        "fingerprint": account.fingerprint,
        "last4": account.last4,
    }
    if account.kind == ACSS:
        institution, transit = ROUTING[ACSS]
        return common | {"institution_number": institution, "transit_number": transit}
    return common | {
        "account_holder_type": "individual",
        "account_type": "checking",
        "financial_connections_account": None,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": ROUTING[account.kind][0],
        "status_details": {},
    }


def mandate(method: JsonDict, asked: JsonDict, now: int, single: JsonDict | None) -> JsonDict:
    """The payer's word that the account may be debited. `asked` are the session's
    `mandate_options`; `single` the amount and currency when it is for one payment only."""
    kind = method["type"]
    details: JsonDict = {}
    if kind == ACSS:
        details = {
            "interval_description": asked.get("interval_description"),
            "payment_schedule": asked.get("payment_schedule") or "sporadic",
            "transaction_type": asked.get("transaction_type") or "personal",
        }
    given: JsonDict = {
        "id": ids.make("mandate"),
        "object": "mandate",
        "customer_acceptance": {
            "accepted_at": now,
            "online": {"ip_address": "127.0.0.1", "user_agent": "Sandbox"},
            "type": "online",
        },
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_details": {kind: details, "type": kind},
        "status": "active",
        "type": "single_use" if single else "multi_use",
    }
    return given | ({"single_use": single} if single else {"multi_use": {}})


def options(kind: str, asked: JsonDict) -> JsonDict:
    """`payment_method_options` of a session or an intent for this kind of debit."""
    if kind == ACSS:
        wanted = asked.get("mandate_options") or {}
        return {
            "mandate_options": {
                "interval_description": wanted.get("interval_description"),
                "payment_schedule": wanted.get("payment_schedule"),
                "transaction_type": wanted.get("transaction_type"),
            },
            "verification_method": asked.get("verification_method") or "automatic",
        }
    return {"verification_method": asked.get("verification_method") or "automatic"}


def charge_details(account: TestAccount, mandate_id: str, now: int) -> JsonDict:
    """`payment_method_details` of a charge."""
    day = datetime.fromtimestamp(now, UTC) + timedelta(days=1)
    common: JsonDict = {
        "bank_name": BANK[account.kind],
        "expected_debit_date": f"{day:%Y-%m-%d}",
        "fingerprint": account.fingerprint,
        "last4": account.last4,
        "mandate": mandate_id,
    }
    if account.kind == ACSS:
        institution, transit = ROUTING[ACSS]
        own = {"institution_number": institution, "transit_number": transit}
    else:
        own = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "payment_reference": None,
            "routing_number": ROUTING[account.kind][0],
        }
    return {account.kind: common | own, "type": account.kind}


def outcome() -> JsonDict:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "not_assessed",
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def failure(charge: JsonDict, method: JsonDict) -> JsonDict:
    """`last_payment_error` of an intent whose debit the bank sent back."""
    code = charge["failure_code"]
    return {
        "charge": charge["id"],
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}",
        "message": charge["failure_message"],
        "payment_method": method,
        "type": "invalid_request_error",
    }
