"""Scenes of energy: turbines, a substation, wells."""

import itertools
import math
from collections.abc import Callable

from newsroom.demo.pictures.brush import (
    BONE,
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
    Sheet,
    mix,
)


def turbines(s: Sheet) -> None:
    s.sky(mix(LAKE, ICE, 0.15), mix(ICE, BONE, 0.5), PEACH, mix(PEACH, ROSE, 0.4), down_to=0.72)
    for _ in range(6):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.2, 0.5),
            s.chance.uniform(500, 1000),
            s.h * s.chance.uniform(0.03, 0.07),
            BONE,
            0.5,
        )
    for n in range(4):
        t = n / 3
        skyline = s.ridge(s.h * (0.6 + 0.095 * n), s.h * 0.035, 0.28)
        colour = mix(mix(LAKE, SAGE, 0.5), mix(SPRUCE, INK, 0.25), t)
        for k in range((7, 5, 3, 0)[n]):
            x = 90 + k * (1500 / (7, 5, 3, 1)[n]) + s.chance.uniform(-50, 90)
            foot = skyline[min(200, max(0, int(x / 8)))][1]
            _turbine(s, x, foot + 8, s.h * (0.17, 0.31, 0.52)[n], mix(FOG, BONE, 0.4 + 0.3 * n))
        s.land(skyline, mix(colour, STRAW, 0.25), mix(colour, INK, 0.12 * n))
        if n in (1, 2):
            s.treeline(skyline, s.h * 0.035 * n, 40, mix(colour, INK, 0.3), 0.7)
    for n in range(9):
        y = s.h * (0.9 + 0.012 * n)
        s.stroke(f"M0 {y:.0f}q400 {-60 + n * 9} 800 -10t800 20", SAGE, 2.5, 0.28)


def _turbine(s: Sheet, x: float, foot: float, tall: float, colour: str) -> None:
    wide = tall * 0.017
    top = foot - tall
    shade = s.fade((0, colour, 1), (1, mix(colour, SLATE, 0.55), 1), across=True)
    s.shape(
        [(x - wide, foot), (x - wide * 0.5, top), (x + wide * 0.5, top), (x + wide, foot)], shade
    )
    turn = s.chance.uniform(0, math.tau / 3)
    long = tall * 0.56
    for n in range(3):
        a = turn + n * math.tau / 3
        ux, uy = math.cos(a), math.sin(a)
        root = (
            x + ux * long * 0.16 - uy * long * 0.045,
            top + uy * long * 0.16 + ux * long * 0.045,
        )
        tip = (x + ux * long, top + uy * long)
        s.shape([(x, top), root, tip], colour)
        s.shape(
            [(x, top), tip, (x + ux * long * 0.1, top + uy * long * 0.1)], mix(colour, SLATE, 0.4)
        )
    s.oval(x, top, wide * 1.3, wide * 1.3, mix(colour, SLATE, 0.3))


def substation(s: Sheet) -> None:
    s.sky(mix(PLUM, INK, 0.4), PLUM, RUST, mix(OCHRE, PEACH, 0.3), down_to=0.8)
    s.sun(s.chance.uniform(650, 1000), s.h * 0.69, 78, "#ffd690", OCHRE)
    for _ in range(6):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.2, 0.6),
            s.chance.uniform(600, 1100),
            s.h * 0.03,
            mix(PLUM, ROSE, s.chance.random()),
            0.45,
        )
    far = s.ridge(s.h * 0.77, s.h * 0.012)
    s.land(far, mix(PLUM, INK, 0.45), INK)
    towers = [(90.0, 0.84, 0.62), (560.0, 0.81, 0.42), (890.0, 0.79, 0.27), (1110.0, 0.78, 0.17)]
    arms: list[list[tuple[float, float]]] = []
    for x, foot, tall in towers:
        arms.append(_pylon(s, x, s.h * foot, s.h * tall))
    edge = [(-700.0, y * 0.35 - 60) for _, y in arms[0]]
    for one, other in zip([edge, *arms[:-1]], arms, strict=True):
        for (x0, y0), (x1, y1) in zip(one, other, strict=True):
            mid, low = (x0 + x1) / 2, (y0 + y1) / 2 + abs(x1 - x0) * 0.1
            curve = f"M{x0:.0f} {y0:.0f}Q{mid:.0f} {low:.0f} {x1:.0f} {y1:.0f}"
            s.stroke(curve, INK, 2.6, 0.85)
    ground = s.ridge(s.h * 0.9, s.h * 0.006, 0.2)
    s.land(ground, mix(INK, PLUM, 0.25), INK)
    _gantry(s, 660, WIDTH + 20, s.h * 0.915, 132 * 2.1)
    for n in range(4):
        _transformer(s, 700 + n * 225, s.h * 0.915, 132)
    for x in range(620, 1640, 22):
        s.line([(x, s.h * 0.965), (x, s.h * 0.855)], mix(INK, PLUM, 0.35), 2.2, 0.85)
    for y in (0.86, 0.91, 0.96):
        s.line([(610, s.h * y), (WIDTH, s.h * y)], mix(INK, PLUM, 0.35), 2, 0.8)


