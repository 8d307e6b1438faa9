"""Scenes of the sea: coast, spit, harbour."""

import math
from collections.abc import Callable

from newsroom.demo.pictures.brush import (
    BONE,
    DEEP,
    FOG,
    ICE,
    INK,
    LAKE,
    MOSS,
    OCHRE,
    PEACH,
    PLUM,
    ROSE,
    RUST,
    SAGE,
    SLATE,
    SPRUCE,
    STRAW,
    WIDTH,
    Point,
    Sheet,
    mix,
)


def coast(s: Sheet) -> None:
    s.sky(mix(LAKE, SLATE, 0.25), mix(ICE, BONE, 0.5), PEACH, down_to=0.56)
    for _ in range(5):
        x, y = s.chance.uniform(0, WIDTH), s.h * s.chance.uniform(0.1, 0.35)
        s.cloud(x, y, 700, s.h * 0.07, BONE, 0.5)
    sea = s.fade((0, mix(LAKE, ICE, 0.4), 1), (1, DEEP, 1))
    s.rect(0, s.h * 0.52, WIDTH, s.h * 0.48, sea)
    s.ripples(s.h * 0.53, s.h, ICE, 120, 0.35)
    for n in range(3):
        _headland(s, n)
    x, y = 440.0, s.h * 0.362
    s.shape([(x - 20, y), (x - 12, y - 120), (x + 12, y - 120), (x + 20, y)], BONE)
    s.rect(x - 16, y - 86, 32, 22, RUST)
    s.rect(x - 11, y - 142, 22, 22, "#ffdf9a")
    s.shape([(x - 15, y - 142), (x, y - 160), (x + 15, y - 142)], RUST)
    s.house(x - 130, y + 4, 84, BONE, RUST, DEEP)


def _headland(s: Sheet, n: int) -> None:
    """A cliff of leaning slabs with turf on top and foam at its foot; 0 is the furthest."""
    edge, top, foot = 1380 - 400 * n, s.h * (0.475 - 0.06 * n), s.h * (0.545 + 0.105 * n)
    rock = mix(mix(SLATE, LAKE, 0.3), mix(RUST, INK, 0.5), n / 2)
    x, height = -40.0, top
    slabs: list[tuple[float, float, float]] = []
    while x < edge:
        wide = s.chance.uniform(34, 110) * (0.6 + 0.3 * n)
        slabs.append((x, min(x + wide, edge), height))
        x += wide
        height = top + s.h * (0.03 * (x / edge) ** 3 + s.chance.uniform(-0.006, 0.008))
    for at, (left, right, level) in enumerate(slabs):
        low = foot + s.h * 0.055 * (1 - right / edge)
        tilt = s.chance.uniform(4, 22) * (1 + n)
        colour = mix(rock, (INK, BONE)[at % 2], s.chance.uniform(0.02, 0.16))
        s.shape(
            [(left - 3, level), (right + 2, level), (right + tilt, low), (left - 3, low + 4)],
            s.fade((0, mix(colour, OCHRE, 0.2), 1), (1, mix(colour, INK, 0.5), 1)),
        )
    turf = [(left, level - 4) for left, _, level in slabs]
    turf.append((edge + 2, slabs[-1][2]))
    under = [(x, y + s.h * s.chance.uniform(0.008, 0.03)) for x, y in reversed(turf)]
    s.shape([*turf, *under], mix(mix(SLATE, SAGE, 0.6), mix(MOSS, SPRUCE, 0.3), n / 2))
    foam = [
        (step * (edge + 60) / 40, foot + s.h * 0.058 * (1 - step / 40) + s.chance.uniform(-5, 6))
        for step in range(41)
    ]
    s.line(foam, BONE, 5 + 3 * n, 0.8)
    for _ in range(3 + 2 * n):
        x, r = edge + s.chance.uniform(10, 150), s.chance.uniform(8, 26) * (1 + n / 2)
        y = foot + s.chance.uniform(-4, 26)
        s.shape([(x - r, y), (x - r * 0.4, y - r), (x + r * 0.5, y - r * 0.7), (x + r, y)], rock)
        s.line([(x - r * 1.3, y), (x + r * 1.4, y)], BONE, 4, 0.8)


