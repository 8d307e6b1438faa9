"""Giving money back from the desk. The ledger follows from Stripe, as for any other refund."""

import logging
import uuid

from django.utils.translation import gettext as _

from campaigns import gateway, sync
from campaigns.models import Payment
from newsroom.audit import log as audit
from newsroom.money import AmountError, Money, check_step
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)


class RefundError(Exception):
    """The refund was not made; `str()` is a sentence for staff."""


def left_to_refund(payment: Payment) -> int:
    """Minor units of the donor's own money not yet given back, from the ledger."""
    own = payment.entries.filter(match=None)
    return max(0, sum(own.values_list("amount", flat=True)))


def refund(payment: Payment, amount: int, *, by: Reader | None, key: uuid.UUID) -> None:
    """Give back `amount` minor units; the same `key` (from the form) refunds once. `by` None is
    the system itself.

    The audit entry is written first: what was asked stays known even if we die in between,
    and the reconciliation finds the refund at Stripe. Raises RefundError.
    """
    left = left_to_refund(payment)
    if amount <= 0:
        raise RefundError(_("Enter an amount above zero."))
    if amount > left:
        raise RefundError(
            _("At most %(left)s can be refunded.") % {"left": Money(left, payment.currency)}
        )
    money = Money(amount, payment.currency)
    try:
        check_step(money)
    except AmountError as error:
        raise RefundError(str(error)) from error
    audit.record(
        by,
        "asked for a refund",
        payment.donation or payment,
        f"Asked Stripe to give back {money.show('en', cents=True)} of {payment.stripe_id}",
        amount=amount,
        currency=payment.currency,
        payment=payment.stripe_id,
        key=str(key),
    )
    try:
        gateway.create_refund(payment.stripe_id, amount, f"refund:{key}")
    except gateway.GatewayError as error:
        if error.transient:
            raise RefundError(
                _("Stripe did not answer. Send this form again: it refunds only once.")
            ) from error
        raise RefundError(_("Stripe refused: %(reason)s") % {"reason": error}) from error
    try:
        sync.sync_payment(payment.stripe_id)
    except gateway.GatewayError as error:
        # Stripe's webhook or the reconciliation will bring it; the money has gone.
        log.warning("refund of %s made, not yet booked: %s", payment.stripe_id, error)
