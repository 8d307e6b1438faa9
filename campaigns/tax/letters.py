"""Mails about tax receipts: a link that lasts `LINK_DAYS`, not an attachment.

A receipt shows a home address and a sum. Attached, both would lie in the outbox, on every mail
server on the way and in the mailbox for ever; behind a link they go over TLS, to who has the
mail, while it is fresh, and a receipt cancelled since says so. Who comes later asks for a new link,
which goes to the same address. (The Agency lets receipts be sent electronically when they cannot
be altered and are protected.)
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from campaigns.models import Donor, TaxReceipt
from newsroom.mail import outbox

LINK_DAYS = 30
ADDRESS_DAYS = 90
_RECEIPT = "tax-receipt"
_ADDRESS = "receipt-address"
DAY = 86400


class LinkOver(Exception):
    """The link was ours and its time has passed; `about` is what it named."""

    def __init__(self, about: int) -> None:
        super().__init__()
        self.about = about


def receipt_link(receipt: TaxReceipt) -> str:
    token = signing.dumps(receipt.pk, salt=_RECEIPT)
    return _address("tax_receipt", receipt.language, token)


def receipt_of(token: str) -> int:
    """The receipt a link names. Raises signing.BadSignature, or LinkOver."""
    return _read(token, _RECEIPT, LINK_DAYS)


def address_link(donor: Donor) -> str:
    token = signing.dumps(donor.pk, salt=_ADDRESS)
    return _address("receipt_address", donor.language, token)


def donor_of(token: str) -> int:
    """The donor whose address is asked for. Raises signing.BadSignature, or LinkOver."""
    return _read(token, _ADDRESS, ADDRESS_DAYS)


def owe(receipt: TaxReceipt, again: str = "") -> bool:
    """Owe the donor the mail with the link, once; `again` (a day) makes another one of it.
    False where there is no address to send it to."""
    if receipt.donor is None or not receipt.donor.email:
        return False
    outbox.owe(
        kind="tax receipt",
        dedupe_key=f"tax-receipt:{receipt.number}" + (f":{again}" if again else ""),
        to=receipt.donor.email,
        template="tax_receipt",
        language=receipt.language,
        context={
            "receipt": receipt,
            "canadian": receipt.issuer.scheme == "ca",
            "replaces": receipt.replaces,
            "link": receipt_link(receipt),
            "days": LINK_DAYS,
        },
    )
    return True


def owe_cancelled(receipt: TaxReceipt) -> None:
    """Tell the donor that a receipt counts no more, where none follows it."""
    if receipt.donor is None or not receipt.donor.email:
        return
    outbox.owe(
        kind="tax receipt",
        dedupe_key=f"tax-receipt-cancelled:{receipt.number}",
        to=receipt.donor.email,
        template="tax_receipt_cancelled",
        language=receipt.language,
        context={"receipt": receipt},
    )


def ask_for_address(donor: Donor, year: int, money: str) -> bool:
    """Ask once for what the year's receipt lacks; False when asked before. `money` is what was
    given, as shown."""
    owed = outbox.owe(
        kind="tax receipt",
        dedupe_key=f"receipt-address:{year}:{donor.pk}",
        to=str(donor.email),
        template="receipt_address",
        language=donor.language,
        context={
            "donor_name": donor.name,
            "year": year,
            "money": money,
            "link": address_link(donor),
            "days": ADDRESS_DAYS,
        },
    )
    return owed is not None


def _address(name: str, language: str, token: str) -> str:
    with translation.override(language):
        return settings.BASE_URL.rstrip("/") + reverse(name, args=[token])


def _read(token: str, salt: str, days: int) -> int:
    try:
        return int(signing.loads(token, salt=salt, max_age=days * DAY))
    except signing.SignatureExpired:
        raise LinkOver(int(signing.loads(token, salt=salt))) from None
