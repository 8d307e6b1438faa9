"""How often, by page loads, with what chance alone would do: pure (docs/funnel.md says why so)."""

from dataclasses import dataclass
from decimal import Decimal
from math import exp, sqrt
from typing import Final

# 95 of 100 intervals made so hold the true figure.
_Z: Final = 1.959964
PER: Final = 1_000
# With fewer a rate says next to nothing, and is not shown.
LEAST_LOADS: Final = 1_000
LEAST_GIFTS: Final = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """`low` to `high` around `value`, for each 1,000 page loads."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Rate:
    """For each 1,000 loads: gifts, and minor units as they came; also without the largest gift."""

    gifts: Interval
    amount: Interval
    but_largest: Interval


def rate(
    loads: int | None, gifts: int, received: int, largest: int, squares: int | Decimal
) -> Rate | None:
    """None below 1,000 loads or 10 gifts. `squares` is the sum of the squared amounts."""
    if loads is None or loads < LEAST_LOADS or gifts < LEAST_GIFTS:
        return None
    rest = int(squares) - largest**2
    return Rate(
        gifts=gifts_per(gifts, loads),
        amount=amount_per(received, int(squares), loads),
        but_largest=amount_per(received - largest, rest, loads),
    )


def gifts_per(gifts: int, loads: int) -> Interval:
    """Wilson's score interval for a share (1927)."""
    share, low, high = _wilson(gifts, loads)
    return Interval(share * PER, low * PER, high * PER)


def amount_per(amount: int, squares: int, loads: int) -> Interval:
    """Gifts as a compound Poisson sum: the sum of the squares estimates its variance; on the scale
    of logarithms, as amounts are skewed and never below zero."""
    value = amount * PER / loads
    if amount <= 0:
        return Interval(value, value, value)
    wide = exp(_Z * sqrt(max(squares, 0)) / amount)
    return Interval(value, value / wide, value * wide)


def difference(gifts_a: int, loads_a: int, gifts_b: int, loads_b: int) -> Interval:
    """By how much more gifts there are for 1,000 loads of a than of b: Newcombe's hybrid score
    interval for two shares (1998, method 10)."""
    a, low_a, high_a = _wilson(gifts_a, loads_a)
    b, low_b, high_b = _wilson(gifts_b, loads_b)
    value = a - b
    low = value - sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    high = value + sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return Interval(value * PER, low * PER, high * PER)


def _wilson(gifts: int, loads: int) -> tuple[float, float, float]:
    # A load counted late can leave more gifts than loads for a moment.
    loads = max(loads, gifts, 1)
    share, z2 = gifts / loads, _Z**2
    middle = (share + z2 / (2 * loads)) / (1 + z2 / loads)
    half = _Z / (1 + z2 / loads) * sqrt(share * (1 - share) / loads + z2 / (4 * loads**2))
    return share, max(0.0, middle - half), min(1.0, middle + half)
