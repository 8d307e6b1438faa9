"""Issuing and cancelling: the only writers of receipts. Nothing here is ever changed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from campaigns.models import (
    Donor,
    PostalAddress,
    ReceiptCancellation,
    ReceiptGift,
    ReceiptIssuer,
    ReceiptKind,
    ReceiptParty,
    ReceiptStanding,
    TaxReceipt,
)
from campaigns.tax import issuers, letters, numbering, rules
from campaigns.tax.kept import Kept
from newsroom.audit import log
from newsroom.readers.models import Reader


@dataclass(frozen=True, slots=True)
class Terms:
    """What else a receipt says. `advantage` is what the donor got in return, its value in minor
    units of the gift's currency; `description` and `appraiser` are those of property."""

    advantage: str = ""
    advantage_value: int = 0
    description: str = ""
    appraiser: str = ""


NOTHING_ELSE = Terms()


def issue(
    gifts: Sequence[Kept],
    *,
    address: PostalAddress,
    donor: Donor | None,
    moment: datetime,
    kind: ReceiptKind = ReceiptKind.SINGLE,
    terms: Terms = NOTHING_ELSE,
    replaces: TaxReceipt | None = None,
    by: Reader | None = None,
    language: str = "en",
) -> TaxReceipt:
    """Issue one receipt for `gifts` (of one year and currency), and owe the donor its mail.

    Call inside a transaction that holds the donor's lock. Raises rules.NotIssued naming what is
    missing; then no number was used.
    """
    issuer = _ready(gifts, address, terms)
    amount = sum(gift.amount for gift in gifts)
    eligible = rules.eligible(issuer.scheme, amount, terms.advantage_value)
    today = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    first = gifts[0].received_on
    with transaction.atomic():
        receipt = TaxReceipt.objects.create(
            year=today.year,
            serial=numbering.next_serial(today.year),
            kind=kind,
            issuer=issuer,
            donor=donor,
            gift_year=first.year,
            received_on=first if kind == ReceiptKind.SINGLE else None,
            amount=amount,
            advantage=terms.advantage,
            advantage_value=terms.advantage_value,
            eligible=eligible,
            currency=gifts[0].currency,
            description=terms.description,
            language=language,
            issued_on=today,
            issued_by=by,
            replaces=replaces,
        )
        ReceiptParty.objects.create(
            receipt=receipt,
            appraiser=terms.appraiser,
            keep_until=rules.keep_until(first.year, today),
            **address.as_typed(),
        )
        _cover(receipt, gifts)
        log.record(
            by,
            "issued",
            receipt,
            f"Issued receipt {receipt.number}",
            amount=amount,
            eligible=eligible,
            currency=receipt.currency,
            replaces=replaces.number if replaces else None,
        )
        letters.owe(receipt)
    return receipt


def _ready(gifts: Sequence[Kept], address: PostalAddress, terms: Terms) -> ReceiptIssuer:
    issuer = issuers.current()
    missing = rules.missing_of_issuer(issuer)
    if missing or issuer is None:
        raise rules.NotIssued(rules.in_words(missing))
    missing = rules.missing_of_donor(issuer.scheme, address)
    if any(gift.in_kind for gift in gifts) and not terms.description.strip():
        missing.append(rules.what_was_given())
    if missing:
        raise rules.NotIssued(rules.in_words(missing))
    return issuer


def _cover(receipt: TaxReceipt, gifts: Sequence[Kept]) -> None:
    ReceiptGift.objects.bulk_create(
        ReceiptGift(
            receipt=receipt,
            charge_id=gift.charge_id,
            donation_id=gift.donation,
            received_on=gift.received_on,
            amount=gift.amount,
        )
        for gift in gifts
    )
    ReceiptStanding.objects.bulk_create(
        ReceiptStanding(charge_id=g.charge_id, donation_id=g.donation, receipt=receipt)
        for g in gifts
    )


def cancel(
    receipt: TaxReceipt, cause: str, *, reason: str = "", by: Reader | None = None
) -> ReceiptCancellation:
    """Cancel `receipt`: it keeps its number and stands in the list, and counts for no gift."""
    with transaction.atomic():
        cancellation = ReceiptCancellation.objects.create(
            receipt=receipt, cause=cause, reason=reason, cancelled_by=by
        )
        ReceiptStanding.objects.filter(receipt=receipt).delete()
        log.record(
            by, "cancelled", receipt, f"Cancelled receipt {receipt.number}: {reason or cause}"[:300]
        )
    return cancellation
