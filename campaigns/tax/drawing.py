"""A receipt as a PDF, drawn by typst from what is stored: the same words at each download.

The receipt's rows never change and its template has a number (`layout`), so nothing needs to be
kept but them: no folder of files beside the database. The PDF is tagged, with title and language
(PDF/UA-1, ISO 14289-1). A name in a script that no font of the machine has would stop that, so
then it is drawn without the promise.
"""

import io
import json
from datetime import UTC, date, datetime
from typing import Literal

import typst
from babel.dates import format_date
from django.conf import settings
from PIL import Image

from campaigns.models import ReceiptKind, TaxReceipt
from newsroom.money import Money

TEMPLATES = settings.BASE_DIR / "templates" / "receipts"


def pdf(receipt: TaxReceipt) -> bytes:
    """The receipt as a PDF; one that is cancelled says so across the page."""
    source = (TEMPLATES / f"layout-{receipt.layout}.typ").read_bytes()
    inputs = {"receipt": json.dumps(facts(receipt))}
    issued = datetime.combine(receipt.issued_on, datetime.min.time(), tzinfo=UTC)
    try:
        return _compiled(source, inputs, issued, "ua-1")
    except typst.TypstError:
        return _compiled(source, inputs, issued, None)


def _compiled(
    source: bytes, inputs: dict[str, str], issued: datetime, standard: Literal["ua-1"] | None
) -> bytes:
    made = typst.compile(source, sys_inputs=inputs, timestamp=issued, pdf_standards=standard)
    assert isinstance(made, bytes)
    return made


def facts(receipt: TaxReceipt) -> dict[str, object]:
    """What the template shows, in words: every field of the agencies' lists, and no more."""
    issuer, party = receipt.issuer, receipt.party
    language = receipt.language

    def money(amount: int) -> str:
        return Money(amount, receipt.currency).show(language, cents=True)

    def day(value: date | None) -> str:
        locale = "fr_CA" if language == "fr" else "en_CA"
        return str(format_date(value, "long", locale=locale)) if value else ""

    return {
        "language": language,
        "scheme": issuer.scheme,
        "number": receipt.number,
        "replaces": receipt.replaces.number if receipt.replaces else "",
        "cancelled": receipt.cancelled is not None,
        "issuer": issuer.legal_name,
        "issuer_address": issuer.address.splitlines(),
        "registration": issuer.registration_number,
        "place": issuer.place,
        "signatory": issuer.signatory,
        "signatory_title": issuer.signatory_title,
        "signature": list(bytes(issuer.signature or b"")),
        "issued": day(receipt.issued_on),
        "donor": party.name,
        "donor_address": party.lines,
        "year": receipt.gift_year,
        "yearly": receipt.kind == ReceiptKind.YEARLY,
        "received": day(receipt.received_on),
        "gifts": [
            {"day": day(gift.received_on), "amount": money(gift.amount)}
            for gift in receipt.gifts.all()
        ],
        "amount": money(receipt.amount),
        "advantage": receipt.advantage,
        "advantage_value": money(receipt.advantage_value),
        "has_advantage": receipt.advantage_value > 0,
        "eligible": money(receipt.eligible),
        "description": receipt.description,
        "appraiser": party.appraiser,
    }


class NoPicture(Exception):
    """The file is no picture that can be a signature."""


def signature_from(data: bytes) -> bytes:
    """A signature as it is kept: PNG, at most 800 pixels wide, without what a camera adds."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            small = picture.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        raise NoPicture from None
    small.thumbnail((800, 320))
    kept = io.BytesIO()
    small.save(kept, "PNG", optimize=True)
    return kept.getvalue()
