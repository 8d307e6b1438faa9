"""Unattributed money given to a campaign by staff: two opposite entries, with a reason, and undone
by two more. What goes back of it later follows it (`ledger.attributed`)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from campaigns import ledger
from campaigns.models import Attribution, Campaign, EntryKind, LedgerEntry
from campaigns.sync import alone_with
from newsroom.audit import log
from newsroom.money import Money
from newsroom.readers.models import Reader


class NotAttributed(Exception):
    """The money cannot be moved so; the text is a sentence for staff."""


def charge_of(entry: LedgerEntry) -> str:
    """What names the charge of a stray entry: one made without a payment has no other name."""
    return entry.charge_id or entry.source_key


def left_of(charge_id: str, campaign: Campaign | None = None) -> int:
    """Minor units of a charge that stand in `campaign` (None: in none), from the ledger."""
    entries = _entries(charge_id).filter(campaign=campaign, donation=None)
    return int(entries.aggregate(sum=Sum("amount", default=0))["sum"])


def _entries(charge_id: str) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(Q(charge_id=charge_id) | Q(source_key=charge_id))


def attribute(
    entry: LedgerEntry, campaign: Campaign, *, reason: str, by: Reader, moment: datetime
) -> Attribution:
    """Give what is left of a stray charge to `campaign`. Raises NotAttributed.

    It counts from now on; it is no donation, so it has no donor, no match and no tax receipt.
    """
    reason, charge = _said(reason), charge_of(entry)
    with alone_with(_lock(entry)), transaction.atomic():
        if entry.kind != EntryKind.CHARGE or entry.donation_id:
            raise NotAttributed(_("Only money that belongs to no gift can be attributed."))
        if ledger.attributed([charge]):
            raise NotAttributed(_("It is attributed already: undo that first."))
        amount = left_of(charge)
        if amount <= 0:
            raise NotAttributed(_("Nothing is left of it: it went back."))
        if entry.currency != campaign.currency:
            raise NotAttributed(_("The campaign is in another currency."))
        if campaign.ends_at and entry.occurred_at >= campaign.ends_at:
            raise NotAttributed(
                _("It came after the campaign’s deadline: choose the default campaign.")
            )
        given = Attribution.objects.create(
            charge_id=charge, campaign=campaign, amount=amount, reason=reason, made_by=by
        )
        ledger.append(
            [
                _entry(entry, given, None, -amount, EntryKind.ATTRIBUTED, moment),
                _entry(entry, given, campaign, amount, EntryKind.ATTRIBUTED, moment),
            ]
        )
        _record(by, "attributed", given, _money(given, entry), f"to {campaign.title}: {reason}")
    return given


def undo(given: Attribution, *, reason: str, by: Reader, moment: datetime) -> Attribution:
    """Take what is left of attributed money out of its campaign again. Undone twice it is undone
    once. Raises NotAttributed."""
    reason = _said(reason)
    charges = _entries(given.charge_id).filter(kind=EntryKind.CHARGE)
    first = charges.select_related("payment").get()
    with alone_with(_lock(first)), transaction.atomic():
        given = Attribution.objects.select_for_update(of=("self",)).get(pk=given.pk)
        if given.undone_at:
            return given
        amount = left_of(given.charge_id, given.campaign)
        given.undone_at, given.undone_by, given.undone_reason = moment, by, reason
        given.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        if amount > 0:
            kind = EntryKind.ATTRIBUTION_UNDONE
            ledger.append(
                [
                    _entry(first, given, given.campaign, -amount, kind, moment),
                    _entry(first, given, None, amount, kind, moment),
                ]
            )
        _record(by, "undid", given, _money(given, first), f"Attribution undone: {reason}")
    return given


def _entry(
    of: LedgerEntry,
    given: Attribution,
    campaign: Campaign | None,
    amount: int,
    kind: EntryKind,
    moment: datetime,
) -> LedgerEntry:
    way = "in" if amount > 0 else "out"
    return LedgerEntry(
        source_key=f"attribution:{given.pk}:{kind}:{way}",
        kind=kind,
        reporting_category="",
        amount=amount,
        currency=of.currency,
        settlement_amount=0,
        settlement_currency=of.settlement_currency,
        occurred_at=moment,
        payment=of.payment,
        campaign=campaign,
        charge_id=given.charge_id,
    )


def _lock(entry: LedgerEntry) -> str:
    """The lock that the payment's own sync takes: what goes back meanwhile waits."""
    return entry.payment.stripe_id if entry.payment else charge_of(entry)


def _money(given: Attribution, entry: LedgerEntry) -> str:
    return Money(given.amount, entry.currency).show("en", cents=True)


def _record(by: Reader, verb: str, given: Attribution, money: str, words: str) -> None:
    log.record(
        by,
        verb,
        given,
        f"{money} {words}"[:300],
        amount=given.amount,
        campaign=given.campaign_id,
        charge=given.charge_id,
    )


def _said(reason: str) -> str:
    if not (said := " ".join(reason.split())):
        raise NotAttributed(_("Give a reason."))
    return said[:200]
