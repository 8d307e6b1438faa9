"""What a campaign may have raised by its deadline: many possible futures, drawn by a stated method.

Pure: days and amounts in, figures out, the same for the same seed. `docs/forecast.md` says the
method in words and how well it did. Amounts are minor units; days are the campaign's own.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean, quantiles

PATHS = 1000
# Ten gifts spread over a week and a day say as much as the days that just went.
HALF_LIFE_DAYS = 10.0
# How strongly, in gifts, a weekday is held to be like any other until the campaign shows it.
WEEKDAY_PRIOR = 12.0
# What the last days bring against ordinary ones before any finished campaign has shown it, the
# last day first; and how many campaigns that guess weighs.
SURGE = (2.4, 1.6, 1.3, 1.15, 1.1, 1.0, 1.0)
SURGE_WEIGHT = 2.0
# Spread of a future's own level: at once, and more with each week that is still to come.
LEVEL_SPREAD = 0.22
WEEKLY_SPREAD = 0.18
SURGE_SPREAD = 0.50
# Days differ by more than chance alone: variance of a day's gifts = mean + mean² × this.
LEAST_DISPERSION = 0.20
REVERSAL_PRIOR = (1.0, 100.0)
# Beyond so many gifts their sum is drawn as one number.
MOST_DRAWN = 400


@dataclass(frozen=True, slots=True)
class Day:
    """What one whole day brought: `gifts` and their sum `received`, and what went back."""

    day: date
    gifts: int
    received: int
    reversed: int = 0


@dataclass(frozen=True, slots=True)
class MatchRoom:
    """A sponsor's promise: `percent` of each gift until `last_day`, `room` at most."""

    percent: int
    room: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known at a moment of `today`, of which the share `today_left` is still to come.

    `days` are the whole days from the first on, also empty ones, the one before today last (today
    itself when nothing of it is left); `sizes` of gifts, the newest few hundred; `raised` the bar
    now; `curves` of finished campaigns, each the gifts of its days, the last first.
    """

    raised: int
    goal: int
    today: date
    last_day: date
    days: Sequence[Day]
    sizes: Sequence[int]
    matches: Sequence[MatchRoom] = ()
    curves: Sequence[Sequence[int]] = ()
    today_left: float = 0.0

    @property
    def ahead(self) -> list[date]:
        """The days on which gifts may still come."""
        first = 0 if self.today_left > 0 else 1
        count = (self.last_day - self.today).days + 1
        return [self.today + timedelta(days=n) for n in range(first, count)]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The bar at the deadline: in one future of ten it is below `low`, in one above `high`.

    `chance` of reaching the goal in per cent, never 0 or 100; `more_a_day` gifts of the usual size
    that each day left would need on top, so that half of all futures reach the goal.
    """

    low: int
    median: int
    high: int
    chance: int
    usual_gift: int
    gifts_a_day: float
    more_a_day: int
    finished: int
    band: list[tuple[date, int, int, int]] = field(default_factory=list)


def forecast(known: Known, seed: int = 1) -> Forecast | None:
    """None before there is anything to go by (a gift, and a day to come)."""
    ahead = known.ahead
    if not ahead or not known.sizes or not any(d.gifts for d in known.days):
        return None
    weekdays = weekday_factors(known.days)
    surge = surge_factors(known.curves)
    level, sure = level_of(known.days, weekdays, surge, known.last_day)
    dispersion = dispersion_of(known.days, level, weekdays)
    keep = 1 - reversal_rate(known.days)
    chance = random.Random(seed)  # noqa: S311 (futures, no secrets)
    sizes = Sizes(known.sizes, keep)
    paths = [
        _path(known, ahead, level, sure, weekdays, surge, dispersion, sizes, chance)
        for _ in range(PATHS)
    ]
    ends = sorted(path[-1] for path in paths)
    low, median, high = _deciles(ends)
    reached = sum(end >= known.goal for end in ends) / len(ends)
    usual = max(1, round(sizes.mean))
    lacking = max(0, known.goal - median)
    return Forecast(
        low=low,
        median=median,
        high=high,
        chance=min(99, max(1, round(100 * reached))),
        usual_gift=usual,
        gifts_a_day=level,
        more_a_day=math.ceil(lacking / usual / len(ahead)),
        finished=len(known.curves),
        band=[(day, *_deciles(sorted(path[n] for path in paths))) for n, day in enumerate(ahead)],
    )


class Sizes:
    """Sums of gifts drawn from those that came, less the share that goes back."""

    def __init__(self, sizes: Sequence[int], keep: float) -> None:
        self.sizes = list(sizes)
        self.keep = keep
        self.mean = fmean(self.sizes) * keep
        self.variance = fmean((size - fmean(self.sizes)) ** 2 for size in self.sizes) * keep**2

    def total(self, gifts: int, chance: random.Random) -> float:
        if gifts > MOST_DRAWN:
            spread = math.sqrt(self.variance * gifts)
            return max(0.0, chance.gauss(self.mean * gifts, spread))
        return sum(chance.choices(self.sizes, k=gifts)) * self.keep


def weekday_factors(days: Iterable[Day]) -> list[float]:
    """For Monday to Sunday, how many gifts against an average day; near 1 while little is known."""
    gifts, seen = [0.0] * 7, [0] * 7
    for day in days:
        gifts[day.day.weekday()] += day.gifts
        seen[day.day.weekday()] += 1
    average = sum(gifts) / max(1, sum(seen))
    raw = [(gifts[n] + WEEKDAY_PRIOR) / (average * seen[n] + WEEKDAY_PRIOR) for n in range(7)]
    middle = fmean(raw)
    return [each / middle for each in raw]


