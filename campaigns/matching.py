"""What a sponsor adds to a donation, and what of it ends when the donation goes back.

A match is given in the order in which donations are committed: `due` is asked by the ledger while
the campaign's total is locked, so that two donations never share the same room. Room that a
refund frees serves later donations only; a dispute won gets back what was taken, as far as there
is room.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from campaigns.models import Donation, EntryKind, LedgerEntry, Match
from campaigns.models.ledger import GIFTS
from newsroom.money import Money


@dataclass(frozen=True, slots=True)
class Matched:
    """A charge as its match sees it; minor units. `net` is what is left of the charge, `granted`
    what the match added at first (None: it was never asked), `standing` what of that stands,
    `for_fee` what of the charge was meant for the card's fee: it is never matched."""

    net: int
    granted: int | None
    standing: int
    for_fee: int = 0


def change(matched: Matched, percent: int, room: int) -> int:
    """How much the match moves now: up when it grants, down when the charge goes back."""
    earned = max(0, matched.net - matched.for_fee) * percent // 100
    if matched.granted is not None:
        earned = min(earned, matched.granted)
    return min(earned - matched.standing, room)


def due(entry: LedgerEntry, charged_at: datetime) -> LedgerEntry | None:
    """The match entry that follows from `entry` (just written, its campaign's total locked).

    `charged_at` is when the donor's money was asked for, which decides whether the match ran.
    """
    if not entry.charge_id or entry.kind in (EntryKind.MATCH, EntryKind.OTHER):
        return None
    entries = LedgerEntry.objects.filter(charge_id=entry.charge_id, campaign=entry.campaign_id)
    first = entries.filter(kind=EntryKind.MATCH).order_by("id").first()
    if first is None and entry.kind not in GIFTS:
        return None
    match = _promise(entry, first, charged_at)
    if match is None:
        return None
    sums = entries.aggregate(
        net=Sum("amount", filter=~Q(kind=EntryKind.MATCH), default=0),
        standing=Sum("amount", filter=Q(kind=EntryKind.MATCH), default=0),
    )
    granted = first.amount if first else None
    for_fee = entry.donation.for_fee if entry.donation else 0
    matched = Matched(sums["net"], granted, sums["standing"], for_fee)
    amount = change(matched, match.percent, match.room)
    if amount == 0:
        return None
    return LedgerEntry(
        source_key=f"match:{match.pk}:{entry.source_key}",
        kind=EntryKind.MATCH,
        reporting_category="",
        amount=amount,
        currency=entry.currency,
        settlement_amount=0,
        settlement_currency=entry.currency,
        occurred_at=entry.occurred_at,
        payment=entry.payment,
        campaign=entry.campaign,
        match=match,
        charge_id=entry.charge_id,
    )


def match_for(campaign: int, moment: datetime) -> Match | None:
    """The campaign's match that runs at `moment` and has room; the oldest of several."""
    found = Match.objects.filter(campaign=campaign, starts_at__lte=moment)
    return next((m for m in found.order_by("id") if m.runs(moment) and m.room > 0), None)


def added_to(donation: Donation) -> Money | None:
    """What sponsors added to a donation and still stands; None when nothing."""
    entries = LedgerEntry.objects.filter(payment__donation=donation, kind=EntryKind.MATCH)
    amount = entries.aggregate(sum=Sum("amount", default=0))["sum"]
    return Money(amount, donation.currency) if amount else None


def _promise(entry: LedgerEntry, first: LedgerEntry | None, charged_at: datetime) -> Match | None:
    if first is not None and first.match_id:
        return Match.objects.select_for_update().get(pk=first.match_id)
    assert entry.campaign_id
    found = match_for(entry.campaign_id, charged_at)
    return Match.objects.select_for_update().get(pk=found.pk) if found else None
