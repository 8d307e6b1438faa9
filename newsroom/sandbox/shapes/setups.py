"""SetupIntent and the Billing Portal's session."""

from __future__ import annotations

from typing import Any

from .. import ids

JsonDict = dict[str, Any]


def setup_intent(
    now: int,
    *,
    customer: str | None,
    description: str | None = None,
    metadata: JsonDict | None = None,
) -> JsonDict:
    intent_id = ids.make("seti")
    return {
        "id": intent_id,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": ids.make(f"{intent_id}_secret", 25),
        "created": now,
        "customer": customer,
        "customer_account": None,
        "description": description,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "managed_payments": None,
        "mandate": None,
        "metadata": metadata or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def portal_session(
    customer: str,
    configuration: str,
    now: int,
    base_url: str,
    *,
    flow: JsonDict | None,
    locale: str | None,
    return_url: str | None,
) -> JsonDict:
    session_id = ids.make("bps")
    return {
        "id": session_id,
        "object": "billing_portal.session",
        "configuration": configuration,
        "created": now,
        "customer": customer,
        "customer_account": None,
        "flow": flow,
        "livemode": False,
        "locale": locale,
        "on_behalf_of": None,
        "return_url": return_url,
        "url": f"{base_url}/p/session/{session_id}",
    }


def flow(asked: JsonDict) -> JsonDict:
    """One thing a portal session is opened for, of checked `flow_data`."""
    after = asked.get("after_completion", {"type": "portal_homepage"})
    redirect = after.get("redirect")
    return {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": redirect and {"return_url": redirect["return_url"]},
            "type": after["type"],
        },
        "customer_update": None,
        "subscription_cancel": (
            {"retention": None, "subscription": asked["subscription_cancel"]["subscription"]}
            if asked["type"] == "subscription_cancel"
            else None
        ),
        "subscription_pause": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": asked["type"],
    }
