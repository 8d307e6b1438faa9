"""Money: an amount in minor units with its currency, how it is read and how it is shown.

Amounts are integers in the currency's minor unit *as Stripe counts it*, which differs from
ISO 4217 for a few currencies (https://docs.stripe.com/currencies#zero-decimal).
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from babel.numbers import format_currency
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Stripe's own tables (see above). ISK and UGX are two-decimal at Stripe for backward
# compatibility though their last two digits must be zero; HUF and TWD only in payouts.
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())

LOCALES = {"en": "en_CA", "fr": "fr_CA"}


class AmountError(ValueError):
    """What was typed is not an amount; `str(error)` is a sentence for the person."""


def decimals(currency: str) -> int:
    """How many digits follow the decimal sign at Stripe: 0, 2 or 3. `currency` in any case."""
    code = currency.lower()
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """The least difference between two amounts that Stripe takes, minor units.

    A three-decimal currency's last digit must be 0, the decimals of ISK and UGX too
    (https://docs.stripe.com/currencies#three-decimal, …#special-cases).
    """
    code = currency.lower()
    if code in THREE_DECIMAL:
        return 10
    return 100 if code in ("isk", "ugx") else 1


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units (may be negative), `currency` as a lower-case ISO 4217 code."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise TypeError("Money counts whole minor units.")
        if not re.fullmatch(r"[a-z]{3}", self.currency):
            raise ValueError("A currency is three lower-case letters.")

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up.")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units: Money(1050, "cad").major == Decimal("10.50")."""
        return Decimal(self.amount).scaleb(-decimals(self.currency))

    def show(self, language: str | None = None, *, cents: bool | None = None) -> str:
        """As a reader of `language` ("en", "fr"; default: the active one) writes it.

        Whole amounts are shown without cents unless `cents` is True; `cents=False` rounds.
        """
        locale = LOCALES.get((language or get_language() or "en")[:2], "en_CA")
        places = decimals(self.currency)
        show_cents = bool(self.amount % 10**places) if cents is None else cents
        value = self.major
        if not show_cents:
            value = value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        pattern = "¤#,##0" if locale == "en_CA" else "#,##0\u00a0¤"
        if show_cents and places:
            pattern = pattern.replace("#,##0", "#,##0." + "0" * places)
        return format_currency(
            value,
            self.currency.upper(),
            format=pattern,
            locale=locale,
            currency_digits=False,
        )

    def __str__(self) -> str:
        return self.show()


def check_step(money: Money) -> None:
    """Raise AmountError, whose text says what to do, for a sum that Stripe does not take."""
    least = step(money.currency)
    if money.amount % least:
        raise AmountError(
            _("Enter the amount in steps of %(least)s.") % {"least": Money(least, money.currency)}
        )


_SIGNS = re.compile(r"(?i)\b(cad|usd|ca|us|c|dollars?)\b|[$€£¥¢]|(?<=[0-9])(?:cad|usd)$")


def parse_amount(text: str, currency: str) -> Money:
    """Read an amount as people type it in English and in French.

    "25", "$25", "25.00", "1,000", "1 000,50 $", "CA$ 1,000.50", "1.005,50" and "25,5" are
    understood. Raises AmountError, whose text says what to do, for letters, negative numbers,
    more decimals than the currency has, digits of other scripts, and what could mean two things:
    "1.005" is a thousand and five to some and about a dollar to others, and so is "1,005" on a
    French page, where the comma is the decimal sign.
    """
    places = decimals(currency)
    typed = (text or "").strip()
    if not typed:
        raise AmountError(_("Enter an amount."))
    if len(typed) > 40:
        raise AmountError(_("That amount is too long. Enter a number such as 25 or 25.50."))
    cleaned = unicodedata.normalize("NFC", typed).replace("\u2212", "-")
    cleaned = _SIGNS.sub("", cleaned)
    cleaned = re.sub(rf"(?i)(?<![a-z]){re.escape(currency)}(?![a-z])", "", cleaned)
    cleaned = re.sub(r"[\s\u00a0\u202f'’]", "", cleaned)
    if cleaned.startswith("-") or cleaned.endswith("-"):
        raise AmountError(_("Enter an amount above zero."))
    cleaned = cleaned.removeprefix("+")
    if not re.fullmatch(r"[0-9.,]+", cleaned) or not re.search(r"[0-9]", cleaned):
        raise AmountError(_("Enter the amount in digits, such as 25 or 25.50."))
    try:
        if places != 3 and (meant := _either_way(cleaned)):
            raise AmountError(
                _("“%(typed)s” could mean two amounts. Write %(whole)s, or two decimals: 25.50.")
                % {"typed": cleaned, "whole": meant}
            )
        value = Decimal(_plain(cleaned, places))
    except InvalidOperation:
        raise AmountError(_("Enter the amount in digits, such as 25 or 25.50.")) from None
    minor = value.scaleb(places)
    if minor != minor.to_integral_value():
        raise AmountError(
            _("Enter the amount with at most %(places)d decimals.") % {"places": places}
        )
    return Money(int(minor), currency.lower())


def _either_way(number: str) -> str:
    """The digits of `number` where its only sign could group thousands or begin decimals; else "".

    A point before exactly three digits, in any language: "1.005" may be a slip for 1.05 and
    must not become a thousand and five. A comma only where it is the decimal sign, in French: in
    English "1,005" is a thousand and five and nothing else.
    """
    french = (get_language() or "en").startswith("fr")
    signs = "[.,]" if french else r"\."
    found = re.fullmatch(rf"([1-9][0-9]{{0,2}}){signs}([0-9]{{3}})", number)
    return found[1] + found[2] if found else ""


def _plain(number: str, places: int) -> str:
    """`number` of digits, points and commas, with one point at most as the decimal sign.

    A sign that stands last and is followed by other than three digits is the decimal sign; a
    lone comma before exactly three digits groups thousands ("1,000"), as nobody gives a
    thousandth of a dollar, except where the currency has three decimals.
    """
    signs = [c for c in number if c in ".,"]
    if not signs:
        return number
    last = signs[-1]
    whole, _sign, fraction = number.rpartition(last)
    other = "," if last == "." else "."
    is_decimal = signs.count(last) == 1 and (
        len(fraction) != 3
        or other in whole
        # No thousand begins with a nought.
        or (len(signs) == 1 and (places == 3 or whole.startswith("0")))
    )
    grouped = whole if is_decimal else number
    if not re.fullmatch(r"\d{0,3}|\d{1,3}([.,]\d{3})+|\d+", grouped, re.ASCII):
        raise AmountError(_("Enter the amount in digits, such as 25 or 25.50."))
    if is_decimal and last in whole:
        raise AmountError(_("Enter the amount in digits, such as 25 or 25.50."))
    digits = re.sub(r"[.,]", "", grouped) or "0"
    return f"{digits}.{fraction or '0'}" if is_decimal else digits
