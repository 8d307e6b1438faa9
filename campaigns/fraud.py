"""Early fraud warnings: kept, shown to staff, and answered by giving the gift back where a newsroom
wishes that (`WAYLIGHT_REFUND_ON_FRAUD_WARNING`).

Most charges so warned of are disputed later, with a fee; one that was given back before is not
(https://docs.stripe.com/disputes/measuring#early-fraud-warnings).
"""

import logging
import uuid
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from campaigns import gateway, refunds, sync
from campaigns.models import FraudWarning, Payment
from newsroom.audit import log as audit
from newsroom.money import Money

log = logging.getLogger(__name__)

_KEYS = uuid.UUID("3a0b1d0e-9c1e-4c19-8e3c-6d3f0a4f1b7e")


def sync_warning(stripe_id: str) -> str:
    """Ask Stripe about one warning and keep it; says what came of it.

    Where the newsroom wishes it, what is left of the gift is given back, once: the refund's key
    is the warning's. Raises gateway.GatewayError when Stripe cannot be asked.
    """
    with sync.alone_with(stripe_id):
        facts = gateway.fraud_warning(stripe_id)
        payment = sync.sync_payment(facts.payment_intent) if facts.payment_intent else None
        warning, _made = FraudWarning.objects.update_or_create(
            stripe_id=facts.id,
            defaults={
                "payment": payment,
                "fraud_type": facts.fraud_type,
                "open": facts.actionable,
                "created_at": facts.created,
            },
        )
        if facts.actionable and payment and settings.REFUND_ON_FRAUD_WARNING:
            _give_back(warning, payment)
    return f"warned of {facts.payment_intent}"


def catch_up(since: datetime | None) -> None:
    """Look at the warnings whose event was lost, and at open ones that ended meanwhile."""
    for facts in gateway.fraud_warnings(since):
        kept = FraudWarning.objects.filter(stripe_id=facts.id).first()
        if kept is None or kept.open != facts.actionable:
            sync_warning(facts.id)


def _give_back(warning: FraudWarning, payment: Payment) -> None:
    left = refunds.left_to_refund(payment)
    if not left or payment.donation is None:
        # Money of nobody we know is a person's to give back.
        return
    try:
        refunds.refund(payment, left, by=None, key=uuid.uuid5(_KEYS, warning.stripe_id))
    except refunds.RefundError as error:
        if isinstance(error.__cause__, gateway.GatewayError) and error.__cause__.transient:
            raise error.__cause__ from error
        log.warning("warning %s: not given back: %s", warning.stripe_id, error)
        warning.trouble = str(error)[:300]
        warning.save(update_fields=["trouble"])
        return
    money = Money(left, payment.currency)
    audit.record(
        None,
        "refunded",
        payment.donation,
        f"Gave back {money.show('en', cents=True)}: the card's issuer warned of fraud",
        amount=left,
        currency=payment.currency,
        payment=payment.stripe_id,
        warning=warning.stripe_id,
    )
    warning.given_back_at, warning.open, warning.trouble = timezone.now(), False, ""
    warning.save(update_fields=["given_back_at", "open", "trouble"])
