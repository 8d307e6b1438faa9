"""Recurring gifts from a Canadian bank account: the donor agrees, then the subscription begins.

Checkout takes no pre-authorized debit in subscription mode. So it asks for the agreement alone
(`mode=setup`: the mandate), and we begin the subscription with it when it has been given:
https://docs.stripe.com/billing/subscriptions/acss-debit
"""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns import gateway, gateway_recurring
from campaigns.debits import offered
from campaigns.models import Donation, Frequency

ACSS = "acss_debit"


def needed(currency: str) -> bool:
    """Whether a recurring gift from a bank account begins with a mandate."""
    return offered(currency) == ACSS


def checkout_parameters(donation: Donation, title: str, notes: dict[str, str]) -> dict[str, Any]:
    """The Checkout Session that asks for the agreement, without where it leads back to."""
    with override(donation.language):
        yearly = donation.frequency == Frequency.YEAR
        words = {"money": donation.money, "title": title}
        said = (
            _("%(money)s each year to %(title)s, beginning today, until you stop it.") % words
            if yearly
            else _("%(money)s each month to %(title)s, beginning today, until you stop it.") % words
        )
        rhythm = _("once a year, from today on") if yearly else _("once a month, from today on")
    mandate = {
        "default_for": ["subscription"],
        "payment_schedule": "interval",
        "interval_description": rhythm,
        "transaction_type": "personal",
    }
    return {
        "mode": "setup",
        "currency": donation.currency,
        "customer_creation": "always",
        "allowed_payment_method_types": [ACSS],
        "payment_method_options": {
            ACSS: {"currency": donation.currency, "mandate_options": mandate}
        },
        "setup_intent_data": {"description": title, "metadata": notes},
        "client_reference_id": str(donation.attempt),
        "metadata": notes,
        "custom_text": {"submit": {"message": str(said)}},
    }


def first_payment(donation: Donation, session: gateway.Checkout) -> str | None:
    """What pays the first gift, the subscription being begun where it was not; None while the
    account is still being verified. Call with nobody beside; raises gateway.GatewayError.
    """
    method = gateway_recurring.agreed_account(session.setup_intent)
    if method is None:
        return None
    try:
        return gateway_recurring.begin(
            session.customer,
            method,
            amount=donation.amount,
            currency=donation.currency,
            interval=donation.frequency,
            name=donation.campaign.title,
            notes={gateway.DONATION_KEY: str(donation.attempt)},
            key=f"begin:{donation.attempt}:{donation.checkout_try}",
        )
    except gateway.StoredFailure:
        # Only another key can succeed; what this one may have begun is found by the next try.
        donation.checkout_try += 1
        donation.save(update_fields=["checkout_try"])
        raise


def session_of(setup_intent: str) -> str | None:
    """The Checkout Session of the donation that a SetupIntent belongs to; None: not ours."""
    try:
        attempt = uuid.UUID(
            gateway_recurring.setup_notes(setup_intent).get(gateway.DONATION_KEY, "")
        )
    except ValueError:
        return None
    found = Donation.objects.filter(attempt=attempt)
    return found.values_list("checkout_session", flat=True).first()
