"""Stripe, as the rest of Waylight sees it: the only module that imports `stripe`.

Everything comes back as plain frozen values. Amounts are integers in minor units as Stripe
counts them; moments are aware, in UTC. Stripe's own retries (two, with the same idempotency
key) are on for every call.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

SIGNATURE_TOLERANCE_SECONDS = 300
# Where our id travels: on a donation's PaymentIntent, on a recurring donation's subscription.
DONATION_KEY = "waylight_donation"


class GatewayError(Exception):
    """Stripe did not do what was asked; `transient` means asking again may help."""

    def __init__(self, message: str, *, transient: bool, missing: bool = False) -> None:
        super().__init__(message)
        self.transient = transient
        self.missing = missing


class StoredFailure(GatewayError):
    """Stripe failed on its side and will replay this failure for the same idempotency key."""


class BadSignature(Exception):
    """The webhook was not signed with any of our secrets, or too long ago."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A Checkout Session. `status`: open, complete or expired. One that only asked for a donor's
    agreement names its `setup_intent` and `customer`."""

    id: str
    url: str
    status: str
    payment_intent: str | None
    expires_at: datetime
    setup_intent: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A balance transaction: `amount`, `fee`, `net` in the settlement currency."""

    id: str
    amount: int
    currency: str
    fee: int
    reporting_category: str
    created: datetime
    source: str | None = None
    payment_intent: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    id: str
    amount: int
    currency: str
    status: str
    created: datetime
    transaction: Transaction | None
    failure_transaction: Transaction | None


@dataclass(frozen=True, slots=True)
class Dispute:
    id: str
    amount: int
    currency: str
    status: str
    created: datetime
    transactions: tuple[Transaction, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One try to take the money. `status`: succeeded, pending or failed.

    A bank debit may fail days later, with a `failure_transaction` when it was booked already.
    `fingerprint` is the same for the same card, whoever shows it; empty for other methods.
    """

    id: str
    amount: int
    currency: str
    status: str
    created: datetime
    method: str
    email: str
    name: str
    transaction: Transaction | None
    fingerprint: str = ""
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    failure_code: str = ""
    failure_transaction: Transaction | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """One gift of a recurring donation, as Stripe bills it.

    `status`: draft, open, paid, void or uncollectible. `notes` is the subscription's metadata.
    `first` says that it began the subscription; `payments` are its PaymentIntents; `to_confirm`
    that its donor's bank wants them to confirm it (3-D Secure).
    """

    id: str
    subscription: str
    notes: dict[str, str]
    first: bool
    amount: int
    currency: str
    status: str
    created: datetime
    tries: int
    next_try_at: datetime | None
    payments: tuple[str, ...] = ()
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A PaymentIntent with every charge, refund and dispute, as Stripe has them now.

    `invoice` is what it pays when it belongs to a subscription.
    """

    id: str
    amount: int
    currency: str
    status: str
    created: datetime
    metadata: dict[str, str]
    charges: tuple[Charge, ...]
    invoice: Invoice | None = None


@dataclass(frozen=True, slots=True)
class Payout:
    """Money sent to the bank account. `status`: pending, in_transit, paid, failed or canceled;
    `listed` once Stripe knows which movements are in it; `transaction` is its own."""

    id: str
    amount: int
    currency: str
    status: str
    created: datetime
    arrival: datetime
    listed: bool
    transaction: str
    failure_code: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """An issuer's word that a charge was fraud; `actionable` while it was neither refunded whole
    nor disputed."""

    id: str
    payment_intent: str | None
    fraud_type: str
    actionable: bool
    created: datetime


_local = threading.local()


def _client() -> stripe.StripeClient:
    """One client (and one kept-alive connection) per thread."""
    key = (settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    if getattr(_local, "key", None) != key:
        base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
        _local.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses=base,
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_SECONDS),
        )
        _local.key = key
    return _local.client


