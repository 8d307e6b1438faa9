"""Dispute."""

from __future__ import annotations

from typing import Any

from .. import ids

JsonDict = dict[str, Any]
RESPONSE_SECONDS = 9 * 86_400

_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure"
    " cancellation_rebuttal customer_communication customer_email_address customer_name"
    " customer_purchase_ip customer_signature duplicate_charge_documentation"
    " duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy"
    " refund_policy_disclosure refund_refusal_explanation service_date service_documentation"
    " shipping_address shipping_carrier shipping_date shipping_documentation"
    " shipping_tracking_number uncategorized_file uncategorized_text appeal"
).split()


def dispute(charge: JsonDict, amount: int, reason: str, now: int, *, inquiry: bool) -> JsonDict:
    """A dispute just opened, its money not moved yet."""
    card = charge["payment_method_details"].get("card")
    code = None if card is None else "10.4" if reason == "fraudulent" else "13.1"
    return {
        "id": ids.make("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + RESPONSE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _of_card(card["brand"], code, inquiry) if card else None,
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def _of_card(brand: str, code: str | None, inquiry: bool) -> JsonDict:
    return {
        "card": {
            "brand": brand,
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": brand,
            "network_reason_code": code,
        },
        "type": "card",
    }
