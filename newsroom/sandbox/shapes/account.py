"""Account, Customer, WebhookEndpoint, Event."""

from __future__ import annotations

from typing import Any

from .. import ids
from ..version import API_VERSION

JsonDict = dict[str, Any]


def account(account_id: str, created: int) -> JsonDict:
    requirements: JsonDict = {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "5994",
            "name": "Sandbox",
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "non_profit",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "CA",
        "created": created,
        "default_currency": "cad",
        "details_submitted": True,
        "email": "sandbox@example.org",
        "future_requirements": dict(requirements),
        "metadata": {},
        "payouts_enabled": True,
        "requirements": requirements,
        "settings": {
            "branding": {
                "icon": None,
                "logo": None,
                "primary_color": None,
                "secondary_color": None,
            },
            "card_payments": {
                "decline_on": {"avs_failure": False, "cvc_failure": False},
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": "Sandbox", "timezone": "America/Toronto"},
            "payments": {
                "statement_descriptor": "SANDBOX",
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
            "payouts": {
                "debit_negative_balances": True,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": None,
            },
        },
        "tos_acceptance": {"date": created, "ip": None, "user_agent": None},
        "type": "standard",
    }


def customer(now: int, **given: Any) -> JsonDict:
    return {
        "id": ids.make("cus", 14),
        "object": "customer",
        "address": given.get("address"),
        "balance": 0,
        "business_name": None,
        "created": now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": given.get("description"),
        "discount": None,
        "email": given.get("email"),
        "individual_name": None,
        "invoice_prefix": ids.make("i", 8)[2:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "name": given.get("name"),
        "next_invoice_sequence": 1,
        "phone": given.get("phone"),
        "preferred_locales": given.get("preferred_locales") or [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def webhook_endpoint(
    url: str,
    enabled_events: list[str],
    now: int,
    *,
    description: str | None,
    metadata: JsonDict,
) -> JsonDict:
    return {
        "id": ids.make("we"),
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": now,
        "description": description,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": metadata,
        "status": "enabled",
        "url": url,
    }


def event(
    kind: str,
    thing: JsonDict,
    now: int,
    *,
    previous: JsonDict | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> JsonDict:
    data: JsonDict = {"object": thing}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": ids.make("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": request_id, "idempotency_key": idempotency_key},
        "type": kind,
    }
