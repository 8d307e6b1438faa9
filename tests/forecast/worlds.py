"""Campaigns that never were: how gifts come in, written without a look at how they are forecast.

A world has a level that wanders, weekdays, an opening, stories that bring gifts for some days,
letters, a rush before the end of a strength of its own, and gifts of which a few are large.
"""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class World:
    """`days[n]` are the sizes of the gifts of day n and what went back on it; minor units."""

    first_day: date
    days: list[tuple[list[int], int]]
    goal: int

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.days) - 1)

    @property
    def raised(self) -> int:
        return sum(sum(sizes) - back for sizes, back in self.days)


def a_world(seed: int) -> World:
    draw = random.Random(f"world {seed}")
    length = draw.choice([21, 28, 30, 35, 45, 60])
    base = math.exp(draw.uniform(math.log(1.5), math.log(60)))
    sunday, weekend = draw.uniform(0.6, 1.3), draw.uniform(0.6, 1.1)
    opening = draw.uniform(1.0, 3.5)
    rush = draw.uniform(0.3, 4.0)
    rush_days = draw.uniform(0.8, 3.0)
    typical = draw.choice([2500, 3500, 5000, 8000])
    spread = draw.uniform(0.5, 1.0)
    wander = draw.uniform(0.02, 0.09)
    level = 0.0
    stories: list[tuple[int, float]] = []
    days = []
    first = date(2026, 1, 5) + timedelta(days=draw.randrange(28))
    letters = {draw.randrange(length) for _ in range(length // 12)}
    for n in range(length):
        today = first + timedelta(days=n)
        level += draw.gauss(0, wander)
        if draw.random() < 0.05:
            stories.append((n, draw.paretovariate(1.8) * 0.6))
        rate = base * math.exp(level)
        rate *= {5: weekend, 6: sunday}.get(today.weekday(), 1.0)
        rate *= 1 + (opening - 1) * math.exp(-n / 1.5)
        rate *= 1 + rush * math.exp(-(length - 1 - n) / rush_days)
        rate *= 1 + sum(strength * math.exp(-(n - since) / 1.2) for since, strength in stories)
        rate *= draw.uniform(1.5, 2.5) if n in letters else 1.0
        rate *= draw.gammavariate(6, 1 / 6)
        sizes = [_size(draw, typical, spread) for _ in range(_count(draw, rate))]
        back = sum(size for size in sizes if draw.random() < 0.01)
        days.append((sizes, back))
    goal = int(base * length * typical * draw.uniform(0.8, 2.0))
    return World(first, days, max(100_000, goal))


def _size(draw: random.Random, typical: int, spread: float) -> int:
    if draw.random() < 0.7:
        return draw.choice([typical // 2, typical, typical, typical * 2])
    return max(200, min(1_000_000, round(typical * math.exp(draw.gauss(0, spread)), -2)))


def _count(draw: random.Random, rate: float) -> int:
    # A binomial of many small chances.
    if rate > 200:
        return max(0, round(draw.gauss(rate, math.sqrt(rate))))
    count, left = 0, rate
    while (left := left - draw.expovariate(1)) > 0:
        count += 1
    return count
