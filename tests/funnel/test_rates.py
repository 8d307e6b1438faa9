"""Rates by page loads: silent while there is little, and right as often as they say."""

import random
from math import isclose

from campaigns.rates import amount_per, difference, gifts_per, rate


def test_nothing_is_said_below_a_thousand_loads_or_ten_gifts() -> None:
    assert rate(999, 10, 10_000, 1000, 10_000_000) is None
    assert rate(1000, 9, 9_000, 1000, 9_000_000) is None
    assert rate(None, 10, 10_000, 1000, 10_000_000) is None
    said = rate(1000, 10, 10_000, 1000, 10_000_000)
    assert said is not None
    assert (said.gifts.value, said.amount.value, said.but_largest.value) == (10, 10_000, 9_000)


def test_the_formulas_give_what_was_published() -> None:
    """Newcombe, Statistics in Medicine 17 (1998): 56/70 against 48/80, and 81/263 by Wilson."""
    found = difference(56, 70, 48, 80)
    assert [round(x / 1000, 4) for x in (found.value, found.low, found.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]
    found = gifts_per(81, 263)
    assert [round(x / 1000, 4) for x in (found.low, found.high)] == [0.2553, 0.3662]


def test_intervals_hold_the_true_figure_about_as_often_as_they_say() -> None:
    chance = random.Random(11)
    loads, share, rounds = 4_000, 0.01, 400
    held = {"gifts": 0, "amount": 0, "difference": 0}
    amounts = [1000, 2500, 5000, 5000, 10_000, 25_000]
    mean = sum(amounts) / len(amounts)
    for _round in range(rounds):
        gifts = _gifts(chance, loads, share, amounts)
        found = gifts_per(len(gifts), loads)
        held["gifts"] += found.low <= share * 1000 <= found.high
        money = amount_per(sum(gifts), sum(g * g for g in gifts), loads)
        held["amount"] += money.low <= share * mean * 1000 <= money.high
        other = len(_gifts(chance, loads, share / 2, amounts))
        apart = difference(len(gifts), loads, other, loads)
        held["difference"] += apart.low <= share / 2 * 1000 <= apart.high
    for name, times in held.items():
        assert 0.91 <= times / rounds <= 0.99, (name, times / rounds)


def _gifts(chance: random.Random, loads: int, share: float, amounts: list[int]) -> list[int]:
    return [chance.choice(amounts) for _ in range(loads) if chance.random() < share]


def test_one_large_gift_is_seen_for_what_it_is() -> None:
    said = rate(2000, 10, 9 * 1000 + 500_000, 500_000, 9 * 1000**2 + 500_000**2)
    assert said is not None
    assert said.amount.value > 50 * said.but_largest.value
    assert said.amount.high / said.amount.low > 5
    assert isclose(said.but_largest.value, 4500)
