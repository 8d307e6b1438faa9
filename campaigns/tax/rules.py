"""What a tax receipt must say, and what keeps one from being issued: functions of plain values.

Canada: Income Tax Regulations, C.R.C., c. 945, s. 3501, and the Agency's own list for registered
journalism organizations:
https://www.canada.ca/en/revenue-agency/services/charities-giving/other-organizations-that-issue-donation-receipts-qualified-donees/registered-journalism-organizations.html
United States: IRS Publication 1771, https://www.irs.gov/pub/irs-pdf/p1771.pdf
"""

import re
from collections.abc import Sequence
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from campaigns.models.tax import PostalAddress, ReceiptIssuer, Scheme

# A business number with its account for receipts ("12345 6789 RR0001"); an EIN ("12-3456789").
_CANADIAN = re.compile(r"\d{9}RR\d{4}", re.ASCII)
_EIN = re.compile(r"\d{2}-\d{7}", re.ASCII)

# Copies of receipts two years, the books they belong to six, after the year's end: Income Tax
# Regulations s. 5800(1) and Income Tax Act ss. 230(2) and 230(4).
KEEP_YEARS = 6


class NotIssued(Exception):
    """The receipt cannot be issued so; the text is a sentence for staff."""


def tidy_number(scheme: str, typed: str) -> str:
    """The registration number as its agency writes it; what is none, as it was typed."""
    bare = re.sub(r"[\s-]", "", typed).upper()
    if scheme == Scheme.UNITED_STATES and re.fullmatch(r"[0-9]{9}", bare):
        return f"{bare[:2]}-{bare[2:]}"
    if scheme == Scheme.CANADA and _CANADIAN.fullmatch(bare):
        return bare
    return typed.strip()


def is_number(scheme: str, number: str) -> bool:
    """Whether `number` is a registration number of Canada, or an EIN."""
    pattern = _CANADIAN if scheme == Scheme.CANADA else _EIN
    return pattern.fullmatch(number) is not None


def missing_of_issuer(issuer: ReceiptIssuer | None) -> list[str]:
    """What the newsroom has not yet said of itself, each in words; empty when all is there."""
    if issuer is None or issuer.scheme == Scheme.NONE:
        return [_("the kind of receipt")]
    canadian = issuer.scheme == Scheme.CANADA
    needed: list[tuple[str, object]] = [
        (_("the name on file"), issuer.legal_name),
        (_("the address on file"), issuer.address),
        (
            _("the registration number") if canadian else _("the EIN"),
            is_number(issuer.scheme, issuer.registration_number),
        ),
    ]
    if canadian:
        needed += [
            (_("the place of issue"), issuer.place),
            (_("who signs"), issuer.signatory),
            (_("the picture of the signature"), bool(issuer.signature)),
        ]
    return [words for words, value in needed if not value]


def needed_of_donor(scheme: str) -> dict[str, str]:
    """The fields of an address that a receipt needs, each in words. The IRS asks for no address."""
    needed = {"name": _("the donor’s full name")}
    if scheme == Scheme.CANADA:
        needed |= {
            "street": _("the donor’s street"),
            "city": _("the donor’s city"),
            "postal_code": _("the donor’s postal code"),
            "country": _("the donor’s country"),
        }
    return needed


def missing_of_donor(scheme: str, address: PostalAddress) -> list[str]:
    """What is not known of the donor, each in words."""
    known = address.as_typed()
    return [words for name, words in needed_of_donor(scheme).items() if not known[name].strip()]


def eligible(scheme: str, amount: int, advantage: int) -> int:
    """What of `amount` counts for tax. Raises NotIssued where nothing was given.

    In Canada an advantage above 80 per cent of the value means that there was no intention to
    give (Income Tax Act, s. 248(30)).
    """
    if advantage >= amount:
        raise NotIssued(_("What the donor got in return is worth as much as the gift."))
    if scheme == Scheme.CANADA and 100 * advantage > 80 * amount:
        raise NotIssued(
            _("What the donor got in return is worth more than 80% of the gift: no gift in law.")
        )
    return amount - advantage


def keep_until(gift_year: int, issued_on: date) -> date:
    """The last day on which the law asks for the copy."""
    return date(max(gift_year, issued_on.year) + KEEP_YEARS, 12, 31)


def what_was_given() -> str:
    """The brief description of property that both agencies ask for."""
    return _("a description of what was given")


def in_words(missing: Sequence[str]) -> str:
    return _("Missing: %(what)s.") % {"what": get_text_list(list(missing), _("and"))}