def _gantry(s: Sheet, left: float, right: float, foot: float, tall: float) -> None:
    """The frame of bars from which the transformers hang their wires."""
    dark = mix(INK, PLUM, 0.12)
    for x in (left, (left + right) / 2 + 10, right - 30):
        for side in (-1, 1):
            s.line([(x + side * 16, foot), (x + side * 5, foot - tall * 1.12)], dark, 5)
        for n in range(6):
            y = foot - tall * n * 0.18
            s.line([(x - 15, y), (x + 12, y - tall * 0.18)], dark, 2.4)
    for level in (1.0, 1.1):
        s.line([(left, foot - tall * level), (right, foot - tall * level)], dark, 5)
    for n in range(int((right - left) / 34)):
        x = left + 34 * n
        s.line([(x, foot - tall), (x + 17, foot - tall * 1.1), (x + 34, foot - tall)], dark, 2)


def _pylon(s: Sheet, x: float, foot: float, tall: float) -> list[tuple[float, float]]:
    base, waist = tall * 0.15, tall * 0.035
    wide = max(1.4, tall / 130)

    def at(t: float, side: float) -> tuple[float, float]:
        half = base + (waist - base) * min(1, t / 0.62) if t < 0.62 else waist
        return (x + side * half, foot - tall * t)

    for side in (-1, 1):
        s.line([at(0, side), at(0.62, side), at(0.94, side), (x, foot - tall)], INK, wide * 1.5)
    steps = [0, 0.17, 0.31, 0.43, 0.53, 0.62, 0.7, 0.78, 0.86, 0.94]
    for low, high in itertools.pairwise(steps):
        s.line([at(low, -1), at(high, 1)], INK, wide)
        s.line([at(low, 1), at(high, -1)], INK, wide)
    ends = []
    for t, reach in ((0.66, 0.2), (0.78, 0.25), (0.9, 0.17)):
        y = foot - tall * t
        for side in (-1, 1):
            tip = (x + side * tall * reach, y)
            s.line([(x, y), tip, (x + side * waist, y - tall * 0.045)], INK, wide * 1.2)
            s.line([tip, (tip[0], y + tall * 0.05)], INK, wide * 1.8)
            ends.append((tip[0], y + tall * 0.05))
    return ends


def _transformer(s: Sheet, x: float, foot: float, size: float) -> None:
    body = mix(INK, SLATE, 0.22)
    s.rect(
        x, foot - size * 0.62, size, size * 0.62, s.fade((0, mix(body, RUST, 0.3), 1), (1, INK, 1))
    )
    for fin in range(9):
        s.rect(
            x + size * (0.06 + 0.105 * fin), foot - size * 0.54, size * 0.035, size * 0.44, INK, 0.7
        )
    for k in (0.2, 0.5, 0.8):
        top = foot - size * 1.1
        s.line([(x + size * k, foot - size * 0.62), (x + size * k, top)], body, 7)
        for n in range(5):
            s.oval(x + size * k, foot - size * (0.68 + 0.08 * n), 11, 4, mix(ROSE, INK, 0.45))
        s.line([(x + size * k, top), (x + size * k, foot - size * 2.1)], INK, 2.6)


