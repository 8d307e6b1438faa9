"""The webhook inbox: an event is verified, stored in one row, and answered; no other work.

Working it off comes later, in Celery: an event says which object to *look* at, never what to
believe about it. The row is what is owed; the broker's message is only a nudge, and the sweeper
finds rows whose nudge was lost.
"""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import fraud, gateway, mandates, payouts, recurring, sync
from campaigns.models import InboxEvent

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
MAX_ATTEMPTS = 20
# As long as a look may take whose every call is answered at the last moment, and some more.
LEASE = timedelta(seconds=4 * settings.STRIPE_TIMEOUT_SECONDS + 10)
BATCH = 20

# What we ask Stripe to send us (Stripe's dashboard, or `manage.py register_webhook`).
EVENTS = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.succeeded",
    "charge.failed",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.updated",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.upcoming",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "setup_intent.succeeded",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
]

# What is looked at by its own id.
_LOOKED_AT = frozenset(
    {
        "payment_intent",
        "checkout.session",
        "subscription",
        "customer",
        "setup_intent",
        "payout",
        "radar.early_fraud_warning",
    }
)


class Refused(Exception):
    """The event is not stored. `status` is HTTP's, `str()` a sentence for Stripe's dashboard."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Accepted:
    """`new` is False for one we had; `because` says why it needs no work, else empty."""

    new: bool
    because: str = ""


_STORE = """
INSERT INTO campaigns_inboxevent (stripe_id, type, object_id, payload, created_at, processed_at,
    outcome, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (stripe_id) DO NOTHING RETURNING id
"""


def object_to_look_at(event: dict[str, Any]) -> str:
    """The id of the PaymentIntent, Checkout Session, SetupIntent, subscription, customer, payout or
    early fraud warning to look at for an event; else empty."""
    about = event["data"]["object"]
    kind = about.get("object")
    if kind in _LOOKED_AT:
        return str(about.get("id") or "")
    if kind in ("charge", "refund", "dispute"):
        intent = about.get("payment_intent")
        return str((intent.get("id") if isinstance(intent, dict) else intent) or "")
    if kind == "invoice":
        # An upcoming one is a preview: only its subscription can be looked at.
        details = (about.get("parent") or {}).get("subscription_details") or {}
        named = details.get("subscription")
        return str((named.get("id") if isinstance(named, dict) else named) or "")
    if kind == "payment_method":
        return str(about.get("customer") or "")
    return ""


def accept_event(body: bytes, signature: str) -> Accepted:
    """Verify and store one event; raises Refused. One INSERT, whatever the event says.

    https://docs.stripe.com/webhooks: a 2xx at once, else Stripe sends it again for three days.
    An event of another mode or account, or of a type we do not know, is kept as explained.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refused(413, "The event is larger than any Stripe sends.")
    if not signature:
        raise Refused(400, "The Stripe-Signature header is missing.")
    try:
        gateway.verify_signature(body, signature)
    except gateway.BadSignature:
        raise Refused(400, "The signature is wrong or too old.") from None
    try:
        event = json.loads(body)
        if b"\\u0000" in body:
            event = _storable(event)
        stripe_id, kind = str(event["id"])[:120], str(event["type"])[:80]
        created = datetime.fromtimestamp(int(event["created"]), UTC)
        look_at = object_to_look_at(event)[:120]
        event = _without_people(event)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise Refused(400, "The body is not a Stripe event.") from None
    because = _needs_no_work(event, look_at)
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                stripe_id,
                kind,
                look_at,
                json.dumps(event),
                created,
                timezone.now() if because else None,
                because,
            ],
        )
        new = cursor.fetchone() is not None
    return Accepted(new, because)