class _Calling:
    """Turns the SDK's errors into ours, whatever the call."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, stripe.StripeError):
            return
        status = error.http_status or 0
        message = f"{type(error).__name__} {status}: {error.user_message or error}"
        if status >= 500:
            raise StoredFailure(message, transient=True) from error
        transient = isinstance(
            error, stripe.APIConnectionError | stripe.RateLimitError
        ) or status in (409, 429)
        raise GatewayError(message, transient=transient, missing=status == 404) from error


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else value["id"]


# ------------------------------------------------------------------ Checkout


def _checkout(session: dict[str, Any]) -> Checkout:
    return Checkout(
        id=session["id"],
        url=session.get("url") or "",
        status=session["status"],
        payment_intent=_id(session.get("payment_intent")) or _paid_first(session),
        expires_at=_moment(session["expires_at"]),
        setup_intent=_id(session.get("setup_intent")) or "",
        customer=_id(session.get("customer")) or "",
    )


def _paid_first(session: dict[str, Any]) -> str | None:
    """What paid the first invoice of the subscription that a session began."""
    invoice = session.get("invoice")
    found = read_invoice(invoice) if isinstance(invoice, dict) else None
    return found.payments[0] if found and found.payments else None


def create_checkout(parameters: dict[str, Any], key: str) -> Checkout:
    """Create a Checkout Session; the same `key` and `parameters` give the same one for a day.

    https://docs.stripe.com/api/checkout/sessions/create. Raises GatewayError; StoredFailure
    when only a new key can succeed.
    """
    with _Calling():
        return _checkout(
            _client()
            .v1.checkout.sessions.create(parameters, {"idempotency_key": key})  # type: ignore[arg-type]
            .to_dict()
        )


def checkout(session_id: str) -> Checkout:
    """A session as it is now; one that began a subscription names what paid its first gift."""
    with _Calling():
        asked = {"expand": ["invoice.payments"]}
        return _checkout(_client().v1.checkout.sessions.retrieve(session_id, asked).to_dict())  # type: ignore[arg-type]


def expire_checkout(session_id: str) -> None:
    """Close an open session so that nobody pays it. One already paid or expired stays so."""
    try:
        with _Calling():
            _client().v1.checkout.sessions.expire(session_id)
    except GatewayError as error:
        if error.transient:
            raise


# ------------------------------------------------------------------ payments


def _transaction(value: Any) -> Transaction | None:
    if not isinstance(value, dict):
        return None
    source = value.get("source")
    return Transaction(
        id=value["id"],
        amount=value["amount"],
        currency=value["currency"],
        fee=value["fee"],
        reporting_category=value["reporting_category"],
        created=_moment(value["created"]),
        source=_id(source),
        payment_intent=_id(source.get("payment_intent")) if isinstance(source, dict) else None,
    )


def _refund(value: dict[str, Any]) -> Refund:
    return Refund(
        id=value["id"],
        amount=value["amount"],
        currency=value["currency"],
        status=value.get("status") or "",
        created=_moment(value["created"]),
        transaction=_transaction(value.get("balance_transaction")),
        failure_transaction=_transaction(value.get("failure_balance_transaction")),
    )


def _dispute(value: dict[str, Any]) -> Dispute:
    found = (_transaction(t) for t in value.get("balance_transactions") or [])
    return Dispute(
        id=value["id"],
        amount=value["amount"],
        currency=value["currency"],
        status=value["status"],
        created=_moment(value["created"]),
        transactions=tuple(t for t in found if t),
        reason=value.get("reason") or "",
    )


def payment_facts(payment_intent: str) -> PaymentFacts:
    """Ask Stripe for everything about one PaymentIntent, all pages.

    Charges are listed, since `latest_charge` hides earlier ones; refunds by charge.
    Raises GatewayError (`missing` when there is no such PaymentIntent).
    """
    v1 = _client().v1
    with _Calling():
        intent = v1.payment_intents.retrieve(payment_intent).to_dict()
        invoice = None
        if intent.get("customer") and DONATION_KEY not in (intent.get("metadata") or {}):
            invoice = _invoice_paid_by(v1, payment_intent)
        charges = []
        listed = v1.charges.list(
            {
                "payment_intent": payment_intent,
                "limit": 100,
                "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
            }
        )
        for each in listed.auto_paging_iter():
            charge = each.to_dict()
            refunds: tuple[Refund, ...] = ()
            disputes: tuple[Dispute, ...] = ()
            if charge["status"] == "succeeded" or charge["amount_refunded"]:
                refunds = tuple(
                    _refund(r.to_dict())
                    for r in v1.refunds.list(
                        {
                            "charge": charge["id"],
                            "limit": 100,
                            "expand": [
                                "data.balance_transaction",
                                "data.failure_balance_transaction",
                            ],
                        }
                    ).auto_paging_iter()
                )
            if charge.get("disputed"):
                disputes = tuple(
                    _dispute(d.to_dict())
                    for d in v1.disputes.list(
                        {"charge": charge["id"], "limit": 100}
                    ).auto_paging_iter()
                )
            charges.append(_charge(charge, refunds, disputes))
    return PaymentFacts(
        id=intent["id"],
        amount=intent["amount"],
        currency=intent["currency"],
        status=intent["status"],
        created=_moment(intent["created"]),
        metadata=dict(intent.get("metadata") or {}),
        charges=tuple(charges),
        invoice=invoice,
    )


def _invoice_paid_by(v1: Any, payment_intent: str) -> Invoice | None:
    """A subscription's payment carries none of our ids: its invoice says whose it is."""
    found = v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": payment_intent},
            "limit": 1,
            "expand": ["data.invoice"],
        }
    ).to_dict()["data"]
    return read_invoice(found[0]["invoice"]) if found else None


