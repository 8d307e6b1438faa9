"""Stripe's table of currencies: how many decimals, what least amount, what fee, how it reads."""

from __future__ import annotations

_ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE = "bhd jod kwd omr tnd"
_TWO = (
    "aed ars aud bgn brl cad chf cny cop czk dkk egp eur gbp hkd huf idr ils inr isk mad mxn myr"
    " ngn nok nzd pen php pln ron sar sek sgd thb try twd uah ugx usd uyu zar"
)
ZERO_DECIMAL = frozenset(_ZERO.split())
THREE_DECIMAL = frozenset(_THREE.split())
TWO_DECIMAL = frozenset(_TWO.split())
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL

LARGEST = 99_999_999
_LEAST = {
    "aed": 200, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50,
    "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}  # fmt: skip
_SIGN = {
    "cad": "CA$", "usd": "$", "eur": "€", "gbp": "£", "aud": "A$", "nzd": "NZ$", "jpy": "¥",
}  # fmt: skip


def decimals(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def least(currency: str) -> int:
    """The least amount of a payment, minor units."""
    return _LEAST.get(currency, 50)


def step(currency: str) -> int:
    """What every amount is a multiple of: the last digit of a three-decimal currency is 0."""
    return 10 if currency in THREE_DECIMAL else 100 if currency in ("isk", "ugx") else 1


def fee(amount: int) -> int:
    """What Stripe keeps of a charge: 2.9 % (half a unit goes up) and 30 minor units."""
    return (amount * 29 + 500) // 1000 + 30


def debit_fee(amount: int) -> int:
    """What Stripe keeps of a bank debit: 1 % (half a unit goes up) and 40, at most 500."""
    return min((amount + 50) // 100 + 40, 500)


def shown(amount: int, currency: str) -> str:
    """An amount as the hosted page writes it: `CA$25.00`, `SEK 30.00`."""
    places = decimals(currency)
    whole, rest = divmod(abs(amount), 10**places)
    number = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    sign = _SIGN.get(currency)
    written = f"{sign}{number}" if sign else f"{currency.upper()}\u00a0{number}"
    return f"-{written}" if amount < 0 else written
