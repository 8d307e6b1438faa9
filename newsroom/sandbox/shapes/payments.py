"""PaymentIntent, Charge, PaymentMethod and the error a refused card leaves."""

from __future__ import annotations

from typing import Any

from .. import ids
from ..cards import TestCard

JsonDict = dict[str, Any]


def address(postal_code: str | None = None, country: str | None = None) -> JsonDict:
    return {
        "city": None,
        "country": country,
        "line1": None,
        "line2": None,
        "postal_code": postal_code,
        "state": None,
    }


def billing_details(
    name: str | None = None,
    email: str | None = None,
    postal_code: str | None = None,
    country: str | None = None,
) -> JsonDict:
    return {
        "address": address(postal_code, country),
        "email": email,
        "name": name,
        "phone": None,
        "tax_id": None,
    }


def _checks(billing: JsonDict) -> JsonDict:
    return {
        "address_line1_check": None,
        "address_postal_code_check": "pass" if billing["address"]["postal_code"] else None,
        "cvc_check": "pass",
    }


def payment_method(
    card: TestCard, exp_month: int, exp_year: int, billing: JsonDict, now: int
) -> JsonDict:
    return {
        "id": ids.make("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "card": {
            "brand": card.brand,
            "checks": _checks(billing),
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": card.fingerprint,
            "funding": "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def payment_intent(
    amount: int,
    currency: str,
    now: int,
    *,
    customer: str | None = None,
    description: str | None = None,
    metadata: JsonDict | None = None,
    receipt_email: str | None = None,
    statement_descriptor: str | None = None,
    statement_descriptor_suffix: str | None = None,
    transfer_group: str | None = None,
    allowed_types: list[str] | None = None,
    automatic_methods: JsonDict | None = None,
) -> JsonDict:
    intent_id = ids.make("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "allowed_payment_method_types": allowed_types,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic_methods,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": ids.make(f"{intent_id}_secret", 25),
        "confirmation_method": "automatic",
        "created": now,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "description": description,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": metadata or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": receipt_email,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": statement_descriptor,
        "statement_descriptor_suffix": statement_descriptor_suffix,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": transfer_group,
    }


def charge(
    intent: JsonDict,
    method: JsonDict,
    card: TestCard,
    now: int,
    *,
    paid: bool,
    base_url: str,
) -> JsonDict:
    """A charge on an intent by a card; `paid` says whether the bank gave the money."""
    amount = intent["amount"]
    return any_charge(intent, method, now, paid=paid, base_url=base_url) | {
        "failure_code": None if paid else failure_code(card),
        "failure_message": None if paid else card.message,
        "outcome": _outcome(card, paid),
        "payment_method_details": {
            "card": {
                "amount_authorized": amount if paid else None,
                "authorization_code": "123456" if paid else None,
                "brand": card.brand,
                "checks": _checks(method["billing_details"]),
                "country": card.country,
                "exp_month": method["card"]["exp_month"],
                "exp_year": method["card"]["exp_year"],
                "extended_authorization": {"status": "disabled"},
                "fingerprint": card.fingerprint,
                "funding": "credit",
                "incremental_authorization": {"status": "unavailable"},
                "installments": None,
                "last4": card.last4,
                "mandate": None,
                "multicapture": {"status": "unavailable"},
                "network": card.brand,
                "network_token": {"used": False},
                "network_transaction_id": "104102978678771" if paid else None,
                "overcapture": {
                    "maximum_amount_capturable": amount,
                    "status": "unavailable",
                },
                "regulated_status": "unregulated",
                "three_d_secure": None,
                "wallet": None,
            },
            "type": "card",
        },
    }


def any_charge(
    intent: JsonDict, method: JsonDict, now: int, *, paid: bool, base_url: str, kind: str = "ch"
) -> JsonDict:
    """What charges by card and by bank debit have in common; `kind` begins its id."""
    charge_id = ids.make(kind)
    amount = intent["amount"]
    return {
        "id": charge_id,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": paid,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": None,
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{base_url}/receipts/{charge_id}" if paid else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _outcome(card: TestCard, paid: bool) -> JsonDict:
    return {
        "advice_code": None if paid else "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None if paid else "05",
        "network_status": "approved_by_network" if paid else "declined_by_network",
        "reason": None if paid else card.decline_code,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete."
        if paid
        else "The bank did not return any further details with this decline.",
        "type": "authorized" if paid else "issuer_declined",
    }


def failure_code(card: TestCard) -> str:
    return "expired_card" if card.decline_code == "expired_card" else "card_declined"


def decline(card: TestCard, charge_id: str, method: JsonDict) -> JsonDict:
    """`last_payment_error` after a bank refused, and the body of the API's 402."""
    return {
        "advice_code": "try_again_later",
        "charge": charge_id,
        "code": failure_code(card),
        "decline_code": card.decline_code,
        "doc_url": f"https://docs.stripe.com/error-codes/{failure_code(card).replace('_', '-')}",
        "message": card.message,
        "network_decline_code": "05",
        "payment_method": method,
        "type": "card_error",
    }


def authentication_failure(method: JsonDict) -> JsonDict:
    """`last_payment_error` after 3-D Secure was failed or given up: no charge was made."""
    code = "payment_intent_authentication_failure"
    return {
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}",
        "message": "We could not authenticate your payment method. "
        "Please choose another payment method and try again.",
        "payment_method": method,
        "type": "invalid_request_error",
    }