def spit(s: Sheet) -> None:
    s.sky(mix(SLATE, FOG, 0.2), FOG, mix(PEACH, BONE, 0.4), down_to=0.42)
    for _ in range(8):
        x, y = s.chance.uniform(0, WIDTH), s.h * s.chance.uniform(0.08, 0.3)
        length, thick = s.chance.uniform(500, 1100), s.h * s.chance.uniform(0.03, 0.09)
        s.cloud(x, y, length, thick, mix(SLATE, BONE, s.chance.random()), 0.4)
    sea = s.fade((0, mix(LAKE, FOG, 0.6), 1), (1, mix(DEEP, LAKE, 0.2), 1))
    s.rect(0, s.h * 0.38, WIDTH, s.h * 0.62, sea)
    s.ripples(s.h * 0.39, s.h, ICE, 130, 0.3)
    spine = []
    for step in range(101):
        t = step / 100
        x = -60 + 1330 * math.sin(t * 1.75) - 90 * t * t
        spine.append((x, s.h * (0.93 - 0.5 * t**0.8), (1 - t) ** 0.9))

    def band(upper: float, lower: float) -> list[Point]:
        top = [(x, y - (s.h * 0.006 + upper * near)) for x, y, near in spine]
        low = [(x + 14 * near, y + (s.h * 0.005 + lower * near)) for x, y, near in spine]
        return [*top, *reversed(low)]

    for spread, strength in ((130, 0.25), (95, 0.4)):
        s.shape(band(s.h * 0.05, spread), BONE, strength)
    for n in range(4):
        surf = [
            (x + 30 * near, y + (70 + 34 * n) * near + 7 * math.sin(at / 3 + n * 2))
            for at, (x, y, near) in enumerate(spine)
        ]
        s.line(surf, BONE, 5 - n, 0.75 - 0.13 * n)
    s.shape(band(s.h * 0.055, 62), mix(STRAW, BONE, 0.45))
    turf = s.fade((0, mix(SAGE, MOSS, 0.5), 1), (1, mix(MOSS, OCHRE, 0.35), 1))
    s.shape(band(s.h * 0.05, 26), turf)
    road = [(x + 5, y - s.h * 0.012 * near) for x, y, near in spine]
    s.line(road, mix(BONE, SLATE, 0.3), 5, 0.85)
    walls = [BONE, RUST, STRAW, mix(LAKE, BONE, 0.4), BONE, mix(ROSE, BONE, 0.3)]
    for n in range(17):
        x, y, near = spine[84 - n * 4]
        size, side = 19 + 66 * near, -1 if n % 2 else 1
        left, foot = x + side * size * 0.75 - size / 2, y - 6 * near + side * 8 * near
        s.house(left, foot, size, walls[n % 6], mix(INK, SLATE, 0.3), DEEP)
    x, y, _ = spine[62]
    s.rect(x - 66, y - 58, 60, 46, BONE)
    s.shape([(x - 72, y - 58), (x - 36, y - 88), (x, y - 58)], DEEP)
    s.rect(x - 84, y - 82, 22, 70, BONE)
    s.shape([(x - 88, y - 82), (x - 73, y - 140), (x - 58, y - 82)], DEEP)


