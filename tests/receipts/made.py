"""Gifts and issuers for the tests of tax receipts."""

import io
import uuid
from datetime import UTC, datetime

from PIL import Image, ImageDraw

from campaigns import ledger
from campaigns.models import (
    Campaign,
    Donation,
    Donor,
    EntryKind,
    LedgerEntry,
    Payment,
    PaymentState,
    ReceiptIssuer,
    ReceiptRequest,
    Scheme,
)
from campaigns.tax import issuers, settling
from newsroom.readers.models import Reader

JUNE = datetime(2026, 6, 10, 16, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 16, tzinfo=UTC)
IDA = {
    "name": "Ida M. Harrow",
    "street": "4 Long Lane",
    "unit": "Unit 2",
    "city": "Halifax",
    "region": "NS",
    "postal_code": "B3H 2B2",
    "country": "Canada",
}


def a_signature() -> bytes:
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(10, 100), (90, 20), (160, 100), (290, 40)], (20, 30, 90), 6)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def treasurer() -> Reader:
    return Reader.objects.get_or_create(email="tess@newsroom.example")[0]


def an_issuer(scheme: str = Scheme.CANADA, **fields: object) -> ReceiptIssuer:
    given = {
        "legal_name": "The Harbour Record Society",
        "address": "12 Wharf Street\nHalifax NS  B3J 1A1",
        "registration_number": "123456789RR0001" if scheme == Scheme.CANADA else "12-3456789",
        "place": "Halifax, Nova Scotia",
        "signatory": "Ada Quill",
        "signatory_title": "Treasurer",
        "signature": a_signature(),
    }
    return issuers.change(ReceiptIssuer(scheme=scheme, **(given | fields)), by=treasurer())


def a_donor(name: str = "Ida Harrow", **fields: object) -> Donor:
    return Donor.objects.create(
        **{"email": f"{uuid.uuid4().hex[:10]}@example.org", "name": name, **fields}
    )


def a_gift(
    campaign: Campaign,
    amount: int = 2500,
    *,
    donor: Donor | None = None,
    at: datetime = JUNE,
    asked: bool = True,
    **request: object,
) -> Donation:
    """A donation whose money has arrived; `asked` for a receipt to Ida's address."""
    gift = Donation.objects.create(
        attempt=uuid.uuid4(),
        campaign=campaign,
        amount=amount,
        currency=campaign.currency,
        donor=donor,
        started_at=at,
        received_at=at,
    )
    Payment.objects.create(
        stripe_id=f"pi_{gift.attempt.hex}",
        donation=gift,
        amount=amount,
        currency=gift.currency,
        state=PaymentState.RECEIVED,
        created_at=at,
        synced_at=at,
    )
    if asked:
        ReceiptRequest.objects.create(donation=gift, **(IDA | request))
    moved(gift, amount, EntryKind.CHARGE, at)
    return gift


def charge_of(gift: Donation) -> str:
    return f"ch_{gift.attempt.hex}"


def moved(
    gift: Donation, amount: int, kind: str = EntryKind.REFUND, at: datetime = JUNE
) -> LedgerEntry:
    """A ledger entry of the gift's charge, and its receipts marked as the sync does."""
    entry = LedgerEntry(
        source_key=f"stripe:txn_{uuid.uuid4().hex}",
        kind=kind,
        reporting_category=kind,
        amount=amount,
        currency=gift.currency,
        settlement_amount=amount,
        settlement_currency=gift.currency,
        occurred_at=at,
        payment=gift.payments.get(),
        campaign=gift.campaign,
        donation=gift,
        charge_id=charge_of(gift),
    )
    ledger.append([entry])
    settling.mark(gift)
    return entry


def in_state(gift: Donation, state: str) -> None:
    gift.payments.update(state=state)
    settling.mark(gift)


def settle(moment: datetime = LATER) -> None:
    """Whatever is due, as the sweeper does."""
    settling.sweep(datetime.max.replace(tzinfo=UTC) if moment is None else max(moment, _now()))


def _now() -> datetime:
    return datetime.now(UTC)
