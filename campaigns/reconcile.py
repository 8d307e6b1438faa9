"""Comparing our ledger with Stripe's own books, and mending what is missing.

Every balance transaction Stripe lists must be in the ledger with the same amount, fee and
category; every entry of ours must be on Stripe's list. What is missing is mended by
`sync_payment`; money that belongs to no payment is written as unattributed; what still differs
is a difference, kept and shown. A bank debit that Stripe has booked and the bank has not yet
answered is awaited: it is in the ledger only when it has arrived.

Both lists are read side by side, the newest first, a page at a time: memory does not grow with
the number of transactions, and a comparison of everything that was cut off goes on where it was.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns import fraud, gateway, ledger, payouts, recurring, sync
from campaigns.counting import kind_of, source_key
from campaigns.models import LedgerEntry, Payment, PaymentState, Reconciliation
from campaigns.states import contradicts

Listed = TypeVar("Listed")
PAGE = 100
# Two at once would both write the same stray movement: the second waits for the first.
WAIT_SECONDS = 600
# What was cut off longer ago is begun anew: its first pages are too old to stand for today.
RESUMED_WITHIN = timedelta(hours=20)
DIFFERENCES_KEPT = 1000

OnPage = Callable[[Reconciliation], None]


def reconcile(since: datetime | None = None, *, on_page: OnPage | None = None) -> Reconciliation:
    """Compare everything from `since` (None: from the beginning) and keep the result.

    A comparison from the beginning that was cut off within `RESUMED_WITHIN` goes on where it
    was. Raises gateway.GatewayError when Stripe cannot be read to the end; the run then has no
    `finished_at`, keeps its place, and nothing it mended is undone.
    """
    which = "reconciliation of all" if since is None else "reconciliation"
    with sync.alone_with(which, seconds=WAIT_SECONDS):
        now = timezone.now()
        run = unfinished(now) if since is None else None
        run = run or Reconciliation.objects.create(since=since, started_at=now)
        return _compare(run, on_page)


def unfinished(moment: datetime) -> Reconciliation | None:
    """The comparison of everything that was cut off, if it may go on: the newest of its kind."""
    last = Reconciliation.objects.filter(since=None).order_by("-pk").first()
    if last is None or last.finished_at or not last.place:
        return None
    return last if moment - last.started_at < RESUMED_WITHIN else None


def _compare(run: Reconciliation, on_page: OnPage | None) -> Reconciliation:
    for page in _pages(gateway.transactions(run.since, str(run.place.get("after", "")))):
        run.compared += len(page)
        run.repaired += _mend(page)
        _found(run, _differences(page))
        _found(run, _not_at_stripe(run, page))
        run.save()
        if on_page:
            on_page(run)
    _found(run, _not_at_stripe(run, []))
    _look_at_disputes(run.since)
    _compare_payouts(run)
    fraud.catch_up(run.since)
    recurring.catch_up(run.since)
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


def _found(run: Reconciliation, differences: list[dict[str, object]]) -> None:
    run.differing += len(differences)
    run.differences = (run.differences + differences)[:DIFFERENCES_KEPT]


def _kept(page: list[gateway.Transaction]) -> dict[str, LedgerEntry]:
    keys = [source_key(t.id) for t in page]
    return {e.source_key: e for e in LedgerEntry.objects.filter(source_key__in=keys)}


def _mend(page: list[gateway.Transaction]) -> int:
    kept = _kept(page)
    missing = [t for t in page if source_key(t.id) not in kept]
    if not missing:
        return 0
    # Stripe lists the newest first; a match is given to the oldest first.
    for payment_intent in dict.fromkeys(t.payment_intent for t in reversed(missing)):
        if payment_intent:
            sync.sync_payment(payment_intent)
    with sync.alone_with("stray movements", seconds=WAIT_SECONDS):
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
    missing = [t for t in page if source_key(t.id) not in kept]
    awaited = _awaited({t.payment_intent for t in missing if t.payment_intent})
    found = [
        _difference(t.id, "missing", None, t.amount)
        for t in missing
        if t.payment_intent not in awaited
    ]
    for t in page:
        entry = kept.get(source_key(t.id))
        if entry is None:
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


def _awaited(payment_intents: set[str]) -> set[str | None]:
    """Those of them whose bank has not answered yet."""
    if not payment_intents:
        return set()
    waiting = Payment.objects.filter(stripe_id__in=payment_intents, state=PaymentState.PROCESSING)
    return set(waiting.values_list("stripe_id", flat=True))


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


def _compare_payouts(run: Reconciliation) -> None:
    """Each payout is what its movements come to."""
    for page in _pages(gateway.payouts(run.since)):
        _found(
            run,
            [
                _difference(payout.stripe_id, "payout", payout.come_to, payout.amount)
                for payout in payouts.bring_up(page)
                if not payout.equal
            ],
        )


def _not_at_stripe(run: Reconciliation, page: list[gateway.Transaction]) -> list[dict[str, object]]:
    """Entries of ours in the stretch of time that `page` closes and that Stripe did not list.

    Stripe's list may tell of one moment on two pages, so a page closes what is newer than its
    oldest moment; an empty one closes all that is left. What was recorded after the run began
    is left to the next one.
    """
    ours = LedgerEntry.objects.filter(
        source_key__startswith="stripe:", recorded_at__lt=run.started_at
    )
    if run.since:
        ours = ours.filter(occurred_at__gte=run.since)
    if reached := parse_datetime(str(run.place.get("reached", ""))):
        ours = ours.filter(occurred_at__lte=reached)
    listed = set(run.place.get("same", [])) | {source_key(t.id) for t in page}
    if page:
        oldest = min(t.created for t in page)
        ours = ours.filter(occurred_at__gt=oldest)
        same = [source_key(t.id) for t in page if t.created == oldest]
        if reached == oldest:
            same += run.place["same"]
        run.place = {"after": page[-1].id, "reached": oldest.isoformat(), "same": same}
    strangers = ours.exclude(source_key__in=listed).values_list("source_key", "settlement_amount")
    return [
        _difference(key.removeprefix("stripe:"), "not at Stripe", amount, None)
        for key, amount in strangers[:DIFFERENCES_KEPT]
    ]