def surge_factors(curves: Sequence[Sequence[int]]) -> list[float]:
    """What the last seven days bring against ordinary days; index 0 is the last day."""
    sums, weight = [value * SURGE_WEIGHT for value in SURGE], SURGE_WEIGHT
    for curve in curves:
        ordinary = sorted(curve[7:])
        middle = ordinary[len(ordinary) // 2] if ordinary else 0
        if len(curve) < 14 or not middle:
            continue
        weight += 1
        for n in range(7):
            # One wild day says little of others.
            sums[n] += min(6.0, max(0.3, curve[n] / middle))
    return [each / weight for each in sums]


def factor(day: date, last_day: date, weekdays: Sequence[float], surge: Sequence[float]) -> float:
    left = (last_day - day).days
    return weekdays[day.weekday()] * (surge[left] if 0 <= left < len(surge) else 1.0)


def level_of(
    days: Sequence[Day], weekdays: Sequence[float], surge: Sequence[float], last_day: date
) -> tuple[float, float]:
    """Gifts of an ordinary day by now, newer days counting more; and the spread of knowing it."""
    gifts = expected = weight_squared = 0.0
    newest = days[-1].day
    first_week = days[0].day + timedelta(days=2)
    for day in days:
        weight = 0.5 ** ((newest - day.day).days / HALF_LIFE_DAYS)
        if day.day < first_week and len(days) > 10:
            # The opening is no ordinary time.
            weight *= 0.25
        gifts += weight * min(day.gifts, _most(days))
        expected += weight * factor(day.day, last_day, weekdays, surge)
        weight_squared += weight * weight
    level = (gifts + 0.5) / (expected + 0.5)
    effective = max(1.0, expected * expected / max(weight_squared, 1e-9))
    sure = math.sqrt(1 / max(1.0, level * effective) + LEAST_DISPERSION / effective)
    return level, sure


def _most(days: Sequence[Day]) -> float:
    """A day far above the others (a story that went round the world) is no ordinary one."""
    ordinary = sorted(d.gifts for d in days)
    return 4.0 * max(1, ordinary[len(ordinary) // 2]) + 4


def dispersion_of(days: Sequence[Day], level: float, weekdays: Sequence[float]) -> float:
    """By how much days differ beyond chance; never less than days are known to."""
    if len(days) < 5 or level <= 0:
        return LEAST_DISPERSION * 2
    extra = [
        ((d.gifts - m) ** 2 - m) / (m * m)
        for d in days
        if (m := max(0.2, level * weekdays[d.day.weekday()]))
    ]
    return min(1.0, max(LEAST_DISPERSION, sorted(extra)[len(extra) * 3 // 4]))


def reversal_rate(days: Iterable[Day]) -> float:
    """The share of money that goes back, drawn towards one per cent while little has."""
    back = received = 0
    for day in days:
        back += day.reversed
        received += day.received
    a, b = REVERSAL_PRIOR
    unit = max(1.0, received / 100)
    return min(0.5, (back + a * unit) / (received + b * unit))


def _path(
    known: Known,
    ahead: Sequence[date],
    level: float,
    sure: float,
    weekdays: Sequence[float],
    surge: Sequence[float],
    dispersion: float,
    sizes: Sizes,
    chance: random.Random,
) -> list[int]:
    """One future: the bar at the end of each day ahead."""
    drift = math.hypot(sure, LEVEL_SPREAD)
    log_level = chance.gauss(-drift * drift / 2, drift)
    pull = math.exp(chance.gauss(-(SURGE_SPREAD**2) / 2, SURGE_SPREAD))
    step = WEEKLY_SPREAD / math.sqrt(7)
    rooms = [match.room for match in known.matches]
    total, ends = float(known.raised), []
    for day in ahead:
        log_level += chance.gauss(0, step)
        left = (known.last_day - day).days
        rise = surge[left] if left < len(surge) else 1.0
        if rise > 1:
            rise = 1 + (rise - 1) * pull
        mean = level * weekdays[day.weekday()] * rise * math.exp(log_level)
        if day == known.today:
            mean *= known.today_left
        brought = sizes.total(_gifts(mean, dispersion, chance), chance)
        total += brought
        for n, match in enumerate(known.matches):
            if day <= match.last_day:
                added = min(rooms[n], brought * match.percent / 100)
                rooms[n] -= int(added)
                total += added
        ends.append(int(total))
    return ends


def _gifts(mean: float, dispersion: float, chance: random.Random) -> int:
    """A day's gifts: chance around a mean that itself differs from day to day."""
    if mean <= 0:
        return 0
    around = chance.gammavariate(1 / dispersion, mean * dispersion)
    if around > 50:
        return max(0, round(chance.gauss(around, math.sqrt(around))))
    limit, number, product = math.exp(-around), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


def _deciles(ordered: Sequence[int]) -> tuple[int, int, int]:
    tenths = quantiles(ordered, n=10, method="inclusive")
    return round(tenths[0]), round(tenths[4]), round(tenths[8])


# ------------------------------------------------------------------ what it is compared with


def straight_line(known: Known) -> int:
    """Baseline: the rest of the days bring what the days so far brought on average."""
    gone, left = len(known.days), (known.last_day - known.today).days
    return known.raised + known.raised * left // max(1, gone)


def last_curve(known: Known, last: Sequence[int]) -> int:
    """Baseline: as the last finished campaign (its days' money, the last first) went on."""
    left = (known.last_day - known.today).days
    ahead = sum(last[:left])
    behind = sum(last[left:])
    if not behind:
        return straight_line(known)
    return known.raised + known.raised * ahead // behind


def pinball(actual: int, guesses: Mapping[float, int]) -> float:
    """Mean pinball loss of the guesses by their quantile, minor units: smaller is better."""
    return fmean(
        max(q * (actual - guess), (q - 1) * (actual - guess)) for q, guess in guesses.items()
    )
