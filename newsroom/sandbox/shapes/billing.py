"""Product, Price, Subscription, Invoice and what ties an invoice to its payment."""

from __future__ import annotations

from typing import Any

from .. import ids

JsonDict = dict[str, Any]


def product(
    name: str,
    now: int,
    *,
    product_id: str | None = None,
    active: bool = True,
    description: str | None = None,
    images: list[str] | None = None,
    metadata: JsonDict | None = None,
) -> JsonDict:
    return {
        "id": product_id or ids.make("prod", 14),
        "object": "product",
        "active": active,
        "created": now,
        "default_price": None,
        "description": description,
        "images": images or [],
        "livemode": False,
        "marketing_features": [],
        "metadata": metadata or {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": now,
        "url": None,
    }


def price(data: JsonDict, product_id: str, now: int, *, active: bool = False) -> JsonDict:
    """A price of checked `price_data`; `active` is false for those made with what they price."""
    recurring = data.get("recurring")
    return {
        "id": ids.make("price"),
        "object": "price",
        "active": active,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": data.get("metadata") or {},
        "nickname": data.get("nickname"),
        "product": product_id,
        "recurring": recurring
        and {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


def plan(of_price: JsonDict) -> JsonDict:
    """The older name of a recurring price, which subscription items still carry."""
    return {
        "id": of_price["id"],
        "object": "plan",
        "active": of_price["active"],
        "amount": of_price["unit_amount"],
        "amount_decimal": of_price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": of_price["created"],
        "currency": of_price["currency"],
        "interval": of_price["recurring"]["interval"],
        "interval_count": of_price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": of_price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def subscription_item(
    subscription_id: str, of_price: JsonDict, quantity: int, now: int, start: int, end: int
) -> JsonDict:
    return {
        "id": ids.make("si", 14),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": now,
        "current_period_end": end,
        "current_period_start": start,
        "current_trial": None,
        "discounts": [],
        "metadata": {},
        "plan": plan(of_price),
        "price": of_price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def subscription(
    subscription_id: str,
    customer: str,
    currency: str,
    now: int,
    *,
    anchor: int,
    default_payment_method: str | None,
    description: str | None,
    metadata: JsonDict,
    trial_end: int | None,
    save_default: str = "off",
) -> JsonDict:
    """Without its items, which the caller adds."""
    return {
        "id": subscription_id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": None,
        },
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {
            "comment": None,
            "feedback": None,
            "feedback_option": None,
            "reason": None,
        },
        "collection_method": "charge_automatically",
        "created": now,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": default_payment_method,
        "default_source": None,
        "default_tax_rates": [],
        "description": description,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"account": None, "type": "self"},
        },
        "items": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/subscription_items?subscription={subscription_id}",
        },
        "latest_invoice": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": metadata,
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": save_default,
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "presentment_details": None,
        "schedule": None,
        "start_date": now,
        "status": "trialing" if trial_end else "incomplete",
        "status_details": None,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": trial_end,
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": None,
                "missing_payment_method": "create_invoice",
            }
        },
        "trial_start": now if trial_end else None,
    }


def invoice(
    of: JsonDict,
    customer: JsonDict,
    lines: list[JsonDict],
    now: int,
    *,
    reason: str,
    base_url: str,
) -> JsonDict:
    """An invoice of a subscription, finalized: `open` when something is due, else `paid`."""
    invoice_id = ids.make("in")
    total = sum(line["amount"] for line in lines)
    for line in lines:
        line["invoice"] = invoice_id
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    return {
        "id": invoice_id,
        "object": "invoice",
        "account_country": "CA",
        "account_name": "Sandbox",
        "account_tax_ids": None,
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": None,
        "amount_remaining": total,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": of["currency"],
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": of["description"],
        "discounts": [],
        "due_date": None,
        "effective_at": now,
        "ending_balance": 0,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": f"{base_url}/i/{invoice_id}",
        "invoice_pdf": f"{base_url}/i/{invoice_id}",
        "issuer": {"account": None, "type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "url": f"/v1/invoices/{invoice_id}/lines",
        },
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": number,
        "on_behalf_of": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(of["metadata"]),
                "subscription": of["id"],
                "subscription_proration_date": None,
            },
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": lines[0]["period"]["start"] if lines else now,
        "period_start": lines[0]["period"]["start"] if lines else now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": 0,
        "statement_descriptor": None,
        "status": "open",
        "status_details": None,
        "status_transitions": {
            "finalized_at": now,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "test_clock": None,
        "threshold_reason": None,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": now,
    }


def invoice_line(item: JsonDict, amount: int, start: int, end: int, described: str) -> JsonDict:
    of_price = item["price"]
    return {
        "id": ids.make("il"),
        "object": "line_item",
        "amount": amount,
        "currency": of_price["currency"],
        "description": described,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": None,
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": end, "start": start},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": of_price["id"], "product": of_price["product"]},
            "type": "price_details",
            "unit_amount_decimal": of_price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subscription": item["subscription"],
        "subtotal": amount,
        "taxes": [],
    }


def invoice_payment(of: JsonDict, payment_intent: str, now: int) -> JsonDict:
    """What says which PaymentIntent pays an invoice: the invoice itself does not."""
    return {
        "id": ids.make("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": of["amount_due"],
        "created": now,
        "currency": of["currency"],
        "invoice": of["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": payment_intent, "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
