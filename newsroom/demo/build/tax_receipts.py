"""The demo newsroom issues official receipts: who it is on them, and which givers ask for one."""

import io
from typing import Final

from PIL import Image, ImageDraw

from campaigns.models import ReceiptIssuer, Scheme
from campaigns.tax import issuers
from newsroom.demo.build.giving_plan import Gift
from newsroom.demo.content.shapes import Newsroom
from newsroom.readers.models import Reader

EVERY: Final = 12
STREETS: Final = ("Mill Road", "Quay Street", "Barlow Lane", "Harbour View", "Spruce Crescent")
CITIES: Final = (("Sydney", "B1P 6K7"), ("Truro", "B2N 5A9"), ("Lunenburg", "B0J 2C0"))
# Invented, as everything here.
NUMBER: Final = "123456789RR0001"
_PEN: Final = ((8, 96), (46, 18), (60, 92), (98, 34), (116, 88), (170, 50), (196, 84), (292, 40))


def say_who_issues(newsroom: Newsroom, by: Reader) -> None:
    """Once; what staff changed since stays."""
    if issuers.current() is None:
        issuers.change(
            ReceiptIssuer(
                scheme=Scheme.CANADA,
                legal_name=f"{newsroom.name} Journalism Society",
                address=newsroom.address,
                registration_number=NUMBER,
                place="Halifax, Nova Scotia",
                signatory=by.get_full_name() or "The treasurer",
                signatory_title="Treasurer",
                signature=_signature(),
            ),
            by=by,
        )


def receipt_for(gift: Gift) -> dict[str, str] | None:
    """Where the receipt of a gift goes whose giver asks for one: each twelfth, and those whose
    gift goes back, so that cancelled ones are seen too."""
    if not gift.is_paid or not (gift.given_back or gift.number % EVERY == 0):
        return None
    city, code = CITIES[gift.number % len(CITIES)]
    return {
        "name": gift.name,
        "street": f"{gift.number % 90 + 1} {STREETS[gift.number % len(STREETS)]}",
        "unit": "",
        "city": city,
        "region": "NS",
        "postal_code": code,
        "country": "Canada",
    }


def _signature() -> bytes:
    picture = Image.new("RGBA", (300, 110), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line(_PEN, fill=(24, 36, 88, 255), width=5, joint="curve")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
