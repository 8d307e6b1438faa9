"""The parameters of the Checkout calls: what the sandbox takes of all that Stripe knows."""

from __future__ import annotations

from .listing import PAGE, moments
from .parameters import Form, address, boolean, choice, email, integer, many, metadata, text
from .prices import PRODUCT_DATA, RECURRING
from .shapes import checkout as shape

_KIND = choice("card", "acss_debit", "us_bank_account")
_PRICE_DATA = Form(
    ("currency", "unit_amount"),
    currency=text(3),
    unit_amount=integer(0),
    product=text(),
    product_data=PRODUCT_DATA,
    recurring=RECURRING,
)
_CUSTOM_FIELD = Form(
    ("key", "label", "type"),
    key=text(200),
    label=Form(("type", "custom"), type=choice("custom"), custom=text(50)),
    optional=boolean,
    text=Form(
        default_value=text(255),
        maximum_length=integer(1, 255),
        minimum_length=integer(1, 255),
    ),
    type=choice("text"),
)
CREATE = Form(
    ("mode", "success_url"),
    allowed_payment_method_types=many(_KIND),
    excluded_payment_method_types=many(_KIND),
    payment_method_options=Form(
        acss_debit=Form(
            currency=choice("cad"),
            mandate_options=Form(
                default_for=many(choice("invoice", "subscription")),
                interval_description=text(500),
                payment_schedule=choice("combined", "interval", "sporadic"),
                transaction_type=choice("business", "personal"),
            ),
            verification_method=choice("automatic", "instant", "microdeposits"),
        ),
        us_bank_account=Form(verification_method=choice("automatic", "instant")),
    ),
    adaptive_pricing=Form(enabled=boolean),
    billing_address_collection=choice("auto", "required"),
    cancel_url=address,
    currency=text(3),
    client_reference_id=text(200),
    custom_fields=many(_CUSTOM_FIELD, 3),
    custom_text=Form(submit=Form(("message",), message=text(1200))),
    customer=text(),
    customer_creation=choice("always", "if_required"),
    customer_email=email,
    expires_at=integer(),
    line_items=many(
        Form(
            ("price_data",),
            price_data=_PRICE_DATA,
            quantity=integer(1, 999_999),
        )
    ),
    locale=choice(*shape.LOCALES),
    metadata=metadata,
    mode=choice("payment", "setup", "subscription"),
    payment_intent_data=Form(
        description=text(1000),
        metadata=metadata,
        receipt_email=email,
        statement_descriptor=text(22),
        statement_descriptor_suffix=text(22),
        transfer_group=text(),
    ),
    setup_intent_data=Form(description=text(1000), metadata=metadata),
    submit_type=choice("auto", "book", "donate", "pay", "subscribe"),
    subscription_data=Form(description=text(500), metadata=metadata),
    success_url=address,
    ui_mode=choice("hosted_page"),
)
LIST = Form(
    **PAGE,
    **moments(),
    customer=text(),
    customer_details=Form(("email",), email=text()),
    payment_intent=text(),
    subscription=text(),
    status=choice("open", "complete", "expired"),
)