def _storable(value: Any) -> Any:
    """The same without NUL characters, which PostgreSQL keeps in no text."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return value


# Where Stripe's objects name who pays. Nothing of ours reads them from an event: what is not kept
# need not be erased.
_PEOPLE: Final = frozenset(
    "billing_details customer_details collected_information shipping receipt_email customer_email "
    "customer_name customer_address customer_phone customer_shipping email name phone address "
    "account_holder_name".split()
)


def _without_people(value: Any) -> Any:
    """The same event with null for names and addresses."""
    if isinstance(value, list):
        return [_without_people(each) for each in value]
    if isinstance(value, dict):
        return {k: None if k in _PEOPLE else _without_people(v) for k, v in value.items()}
    return value


def _needs_no_work(event: dict[str, Any], look_at: str) -> str:
    if bool(event.get("livemode")) != settings.STRIPE_LIVE:
        return "not ours: live and test mode differ"
    account = event.get("account")
    if account and account != settings.STRIPE_ACCOUNT:
        return "not ours: of another account"
    if event["type"] not in EVENTS or not look_at:
        return "nothing to look at in this type of event"
    return ""


# ------------------------------------------------------------------ working it off

_CLAIM = """
UPDATE campaigns_inboxevent SET next_attempt_at = %(until)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM campaigns_inboxevent
    WHERE processed_at IS NULL AND next_attempt_at <= %(now)s AND attempts < %(most)s
    ORDER BY next_attempt_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
RETURNING id, object_id, attempts
"""


def work_off() -> int:
    """Work off one batch of what is owed; returns how many events it took up.

    Events about one object need one look. The claim is a lease: what a killed worker held is
    taken up again after it.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {"now": now, "until": now + LEASE, "most": MAX_ATTEMPTS, "batch": BATCH},
        )
        claimed = cursor.fetchall()
    by_object: dict[str, list[tuple[int, int]]] = {}
    for event_id, object_id, attempts in claimed:
        by_object.setdefault(object_id, []).append((event_id, attempts))
    for object_id, events in by_object.items():
        _look(object_id, max(attempts for _id, attempts in events))
    return len(claimed)


def _look(object_id: str, attempts: int) -> None:
    """Look at one object and settle every event about it that we had before we looked."""
    started = timezone.now()
    owed = InboxEvent.objects.filter(object_id=object_id, processed_at=None)
    newest = owed.order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        return
    before = owed.filter(id__lte=newest)
    try:
        outcome = _looked_at(object_id)
    except gateway.GatewayError as error:
        if error.missing:
            before.update(
                processed_at=started,
                outcome="not there at Stripe",
                last_error=str(error),
            )
            return
        _later(before, attempts, error)
    except Exception as error:
        # Kept on the row and shown on the desk; the other objects of the batch go on.
        log.exception("inbox: %s failed", object_id)
        _later(before, attempts, error)
    else:
        before.update(processed_at=timezone.now(), outcome=outcome[:200], last_error="")


def _looked_at(object_id: str) -> str:
    """Look at it by its kind; says what came of it."""
    if object_id.startswith("cs_"):
        return sync.sync_checkout(object_id)
    if object_id.startswith("seti_"):
        session = mandates.session_of(object_id)
        return sync.sync_checkout(session) if session else f"not ours: {object_id}"
    if object_id.startswith("sub_"):
        found = recurring.sync_subscription(object_id)
        return f"synced {object_id}: {found.state}" if found else f"not ours: {object_id}"
    if object_id.startswith("cus_"):
        return recurring.sync_customer(object_id)
    if object_id.startswith("po_"):
        payout = payouts.sync_payout(object_id)
        return f"synced {payout.stripe_id}: {payout.state}"
    if object_id.startswith("issfr_"):
        return fraud.sync_warning(object_id)
    payment = sync.sync_payment(object_id)
    return f"synced {payment.stripe_id}: {payment.state}"


def _later(events: QuerySet[InboxEvent], attempts: int, error: Exception) -> None:
    delay = timedelta(seconds=min(2 ** min(attempts, 12), 3600))
    events.update(next_attempt_at=timezone.now() + delay, last_error=f"{error}"[:2000])


def try_again(event_ids: list[int]) -> int:
    """Owe events anew that had failed too often; returns how many."""
    return InboxEvent.objects.filter(pk__in=event_ids, processed_at=None).update(
        attempts=0, next_attempt_at=timezone.now()
    )


def failed_events() -> QuerySet[InboxEvent]:
    """Events given up on after MAX_ATTEMPTS."""
    return InboxEvent.objects.filter(processed_at=None, attempts__gte=MAX_ATTEMPTS)


def waiting_events() -> QuerySet[InboxEvent]:
    """Events still owed."""
    return InboxEvent.objects.filter(processed_at=None, attempts__lt=MAX_ATTEMPTS)
