"""Covering the fee: what is added to a gift so that the whole of it reaches the newsroom.

Pure. Stripe takes per cents of what is charged and a fixed sum (https://stripe.com/pricing), so
the fee grows with what covers it; the rate of each currency is a setting. What Stripe takes in
the end may differ (another kind of card): the difference is the newsroom's, never the donor's.
"""

from dataclasses import dataclass

from django.conf import settings

from newsroom.money import step


@dataclass(frozen=True, slots=True)
class Rate:
    """`basis_points` of what is charged (290: 2.9 %) and `fixed` minor units for each charge, which
    is a multiple of `step`; never more than `most`, where there is one."""

    basis_points: int
    fixed: int
    step: int = 1
    most: int | None = None

    def taken(self, charged: int) -> int:
        """What is taken of a charge, minor units, half a unit rounded up."""
        share = (charged * self.basis_points + 5000) // 10_000 + self.fixed
        return share if self.most is None else min(share, self.most)


def rate_of(currency: str, *, debit: bool = False) -> Rate | None:
    """The rate as set for `currency`, of cards or of bank debits; None: covering is not offered."""
    found = (settings.DEBIT_FEES if debit else settings.CARD_FEES).get(currency)
    return Rate(found[0], found[1], step(currency), found[2]) if found else None


def fee_on(gift: int, rate: Rate) -> int:
    """The least sum that covers the fee on `gift` and on itself; minor units."""
    kept = 10_000 - rate.basis_points
    total = -(-(gift + rate.fixed) * 10_000 // kept)
    if rate.most is not None:
        total = min(total, gift + rate.most)
    # Rounding in the fee may leave a unit to spare, or lack one.
    while total - rate.taken(total) < gift:
        total += 1
    while total > gift and total - 1 - rate.taken(total - 1) >= gift:
        total -= 1
    return -(-total // rate.step) * rate.step - gift