def read_invoice(invoice: dict[str, Any]) -> Invoice | None:
    """An invoice of a subscription; None for any other."""
    parent = (invoice.get("parent") or {}).get("subscription_details")
    if not parent:
        return None
    next_try = invoice.get("next_payment_attempt")
    listed = (invoice.get("payments") or {}).get("data", [])
    paid_by = [_id(each["payment"].get("payment_intent")) for each in listed]
    return Invoice(
        id=invoice["id"],
        subscription=_id(parent["subscription"]) or "",
        notes=dict(parent.get("metadata") or {}),
        first=invoice.get("billing_reason") == "subscription_create",
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        status=invoice["status"],
        created=_moment(invoice["created"]),
        tries=invoice["attempt_count"],
        next_try_at=_moment(next_try) if next_try else None,
        payments=tuple(each for each in paid_by if each),
    )


def _charge(
    charge: dict[str, Any], refunds: tuple[Refund, ...], disputes: tuple[Dispute, ...]
) -> Charge:
    billing = charge.get("billing_details") or {}
    details = charge.get("payment_method_details") or {}
    return Charge(
        id=charge["id"],
        amount=charge["amount"],
        currency=charge["currency"],
        status=charge["status"],
        created=_moment(charge["created"]),
        method=details.get("type") or "",
        email=(billing.get("email") or charge.get("receipt_email") or "").strip().lower(),
        name=billing.get("name") or "",
        transaction=_transaction(charge.get("balance_transaction")),
        fingerprint=(details.get("card") or {}).get("fingerprint") or "",
        refunds=refunds,
        disputes=disputes,
        failure_code=charge.get("failure_code") or "",
        failure_transaction=_transaction(charge.get("failure_balance_transaction")),
    )


def create_refund(payment_intent: str, amount: int, key: str) -> str:
    """Refund `amount` minor units; returns the refund's id. The same `key` refunds once."""
    with _Calling():
        return (
            _client()
            .v1.refunds.create(
                {"payment_intent": payment_intent, "amount": amount},
                {"idempotency_key": key},
            )
            .id
        )


def delete_customer(customer: str) -> None:
    """Forget a customer: name, address and cards; the payments stay, as Stripe's own law asks.

    https://docs.stripe.com/api/customers/delete. One that is gone already stays so.
    """
    try:
        with _Calling():
            _client().v1.customers.delete(customer)
    except GatewayError as error:
        if not error.missing:
            raise


# ------------------------------------------------------------------ the books


def every(
    listing: Callable[..., Any], since: datetime | None = None, **asked: Any
) -> Iterator[dict[str, Any]]:
    """Everything of one of Stripe's lists, newest first, page by page; from `since` on, if given.
    Raises GatewayError."""
    parameters = {"limit": 100, **asked}
    if since:
        parameters["created"] = {"gte": int(since.timestamp())}
    with _Calling():
        for each in listing(parameters).auto_paging_iter():
            yield each.to_dict()


def transactions(since: datetime | None, after: str = "") -> Iterator[Transaction]:
    """Every balance transaction from `since` on, newest first; those older than the one of id
    `after`, when given."""
    asked: dict[str, Any] = {"starting_after": after} if after else {}
    listing = _client().v1.balance_transactions.list
    found = map(_transaction, every(listing, since, expand=["data.source"], **asked))
    return (each for each in found if each)


def disputes(since: datetime | None) -> Iterator[tuple[str, str]]:
    """(PaymentIntent, status) of every dispute opened from `since` on, newest first."""
    for each in every(_client().v1.disputes.list, since):
        if intent := _id(each.get("payment_intent")):
            yield intent, each["status"]


# ------------------------------------------------------------------ payouts, warnings


