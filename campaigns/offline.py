"""Offline gifts: entered by one person, above a limit looked at by a second, undone by an opposite
entry. They count on the bar, and are matched, like gifts by card."""

import uuid
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import calls, joining, ledger
from campaigns.giving import GivingError
from campaigns.models import (
    Campaign,
    Donation,
    DonationState,
    Donor,
    EntryKind,
    LedgerEntry,
    OfflineGift,
    OfflineState,
)
from campaigns.tax import settling
from newsroom.audit import log
from newsroom.readers.models import Reader

# Far above any gift, far below the column's end.
LARGEST = 10**13


class OfflineRefused(GivingError):
    """The gift cannot be entered, checked or undone so; the text is a sentence for staff."""


def needs_second_look(amount: int) -> bool:
    """Whether a gift of `amount` minor units waits for a second person."""
    return amount > settings.OFFLINE_SECOND_LOOK


def enter(gift: OfflineGift, *, by: Reader, today: date | None = None) -> OfflineGift:
    """Store a new gift, and book it unless it needs a second look. Raises OfflineRefused."""
    check(gift, today or timezone.now().astimezone(gift.campaign.zone).date())
    with transaction.atomic():
        gift.entered_by = by
        gift.state = OfflineState.WAITING
        gift.save(force_insert=True)
        log.record(
            by,
            "entered",
            gift,
            f"Entered {gift.money.show('en', cents=True)} received by {gift.method}",
            amount=gift.amount,
            currency=gift.campaign.currency,
            campaign=gift.campaign_id,
        )
        if not needs_second_look(gift.amount):
            _book(gift)
    return gift


def check(gift: OfflineGift, today: date) -> None:
    """Raise OfflineRefused for what cannot be: an amount or a day that makes no sense."""
    if not 0 < gift.amount <= LARGEST:
        raise OfflineRefused(_("Enter an amount above zero."))
    if gift.received_on > today:
        raise OfflineRefused(_("A gift cannot have been received on a day to come."))
    if gift.received_on < gift.campaign.starts_at.astimezone(gift.campaign.zone).date():
        raise OfflineRefused(_("The campaign had not begun on that day."))


def accept(gift: OfflineGift, *, by: Reader) -> OfflineGift:
    """The second look: book a waiting gift. Raises OfflineRefused for who entered it."""
    with transaction.atomic():
        gift = _locked(gift)
        if gift.state == OfflineState.BOOKED:
            return gift
        _must_wait(gift)
        if gift.entered_by_id == by.pk:
            raise OfflineRefused(_("You entered this gift: somebody else must look at it."))
        gift.decided_by = by
        _book(gift)
        log.record(by, "accepted", gift, f"Accepted {gift.money.show('en', cents=True)}")
    return gift


def refuse(gift: OfflineGift, *, by: Reader, reason: str) -> OfflineGift:
    """The second look says no; nothing was ever counted. Raises OfflineRefused."""
    with transaction.atomic():
        gift = _locked(gift)
        _must_wait(gift)
        gift.state, gift.decided_by, gift.reason = OfflineState.REFUSED, by, _said(reason)
        gift.save(update_fields=["state", "decided_by", "reason"])
        log.record(by, "refused", gift, f"Refused: {gift.reason}"[:300])
    return gift


def undo(gift: OfflineGift, *, by: Reader, reason: str, moment: datetime) -> OfflineGift:
    """Take a booked gift back off the bar by an opposite entry, as when a cheque bounces.

    Undone twice it is undone once. Raises OfflineRefused.
    """
    with transaction.atomic():
        gift = _locked(gift)
        if gift.state == OfflineState.UNDONE:
            return gift
        if gift.state != OfflineState.BOOKED or gift.donation is None:
            raise OfflineRefused(_("Only a gift in the books can be undone."))
        gift.state, gift.decided_by, gift.reason = OfflineState.UNDONE, by, _said(reason)
        gift.save(update_fields=["state", "decided_by", "reason"])
        first = LedgerEntry.objects.get(source_key=_key(gift))
        stands = gift.donation.entries.filter(kind=EntryKind.MOVED_IN).order_by("-pk").first()
        campaign = (stands or first).campaign
        ledger.append([_entry(gift, campaign, -first.amount, moment, undone=True)])
        gift.donation.state = DonationState.FAILED
        gift.donation.save(update_fields=["state"])
        settling.mark(gift.donation)
        log.record(by, "undid", gift, f"Undid an offline gift: {gift.reason}"[:300])
    return gift


def _book(gift: OfflineGift) -> None:
    moment = received_at(gift)
    gift.donation = Donation.objects.create(
        attempt=uuid.uuid4(),
        campaign=gift.campaign,
        donor=_donor(gift),
        amount=gift.amount,
        currency=gift.campaign.currency,
        state=DonationState.RECEIVED,
        via="offline",
        started_at=moment,
        received_at=moment,
    )
    gift.state = OfflineState.BOOKED
    gift.save(update_fields=["donation", "state", "decided_by"])
    default = Campaign.objects.filter(is_default=True).first()
    campaign = ledger.campaign_for(gift.donation, moment, default)
    ledger.append([_entry(gift, campaign, gift.amount, moment)])
    calls.owe(gift.donation)


def received_at(gift: OfflineGift) -> datetime:
    """The moment an offline gift counts from: noon of its day in the campaign's zone, or the
    campaign's start where that is later."""
    noon = datetime.combine(gift.received_on, time(12), tzinfo=gift.campaign.zone)
    return max(noon.astimezone(UTC), gift.campaign.starts_at)


def _entry(
    gift: OfflineGift,
    campaign: Campaign | None,
    amount: int,
    moment: datetime,
    *,
    undone: bool = False,
) -> LedgerEntry:
    currency = gift.campaign.currency
    return LedgerEntry(
        source_key=f"{_key(gift)}:undone" if undone else _key(gift),
        kind=EntryKind.OFFLINE_UNDONE if undone else EntryKind.OFFLINE,
        reporting_category="",
        amount=amount,
        currency=currency,
        settlement_amount=amount,
        settlement_currency=currency,
        occurred_at=moment,
        donation=gift.donation,
        campaign=campaign,
        charge_id=_key(gift),
    )


def _key(gift: OfflineGift) -> str:
    return f"offline:{gift.pk}"


def _donor(gift: OfflineGift) -> Donor | None:
    """Who gave: by address where there is one, so that a donor known by card is the same."""
    email = gift.email.strip().lower()
    if not email:
        return Donor.objects.create(name=gift.name) if gift.name else None
    known = Donor.objects.annotate(address=Lower("email")).filter(address=email)
    found = known.order_by("pk").first()
    return joining.standing(found) if found else Donor.objects.create(email=email, name=gift.name)


def _locked(gift: OfflineGift) -> OfflineGift:
    held = OfflineGift.objects.select_for_update(of=("self",))
    return held.select_related("campaign", "donation").get(pk=gift.pk)


def _must_wait(gift: OfflineGift) -> None:
    if gift.state != OfflineState.WAITING:
        raise OfflineRefused(_("This gift does not wait for a second look."))


def _said(reason: str) -> str:
    if not (reason := " ".join(reason.split())):
        raise OfflineRefused(_("Give a reason."))
    return reason[:200]