def harbour(s: Sheet) -> None:
    s.sky(mix(PLUM, SLATE, 0.4), mix(ROSE, PEACH, 0.4), PEACH, down_to=0.6)
    s.sun(s.chance.uniform(950, 1350), s.h * 0.4, 52, "#ffe6b8", PEACH)
    walls = [BONE, RUST, STRAW, mix(LAKE, BONE, 0.3), ROSE]
    roof = mix(INK, PLUM, 0.3)
    for n in range(2):
        skyline = s.ridge(s.h * (0.42 + 0.06 * n), s.h * 0.045)
        colour = mix(mix(PLUM, SLATE, 0.5), mix(SPRUCE, INK, 0.3), n)
        s.land(skyline, colour, mix(colour, ROSE, 0.25), s.h * 0.2)
    for n in range(15):
        x = 30 + n * 106 + s.chance.uniform(-20, 20)
        y = skyline[min(200, max(0, int(x / 8)))][1] + s.chance.uniform(26, 62)
        s.house(x, y, s.chance.uniform(44, 70), walls[n % 5], roof, "#ffdf9a")
    water = s.fade(
        (0, mix(PEACH, ROSE, 0.4), 1), (0.45, mix(LAKE, PLUM, 0.4), 1), (1, mix(DEEP, INK, 0.4), 1)
    )
    s.rect(0, s.h * 0.58, WIDTH, s.h * 0.42, water)
    s.ripples(s.h * 0.59, s.h, PEACH, 110, 0.3)
    s.rect(0, s.h * 0.575, WIDTH, 15, roof)
    for x in range(15, 1600, 64):
        s.rect(x, s.h * 0.575, 9, s.h * 0.05, roof)
    hulls = [RUST, mix(DEEP, LAKE, 0.25), BONE]
    s.chance.shuffle(hulls)
    for n, hull in enumerate(hulls):
        x, y = 120 + n * 510 + s.chance.uniform(-30, 30), s.h * (0.72 + 0.055 * (n % 2))
        _boat(s, x, y, 300 + 70 * (n % 2), hull)
    for _ in range(7):
        x, y = s.chance.uniform(200, 1400), s.h * s.chance.uniform(0.1, 0.3)
        s.stroke(f"M{x - 16:.0f} {y - 6:.0f}q9 -8 16 4q8 -12 17 -5", INK, 3, 0.6)


def _boat(s: Sheet, x: float, y: float, size: float, hull: str) -> None:
    """A crab boat with its pots on deck; ``y`` is the rail, ``size`` the length."""

    def at(across: float, down: float) -> str:
        return f"{x + size * across:.0f} {y + size * down:.0f}"

    dark = mix(hull, INK, 0.5)
    s.path(f"M{at(0, 0.13)}L{at(1, 0.13)}L{at(0.9, 0.43)}L{at(0.15, 0.43)}Z", dark, 0.35)
    side = (
        f"M{at(-0.04, -0.1)}Q{at(0.46, 0.02)} {at(1.06, -0.2)}L{at(0.94, 0.14)}L{at(0.06, 0.14)}Z"
    )
    s.path(side, s.fade((0, hull, 1), (1, dark, 1)))
    s.rect(x + size * 0.52, y - size * 0.3, size * 0.24, size * 0.25, BONE)
    s.rect(x + size * 0.5, y - size * 0.33, size * 0.28, size * 0.035, dark)
    for n in range(3):
        s.rect(x + size * (0.545 + 0.072 * n), y - size * 0.25, size * 0.05, size * 0.07, DEEP)
    mast = x + size * 0.42
    s.line([(mast, y - size * 0.04), (mast, y - size * 0.72)], INK, 6)
    s.line([(mast, y - size * 0.2), (mast - size * 0.3, y - size * 0.52)], INK, 4)
    for end in (-0.02, 1.04):
        s.line([(mast, y - size * 0.72), (x + size * end, y - size * 0.12)], INK, 1.6, 0.7)
    for row in range(2):
        for n in range(4 - row):
            left, top = 0.05 + 0.085 * n + 0.04 * row, 0.12 + 0.06 * row
            crate = mix(OCHRE, INK, 0.2 + 0.12 * n)
            s.rect(x + size * left, y - size * top, size * 0.075, size * 0.052, crate)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "coast": coast,
    "spit": spit,
    "harbour": harbour,
}
