"""The forecast judged: told of a campaign only what was known by a day, against how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from campaigns.forecast import Day, Known, forecast, last_curve, pinball, straight_line
from tests.forecast.worlds import World

# The newest gifts whose sizes are told.
SIZES = 400
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Judged:
    """One forecast against the end, in shares of what was raised in the end."""

    days_left: int
    within: bool
    error: float
    straight_error: float
    curve_error: float
    loss: float
    straight_loss: float
    curve_loss: float
    chance: int
    reached: bool


def known_after(world: World, gone: int, others: Sequence[World]) -> Known:
    """What is known at the end of day `gone` (from 1)."""
    days = [
        Day(world.first_day + timedelta(days=n), len(sizes), sum(sizes), back)
        for n, (sizes, back) in enumerate(world.days[:gone])
    ]
    return Known(
        raised=sum(d.received - d.reversed for d in days),
        goal=world.goal,
        today=days[-1].day,
        last_day=world.last_day,
        days=days,
        sizes=[size for sizes, _ in world.days[:gone] for size in sizes][-SIZES:],
        curves=[[len(sizes) for sizes, _ in reversed(other.days)] for other in others],
    )


def judge(world: World, gone: int, others: Sequence[World]) -> Judged | None:
    known = known_after(world, gone, others)
    said, end = forecast(known), world.raised
    if said is None or not end:
        return None
    straight = straight_line(known)
    money = [sum(sizes) - back for sizes, back in reversed(others[-1].days)]
    curve = last_curve(known, money)
    scale = float(end)

    def loss(low: int, median: int, high: int) -> float:
        return pinball(end, dict(zip(QUANTILES, (low, median, high), strict=True))) / scale

    return Judged(
        days_left=len(world.days) - gone,
        within=said.low <= end <= said.high,
        error=abs(said.median - end) / scale,
        straight_error=abs(straight - end) / scale,
        curve_error=abs(curve - end) / scale,
        loss=loss(said.low, said.median, said.high),
        straight_loss=loss(straight, straight, straight),
        curve_loss=loss(curve, curve, curve),
        chance=said.chance,
        reached=end >= world.goal,
    )