def wells(s: Sheet) -> None:
    s.sky(mix(SLATE, LAKE, 0.3), mix(ROSE, PEACH, 0.5), mix(STRAW, PEACH, 0.4), OCHRE, down_to=0.72)
    s.sun(s.chance.uniform(350, 1200), s.h * 0.6, 88, "#ffe9b6", STRAW)
    for _ in range(9):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.12, 0.55),
            s.chance.uniform(500, 1300),
            s.h * s.chance.uniform(0.015, 0.045),
            mix(PLUM, PEACH, s.chance.uniform(0.35, 1)),
            0.55,
        )
    far = s.ridge(s.h * 0.68, s.h * 0.006)
    s.land(far, mix(OCHRE, PLUM, 0.4), mix(STRAW, OCHRE, 0.6))
    for n in range(5):
        y = s.h * (0.7 + 0.055 * n)
        skyline = s.ridge(y, s.h * 0.006, 0.2)
        s.land(
            skyline,
            mix([STRAW, OCHRE, mix(MOSS, STRAW, 0.5)][n % 3], PEACH, 0.2),
            mix(OCHRE, INK, 0.18 + 0.09 * n),
        )
    for x, foot, tall in (
        (1240.0, 0.705, 0.07),
        (1010.0, 0.715, 0.1),
        (1360.0, 0.76, 0.19),
        (520.0, 0.93, 0.5),
    ):
        _pumpjack(s, x + s.chance.uniform(-30, 30), s.h * foot, s.h * tall)
    for _ in range(260):
        t = s.chance.random()
        x, y = s.chance.uniform(0, WIDTH), s.h * (0.9 + 0.12 * t)
        high = 16 + 54 * t
        s.line(
            [(x, y), (x + s.chance.uniform(-12, 16), y - high)],
            mix(INK, OCHRE, s.chance.random() * 0.55),
            2.2,
            0.75,
        )


def _pumpjack(s: Sheet, x: float, foot: float, tall: float) -> None:
    wide = max(2.0, tall / 34)
    colour = mix(INK, PLUM, 0.25)
    pivot = (x, foot - tall * 0.72)
    for dx in (-0.2, 0.2):
        s.line([(x + dx * tall, foot), pivot], colour, wide * 1.3)
    s.line(
        [(x - 0.11 * tall, foot - tall * 0.33), (x + 0.11 * tall, foot - tall * 0.33)], colour, wide
    )
    tilt = s.chance.uniform(-0.16, 0.16)
    nose = (x - tall * 0.62, pivot[1] - tall * (0.06 + tilt))
    tail = (x + tall * 0.52, pivot[1] - tall * (0.06 - tilt))
    s.line([nose, tail], colour, wide * 2.4)
    nx, ny = nose
    s.path(
        f"M{nx + tall * 0.05:.1f} {ny - tall * 0.16:.1f}Q{nx - tall * 0.13:.1f} {ny:.1f} "
        f"{nx:.1f} {ny + tall * 0.2:.1f}L{nx + tall * 0.08:.1f} {ny + tall * 0.1:.1f}Z",
        colour,
    )
    s.line([(nx - tall * 0.035, ny + tall * 0.08), (nx - tall * 0.035, foot)], colour, wide * 0.6)
    s.rect(nx - tall * 0.07, foot - tall * 0.1, tall * 0.07, tall * 0.1, colour)
    crank = (x + tall * 0.47, foot - tall * 0.24)
    s.line([tail, crank], colour, wide)
    s.oval(crank[0], crank[1], tall * 0.13, tall * 0.13, colour)
    s.rect(x + tall * 0.26, foot - tall * 0.2, tall * 0.42, tall * 0.2, colour)
    s.rect(x - tall * 0.3, foot - tall * 0.03, tall * 1.05, tall * 0.035, colour)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "turbines": turbines,
    "substation": substation,
    "wells": wells,
}
