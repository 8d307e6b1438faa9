"""Checkout Session and its line items."""

from __future__ import annotations

from typing import Any

from .. import ids
from .payments import address

JsonDict = dict[str, Any]

LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip


def session(
    session_id: str, url: str, asked: JsonDict, amount: int | None, currency: str | None, now: int
) -> JsonDict:
    """A new session. `asked` holds the checked parameters; amounts in minor units, None when
    nothing is paid (`mode=setup`)."""
    customer = asked.get("customer")
    mode = asked["mode"]
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": asked.get("adaptive_pricing", {}).get("enabled", True)},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_address_collection": asked.get("billing_address_collection"),
        "branding_settings": {
            "background_color": "#ffffff",
            "border_style": "rounded",
            "button_color": "#0b5394",
            "display_name": "Sandbox",
            "font_family": "default",
            "icon": None,
            "logo": None,
        },
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "client_secret": None,
        "collected_information": {
            "business_name": None,
            "individual_name": None,
            "shipping_details": None,
        },
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [custom_field(field) for field in asked.get("custom_fields", [])],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": asked.get("custom_text", {}).get("submit"),
            "terms_of_service_acceptance": None,
        },
        "customer": customer,
        "customer_account": None,
        "customer_creation": (
            None
            if customer or mode == "subscription"
            else asked.get("customer_creation") or "if_required"
        ),
        "customer_details": None,
        "customer_email": asked.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": None,
        "expires_at": asked["expires_at"],
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": _invoice_creation() if mode == "payment" else None,
        "livemode": False,
        "locale": asked.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": asked.get("metadata") or {},
        "mode": mode,
        "name_collection": None,
        "optional_items": [],
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required" if mode == "payment" else "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": asked.get("submit_type"),
        "subscription": None,
        "success_url": asked["success_url"],
        "tax_id_collection": {"enabled": False, "required": "never"},
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
        "wallet_options": None,
    }


def _invoice_creation() -> JsonDict:
    return {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": None,
            "metadata": {},
            "rendering_options": None,
        },
    }


def custom_field(asked: JsonDict) -> JsonDict:
    """A text field the page asks for beside the card."""
    text = asked.get("text", {})
    return {
        "key": asked["key"],
        "label": {"custom": asked["label"]["custom"], "type": "custom"},
        "optional": asked.get("optional", False),
        "text": {
            "default_value": text.get("default_value"),
            "maximum_length": text.get("maximum_length"),
            "minimum_length": text.get("minimum_length"),
            "value": None,
        },
        "type": "text",
    }


def customer_details(
    email: str | None, name: str | None, postal_code: str | None, country: str | None
) -> JsonDict:
    return {
        "address": address(postal_code, country),
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def line_item(asked: JsonDict, price: JsonDict, named: str) -> JsonDict:
    """One line of a session's page: a price, times its quantity."""
    total = price["unit_amount"] * asked.get("quantity", 1)
    return {
        "id": ids.make("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": named,
        "metadata": {},
        "price": price,
        "quantity": asked.get("quantity", 1),
    }
