"""Payouts: what Stripe sent to the bank account, and the movements it is made of.

Each balance transaction is in one payout, and a payout's amount is what its movements come to, to
the cent (https://docs.stripe.com/payouts/reconciliation). Which of them arrived, the bank knows:
`bank_import.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone

from campaigns import bank_import, gateway, sync
from campaigns.models import BankLine, LedgerEntry, LineFate, Payout, PayoutLine, PayoutState

BATCH = 500
# Stripe's `reporting_category` by what staff call it; all else is "other".
SHARES = {
    "gifts": ("charge", "charge_failure"),
    "refunds": ("refund", "refund_failure", "partial_capture_reversal"),
    "disputes": ("dispute", "dispute_reversal"),
}
_ON_THE_WAY = (PayoutState.PENDING, PayoutState.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts of payouts: on the way to the bank; missing (see `missing`); on a statement with
    another amount; sent back by the bank in the last days."""

    in_transit: int
    missing: int
    differing: int
    failed: int


def sync_payout(stripe_id: str) -> Payout:
    """Ask Stripe about one payout and keep what it says; its movements once they are known.

    Raises gateway.GatewayError when Stripe cannot be asked; then nothing has changed.
    """
    with sync.alone_with(stripe_id):
        facts = gateway.payout(stripe_id)
        kept = Payout.objects.filter(stripe_id=stripe_id, listed=True).exists()
        listed = facts.listed and not kept
        lines = list(gateway.payout_transactions(stripe_id)) if listed else []
        with transaction.atomic():
            return _write(facts, lines, listed=listed)


def _write(facts: gateway.Payout, lines: list[gateway.Transaction], *, listed: bool) -> Payout:
    payout, _made = Payout.objects.update_or_create(
        stripe_id=facts.id,
        defaults={
            "amount": facts.amount,
            "currency": facts.currency,
            "state": facts.status,
            "created_at": facts.created,
            "arrives_on": facts.arrival.date(),
            "failure": facts.failure_code,
            "trace": facts.trace,
            "synced_at": timezone.now(),
        },
    )
    if listed:
        own = [line for line in lines if line.id != facts.transaction]
        PayoutLine.objects.bulk_create(
            [
                PayoutLine(
                    payout=payout,
                    transaction=line.id,
                    category=line.reporting_category,
                    amount=line.amount,
                    fee=line.fee,
                    occurred_at=line.created,
                )
                for line in own
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        _add_up(payout)
    bank_import.find_again(payout)
    return payout


def _add_up(payout: Payout) -> None:
    """The sums of its lines by what staff call them."""
    lines = payout.lines.all()
    known = [category for categories in SHARES.values() for category in categories]
    shares = {
        name: Sum("amount", filter=Q(category__in=categories), default=0)
        for name, categories in SHARES.items()
    }
    sums = lines.aggregate(
        **shares,
        other=Sum("amount", filter=~Q(category__in=known), default=0),
        taken=Sum("fee", default=0),
    )
    payout.gifts, payout.refunds = sums["gifts"], sums["refunds"]
    payout.disputes, payout.other = sums["disputes"], sums["other"]
    payout.fees = -sums["taken"]
    payout.movements = lines.count()
    payout.listed = True
    payout.save()


def bring_up(page: Iterable[gateway.Payout]) -> list[Payout]:
    """The payouts of a page of Stripe's list; those that changed are asked for again."""
    wanted = {facts.id: facts for facts in page}
    kept = {p.stripe_id: p for p in Payout.objects.filter(stripe_id__in=list(wanted))}
    for stripe_id, facts in wanted.items():
        known = kept.get(stripe_id)
        if known is None or known.state != facts.status or known.listed != facts.listed:
            kept[stripe_id] = sync_payout(stripe_id)
    return list(kept.values())


def waiting(moment: datetime) -> Waiting:
    """What of the payouts waits for something, or for somebody, at `moment`."""
    since = moment.date() - timedelta(days=settings.PAYOUT_MISSING_DAYS)
    on_the_way = Q(state__in=_ON_THE_WAY)
    failed = Q(state=PayoutState.FAILED, created_at__gte=moment - timedelta(days=14))
    payouts = Payout.objects.filter(on_the_way | failed).aggregate(
        in_transit=Count("pk", on_the_way), failed=Count("pk", failed)
    )
    lines = BankLine.objects.filter(undone=False).aggregate(
        begun=Min("day"), differing=Count("pk", Q(fate=LineFate.DIFFERS))
    )
    return Waiting(
        missing=_missing(since, lines["begun"]).count(), differing=lines["differing"], **payouts
    )


def missing(since: date) -> QuerySet[Payout]:
    """Payouts that should have arrived by `since`: still on the way, or on no bank statement.

    Statements tell of the days from the first one brought in: what Stripe says is paid out is not
    missing before.
    """
    return _missing(since, BankLine.objects.filter(undone=False).aggregate(day=Min("day"))["day"])


def _missing(since: date, begun: date | None) -> QuerySet[Payout]:
    late = Q(state__in=_ON_THE_WAY, arrives_on__lte=since)
    if begun is None:
        return Payout.objects.filter(late)
    seen = BankLine.objects.filter(undone=False, payout__isnull=False).values("payout")
    unseen = Q(state=PayoutState.PAID, arrives_on__gte=begun, arrives_on__lte=since)
    return Payout.objects.filter(late | unseen).exclude(pk__in=seen)


def donations_of(lines: Iterable[PayoutLine]) -> dict[str, int]:
    """The donation of each line that has one, by the line's transaction."""
    keys = [f"stripe:{line.transaction}" for line in lines]
    found = LedgerEntry.objects.filter(source_key__in=keys, donation__isnull=False)
    pairs = found.values_list(F("source_key"), "donation_id")
    return {key.removeprefix("stripe:"): donation for key, donation in pairs if donation}