def _payout(value: dict[str, Any]) -> Payout:
    trace = value.get("trace_id") or {}
    return Payout(
        id=value["id"],
        amount=value["amount"],
        currency=value["currency"],
        status=value["status"],
        created=_moment(value["created"]),
        arrival=_moment(value["arrival_date"]),
        # Only of automatic payouts does Stripe say what is in them.
        listed=bool(value["automatic"]) and value["reconciliation_status"] == "completed",
        transaction=_id(value.get("balance_transaction")) or "",
        failure_code=value.get("failure_code") or "",
        trace=trace.get("value") or "",
    )


def payout(payout_id: str) -> Payout:
    with _Calling():
        return _payout(_client().v1.payouts.retrieve(payout_id).to_dict())


def payouts(since: datetime | None) -> Iterator[Payout]:
    """Every payout made from `since` on, newest first."""
    return map(_payout, every(_client().v1.payouts.list, since))


def payout_transactions(payout_id: str) -> Iterator[Transaction]:
    """The balance transactions in a payout, its own among them."""
    found = map(_transaction, every(_client().v1.balance_transactions.list, payout=payout_id))
    return (each for each in found if each)


def _warning(value: dict[str, Any]) -> FraudWarning:
    return FraudWarning(
        id=value["id"],
        payment_intent=_id(value.get("payment_intent")),
        fraud_type=value["fraud_type"],
        actionable=value["actionable"],
        created=_moment(value["created"]),
    )


def fraud_warning(warning_id: str) -> FraudWarning:
    with _Calling():
        found = _client().v1.radar.early_fraud_warnings.retrieve(warning_id)
        return _warning(found.to_dict())


def fraud_warnings(since: datetime | None) -> Iterator[FraudWarning]:
    """Every early fraud warning from `since` on, newest first."""
    return map(_warning, every(_client().v1.radar.early_fraud_warnings.list, since))


# ------------------------------------------------------------------ webhooks


def verify_signature(body: bytes, header: str) -> None:
    """Raise BadSignature unless one of our secrets signed `body` within the last 300 s.

    https://docs.stripe.com/webhooks#verify-manually. Several secrets are valid at a time, so
    that one can be rotated without losing an event.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, SIGNATURE_TOLERANCE_SECONDS)
            return
        except (stripe.SignatureVerificationError, ValueError):
            continue
    raise BadSignature


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A webhook endpoint. `status`: enabled or disabled; `api_version` empty: the account's."""

    id: str
    url: str
    status: str
    events: frozenset[str]
    api_version: str


def api_version() -> str:
    """The version this code speaks: the installed SDK's own."""
    return str(stripe.api_version)


def register_webhook(url: str, events: list[str]) -> str:
    """Make a webhook endpoint at Stripe, at our API version, and return its signing secret."""
    with _Calling():
        made = _client().v1.webhook_endpoints.create(
            {"url": url, "enabled_events": events, "api_version": api_version()}  # type: ignore[typeddict-item]
        )
        return str(made.secret)


def webhooks() -> list[Endpoint]:
    """Every webhook endpoint of the account and mode of our key."""
    with _Calling():
        listed = _client().v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        return [
            Endpoint(e.id, e.url, e.status, frozenset(e.enabled_events), e.api_version or "")
            for e in listed
        ]


def change_webhook(endpoint: str, events: list[str]) -> None:
    """Ask that an endpoint hear exactly `events`, and that it be enabled."""
    with _Calling():
        _client().v1.webhook_endpoints.update(
            endpoint,
            {"enabled_events": events, "disabled": False},  # type: ignore[arg-type]
        )


def unreadable() -> dict[str, str]:
    """What our key may not read of all that the code asks for: Stripe's name, Stripe's reason.

    Rights to write cannot be tried without writing.
    """
    v1 = _client().v1
    asked: dict[str, Callable[[Any], Any]] = {
        "Checkout Sessions": v1.checkout.sessions.list,
        "PaymentIntents": v1.payment_intents.list,
        "Charges": v1.charges.list,
        "Refunds": v1.refunds.list,
        "Disputes": v1.disputes.list,
        "SetupIntents": v1.setup_intents.list,
        "Subscriptions": v1.subscriptions.list,
        "Invoices": v1.invoices.list,
        "Balance transactions": v1.balance_transactions.list,
        "Payouts": v1.payouts.list,
        "Early fraud warnings": v1.radar.early_fraud_warnings.list,
        "Webhook Endpoints": v1.webhook_endpoints.list,
    }
    refused = {}
    for name, ask in asked.items():
        try:
            with _Calling():
                ask({"limit": 1})
        except GatewayError as error:
            refused[name] = str(error)
    return refused
