"""A donation moved to another campaign by staff: two opposite entries for each of its charges.

The gift keeps its donor, its moment at Stripe and its receipts. What a sponsor added to it in the
old campaign goes back with it, as if the gift went back; no sponsor of the new campaign adds to it,
for its match was due when it came. Moved back, it gets its old match again as far as there is room
(`campaigns/matching.py`). What goes back of it later follows it (`campaigns/sync.py`).
"""

from contextlib import ExitStack
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from campaigns import ledger, origins
from campaigns.models import Campaign, Donation, EntryKind, LedgerEntry
from campaigns.purging import campaign_paths
from campaigns.sync import alone_with
from newsroom.audit import log
from newsroom.edge import purges
from newsroom.money import Money
from newsroom.readers.models import Reader


class NotMoved(Exception):
    """The donation cannot be moved so; the text is a sentence for staff."""


def move(
    donation: Donation, campaign: Campaign, *, reason: str, by: Reader, moment: datetime
) -> int:
    """Move what stands of `donation` to `campaign`; minor units that moved. Raises NotMoved.

    It counts there from `moment` on; the entries that were stay as they are.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NotMoved(_("Give a reason."))
    with ExitStack() as alone:
        # Nothing of it goes back meanwhile.
        for payment in donation.payments.order_by("stripe_id"):
            alone.enter_context(alone_with(payment.stripe_id))
        alone.enter_context(transaction.atomic())
        held = Donation.objects.select_for_update(of=("self",), no_key=True)
        donation = held.select_related("campaign").get(pk=donation.pk)
        _check(donation, campaign)
        left = _standing(donation)
        ledger.append(
            entry
            for charge, at, amount in left
            if at != campaign.pk
            for entry in _two(donation, charge, at, campaign, amount, moment)
        )
        moved = sum(amount for _charge, at, amount in left if at != campaign.pk)
        if not moved:
            raise NotMoved(_("It stands in that campaign already."))
        was = donation.campaign
        with connection.cursor() as cursor:
            origins.leave_funnel(cursor, donation.pk)
            donation.campaign = campaign
            donation.save(update_fields=["campaign"])
            origins.enter_funnel(cursor, donation.pk)
        log.record(
            by,
            "moved",
            donation,
            f"Moved {Money(moved, donation.currency).show('en', cents=True)} from "
            f"{was.title} to {campaign.title}: {reason}"[:300],
            amount=moved,
            source=was.pk,
            campaign=campaign.pk,
        )
        paths = {*campaign_paths(was), *campaign_paths(campaign)}
        purges.owe(f"moved:{donation.pk}:{uuid4()}", sorted(paths))
    return moved


def _check(donation: Donation, campaign: Campaign) -> None:
    if donation.currency != campaign.currency:
        raise NotMoved(_("The campaign is in another currency."))
    if donation.payments.exclude(on_its_way=0).exists():
        raise NotMoved(_("Its money is still on its way: wait until it has arrived."))
    if donation.net <= 0 or donation.received_at is None:
        raise NotMoved(_("Nothing of it stands in the books."))
    if donation.received_at < campaign.starts_at:
        raise NotMoved(_("That campaign had not begun when the gift came."))
    if campaign.ends_at and donation.received_at >= campaign.ends_at:
        raise NotMoved(_("It came after that campaign’s deadline: choose the default campaign."))


def _standing(donation: Donation) -> list[tuple[str, int, int]]:
    """(charge, campaign, minor units that stand there) of each charge of the donation."""
    sums = (
        LedgerEntry.objects.filter(donation=donation, campaign__isnull=False)
        .exclude(charge_id="")
        .values_list("charge_id", "campaign")
        .annotate(left=Sum("amount"))
        .filter(left__gt=0)
        .order_by("charge_id", "campaign")
    )
    return [(charge, campaign, int(left)) for charge, campaign, left in sums]


def _two(
    donation: Donation, charge: str, at: int, campaign: Campaign, amount: int, moment: datetime
) -> list[LedgerEntry]:
    """Out of where it stands, into `campaign`. Each move of a charge has a number of its own."""
    of = LedgerEntry.objects.filter(charge_id=charge, donation=donation)
    first = of.filter(kind__in=[EntryKind.CHARGE, EntryKind.OFFLINE]).order_by("pk").first()
    assert first is not None
    last = of.aggregate(last=Max("pk", filter=~Q(kind=EntryKind.MATCH)))["last"]
    sides = [
        (EntryKind.MOVED_OUT, Campaign.objects.get(pk=at), -amount),
        (EntryKind.MOVED_IN, campaign, amount),
    ]
    return [
        LedgerEntry(
            source_key=f"move:{charge}:{last}:{kind}",
            kind=kind,
            reporting_category="",
            amount=moves,
            currency=donation.currency,
            settlement_amount=0,
            settlement_currency=first.settlement_currency,
            occurred_at=moment,
            payment=first.payment,
            donation=donation,
            campaign=side,
            article_id=first.article_id,
            charge_id=charge,
        )
        for kind, side, moves in sides
    ]
