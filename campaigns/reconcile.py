"""Comparing our ledger with Stripe's own books, and mending what is missing.

Every balance transaction Stripe lists must be in the ledger with the same amount, fee and
category; every entry of ours must be on Stripe's list. What is missing is mended by
`sync_payment`; money that belongs to no payment is written as unattributed; what still differs
is a difference, kept and shown.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from campaigns import gateway, ledger, sync
from campaigns.counting import kind_of, source_key
from campaigns.models import LedgerEntry, Payment, PaymentState, Reconciliation
from campaigns.states import contradicts

Listed = TypeVar("Listed")
PAGE = 100
# Two at once would both write the same stray movement: the second waits for the first.
WAIT_SECONDS = 600


def reconcile(
    since: datetime | None = None, *, on_page: Callable[[int], None] | None = None
) -> Reconciliation:
    """Compare everything from `since` (None: from the beginning) and keep the result.

    Streams: memory does not grow with the number of transactions. Raises
    gateway.GatewayError when Stripe cannot be read to the end; the run then has no
    `finished_at`, and nothing it mended is undone.
    """
    with sync.alone_with("reconciliation", seconds=WAIT_SECONDS):
        return _compare(since, on_page)


def _compare(since: datetime | None, on_page: Callable[[int], None] | None) -> Reconciliation:
    run = Reconciliation.objects.create(since=since, started_at=timezone.now())
    for page in _pages(gateway.transactions(since)):
        run.compared += len(page)
        run.repaired += _mend(page)
        run.differences += _differences(page)
        if on_page:
            on_page(run.compared)
    run.differences += _not_at_stripe(run)
    _look_at_disputes(since)
    run.finished_at = timezone.now()
    run.save()
    return run


def _pages(listed: Iterator[Listed]) -> Iterator[list[Listed]]:
    page: list[Listed] = []
    for each in listed:
        page.append(each)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _kept(page: list[gateway.Transaction]) -> dict[str, LedgerEntry]:
    keys = [source_key(t.id) for t in page]
    return {e.source_key: e for e in LedgerEntry.objects.filter(source_key__in=keys)}


def _mend(page: list[gateway.Transaction]) -> int:
    kept = _kept(page)
    missing = [t for t in page if source_key(t.id) not in kept]
    if not missing:
        return 0
    for payment_intent in {t.payment_intent for t in missing if t.payment_intent}:
        sync.sync_payment(payment_intent)
    kept = _kept(page)
    _write_unattributed([t for t in missing if source_key(t.id) not in kept])
    kept = _kept(page)
    return sum(source_key(t.id) in kept for t in missing)


def _write_unattributed(page: list[gateway.Transaction]) -> None:
    """Movements of no payment (fees, payouts, charges made without one): counted nowhere."""
    entries = [
        LedgerEntry(
            source_key=source_key(t.id),
            kind=kind_of(t),
            reporting_category=t.reporting_category,
            amount=t.amount,
            currency=t.currency,
            fee=t.fee,
            settlement_amount=t.amount,
            settlement_currency=t.currency,
            occurred_at=t.created,
        )
        for t in page
        # A movement of a payment that could not be mended is a difference, not a stray.
        if not t.payment_intent
    ]
    if entries:
        with transaction.atomic():
            ledger.append(entries)


def _differences(page: list[gateway.Transaction]) -> list[dict[str, object]]:
    kept = _kept(page)
    found: list[dict[str, object]] = []
    for t in page:
        entry = kept.get(source_key(t.id))
        if entry is None:
            found.append(_difference(t.id, "missing", None, t.amount))
            continue
        pairs = [
            ("amount", entry.settlement_amount, t.amount),
            ("currency", entry.settlement_currency, t.currency),
            ("fee", entry.fee, t.fee),
            ("category", entry.reporting_category, t.reporting_category),
        ]
        found += [
            _difference(t.id, what, ours, theirs) for what, ours, theirs in pairs if ours != theirs
        ]
    return found


def _difference(transaction_id: str, what: str, ours: object, theirs: object) -> dict[str, object]:
    return {"transaction": transaction_id, "what": what, "ours": ours, "theirs": theirs}


def _look_at_disputes(since: datetime | None) -> None:
    """Look again at payments whose state is not what their dispute says: its event was lost."""
    for page in _pages(gateway.disputes(since)):
        states = dict(
            Payment.objects.filter(stripe_id__in=[intent for intent, _status in page]).values_list(
                "stripe_id", "state"
            )
        )
        for intent, status in page:
            if intent not in states or contradicts(status, PaymentState(states[intent])):
                sync.sync_payment(intent)


def _missing(run: Reconciliation) -> int:
    return sum(difference["what"] == "missing" for difference in run.differences)


def _not_at_stripe(run: Reconciliation) -> list[dict[str, object]]:
    """Entries of ours in the window that Stripe did not list.

    Counting is enough to know that there are none; only when the counts differ are the entries
    asked for one by one. What was recorded after the run began is left to the next one.
    """
    ours = LedgerEntry.objects.filter(
        source_key__startswith="stripe:", recorded_at__lt=run.started_at
    )
    if run.since:
        ours = ours.filter(occurred_at__gte=run.since)
    found = []
    if ours.count() + run.repaired + _missing(run) > run.compared:
        listed = {source_key(t.id) for t in gateway.transactions(run.since)}
        for entry in ours.iterator():
            if entry.source_key not in listed:
                found.append(
                    _difference(
                        entry.source_key.removeprefix("stripe:"),
                        "not at Stripe",
                        entry.settlement_amount,
                        None,
                    )
                )
    return found
