"""Scenes of things people built: a mine, a plant, a city, a hot street."""

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


def mine(s: Sheet) -> None:
    s.sky(mix(SLATE, LAKE, 0.4), mix(FOG, BONE, 0.5), PEACH, down_to=0.42)
    back = s.ridge(s.h * 0.3, s.h * 0.03)
    s.land(back, mix(SLATE, SPRUCE, 0.4), mix(SPRUCE, SLATE, 0.3))
    s.treeline(back, s.h * 0.045, 14, mix(SPRUCE, SLATE, 0.25), 0.05)
    rim = s.ridge(s.h * 0.355, s.h * 0.006, 0.3)
    s.land(rim, mix(SPRUCE, INK, 0.2), mix(MOSS, INK, 0.4))
    s.treeline(rim, s.h * 0.06, 20, mix(SPRUCE, INK, 0.35), 0.1)
    cx, cy = 800 + s.chance.uniform(-80, 80), s.h * 0.58
    rings = 9
    rock = [
        mix(SLATE, FOG, 0.4),
        mix(SLATE, OCHRE, 0.35),
        mix(SLATE, FOG, 0.15),
        mix(FOG, OCHRE, 0.35),
    ]
    for n in range(rings):
        t = n / (rings - 1)
        rx, ry = 1010 - 790 * t, s.h * (0.27 - 0.205 * t)
        y = cy + s.h * 0.2 * t
        wall, step = mix(rock[n % 4], INK, 0.22 + 0.25 * t), mix(rock[n % 4], BONE, 0.38 - 0.36 * t)
        wobble = s.chance.uniform(-18, 18)
        s.oval(
            cx + wobble,
            y,
            rx,
            ry,
            s.fade((0, mix(wall, INK, 0.35), 1), (0.6, wall, 1), (1, mix(wall, STRAW, 0.35), 1)),
        )
        s.oval(cx + wobble * 0.9, y + s.h * 0.016, rx * 0.975, ry * 0.96, step)
        for _ in range(26):
            a = s.chance.uniform(math.pi, math.tau)
            x0, y0 = cx + wobble + math.cos(a) * rx * 0.985, y + math.sin(a) * ry * 0.98
            s.line([(x0, y0), (x0 - math.cos(a) * 7, y0 + s.h * 0.016)], INK, 2, 0.25)
    y = cy + s.h * 0.215
    pool = s.fade((0, "#4e9a98", 1), (1, "#8cc7bd", 1))
    s.oval(cx, y, 190, s.h * 0.052, mix(LAKE, INK, 0.5))
    s.oval(cx, y + 3, 180, s.h * 0.047, pool)
    for n in range(7):
        s.line(
            [(cx - 110 + n * 24, y - 12 + n * 5), (cx - 60 + n * 24, y - 12 + n * 5)], ICE, 2.5, 0.5
        )
    for n, (x, place) in enumerate(
        ((cx - 520, 0.64), (cx + 360, 0.735), (cx - 250, 0.725), (cx + 620, 0.62))
    ):
        _truck(s, x, s.h * place, 46 - 6 * (n % 3))
    front = [
        (0.0, s.h * 0.83),
        (240, s.h * 0.9),
        (620, s.h * 0.965),
        (1000, s.h * 0.97),
        (1380, s.h * 0.9),
        (1600, s.h * 0.82),
    ]
    s.shape([*front, (WIDTH, s.h), (0, s.h)], mix(SPRUCE, INK, 0.6))
    for x, tall in ((30, 0.3), (120, 0.23), (215, 0.17), (1400, 0.17), (1490, 0.26), (1570, 0.33)):
        s.conifer(x, s.h * 0.96, s.h * tall, mix(SPRUCE, INK, 0.65))


def _truck(s: Sheet, x: float, y: float, size: float) -> None:
    s.shape(
        [
            (x, y - size * 0.55),
            (x + size * 0.75, y - size * 0.62),
            (x + size * 0.62, y - size * 0.2),
            (x + size * 0.1, y - size * 0.2),
        ],
        OCHRE,
    )
    s.rect(x + size * 0.68, y - size * 0.5, size * 0.26, size * 0.34, mix(OCHRE, BONE, 0.3))
    for dx in (0.22, 0.76):
        s.oval(x + size * dx, y - size * 0.1, size * 0.14, size * 0.14, INK)


def stacks(s: Sheet) -> None:
    s.sky(
        mix(DEEP, INK, 0.2),
        mix(SPRUCE, LAKE, 0.3),
        mix(SAGE, STRAW, 0.35),
        mix(STRAW, PEACH, 0.4),
        down_to=0.8,
    )
    for n, x in enumerate((690.0, 905.0)):
        y = s.h * (0.25 + 0.06 * n)
        for k in range(30):
            t = k / 29
            s.oval(
                x + 40 + 900 * t**1.2,
                y - 16 - s.h * 0.16 * t**0.8 + s.chance.uniform(-16, 16) * (0.3 + t),
                30 + 120 * t * s.chance.uniform(0.7, 1.1),
                22 + 74 * t * s.chance.uniform(0.7, 1.1),
                mix(mix(BONE, PEACH, 0.4), SLATE, 0.25 + 0.5 * t),
                0.34,
            )
    far = s.ridge(s.h * 0.73, s.h * 0.02)
    s.land(far, mix(SPRUCE, SLATE, 0.4), mix(SPRUCE, STRAW, 0.3))
    dark = mix(INK, DEEP, 0.35)
    for n, x in enumerate((690.0, 905.0)):
        top = s.h * (0.25 + 0.06 * n)
        paint = s.fade((0, mix(dark, SLATE, 0.4), 1), (0.5, dark, 1), (1, INK, 1), across=True)
        s.shape([(x - 30, s.h * 0.86), (x - 19, top), (x + 19, top), (x + 30, s.h * 0.86)], paint)
        for k in range(3):
            s.rect(x - 22, top + 18 + k * 34, 44, 13, mix(RUST, INK, 0.25))
    for k in range(4):
        x, wide = 150 + k * 118.0, 104.0
        paint = s.fade((0, mix(dark, SAGE, 0.35), 1), (0.55, dark, 1), (1, INK, 1), across=True)
        s.rect(x, s.h * 0.56, wide, s.h * 0.3, paint)
        s.oval(x + wide / 2, s.h * 0.56, wide / 2, 17, mix(dark, SAGE, 0.3))
    s.rect(130, s.h * 0.525, 520, 13, dark)
    s.shape([(640, s.h * 0.525), (1130, s.h * 0.68), (1130, s.h * 0.695), (640, s.h * 0.545)], dark)
    for k in range(6):
        x = 660 + 80 * k
        s.line([(x, s.h * (0.54 + 0.026 * k)), (x, s.h * 0.86)], dark, 5)
    s.rect(980, s.h * 0.66, 470, s.h * 0.2, s.fade((0, mix(dark, SLATE, 0.25), 1), (1, INK, 1)))
    s.shape([(960, s.h * 0.66), (1060, s.h * 0.6), (1370, s.h * 0.6), (1470, s.h * 0.66)], dark)
    for row in range(3):
        for k in range(11):
            if s.chance.random() < 0.6:
                s.rect(1006 + 40 * k, s.h * (0.69 + 0.05 * row), 20, 16, "#ffd98a", 0.9)
    front = s.ridge(s.h * 0.86, s.h * 0.006, 0.2)
    s.land(front, mix(INK, SPRUCE, 0.35), INK)
    s.treeline(s.ridge(s.h * 1.0, s.h * 0.02), s.h * 0.13, 46, mix(INK, SPRUCE, 0.2), 0.35)


def city_dusk(s: Sheet) -> None:
    s.sky(mix(DEEP, PLUM, 0.45), mix(PLUM, ROSE, 0.5), mix(PEACH, ROSE, 0.3), down_to=0.72)
    for _ in range(5):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.12, 0.42),
            900,
            s.h * 0.035,
            mix(PLUM, PEACH, 0.5),
            0.45,
        )
    hills = s.ridge(s.h * 0.5, s.h * 0.04)
    s.land(hills, mix(PLUM, ROSE, 0.35), mix(PLUM, ROSE, 0.5))
    for row in range(3):
        x = -30.0
        colour = mix(mix(PLUM, ROSE, 0.3), mix(INK, DEEP, 0.4), row / 2)
        foot = s.h * 0.74
        while x < WIDTH:
            wide = s.chance.uniform(58, 140)
            tall = s.h * s.chance.uniform(0.1, 0.26) * (1.35 - 0.28 * row)
            wall = mix(colour, [RUST, DEEP, PLUM, SLATE][s.chance.randrange(4)], 0.25)
            s.rect(x, foot - tall, wide, tall, s.fade((0, mix(wall, ROSE, 0.18), 1), (1, wall, 1)))
            kind = s.chance.random()
            if kind < 0.4:
                s.shape(
                    [
                        (x - 4, foot - tall),
                        (x + wide / 2, foot - tall - wide * 0.38),
                        (x + wide + 4, foot - tall),
                    ],
                    mix(wall, INK, 0.4),
                )
            elif kind < 0.6:
                s.rect(x + wide * 0.15, foot - tall - 34, 16, 36, mix(wall, INK, 0.35))
            if row:
                for wy in range(int(foot - tall + 20), int(foot - 24), 34):
                    for wx in range(int(x + 11), int(x + wide - 18), 27):
                        if s.chance.random() < 0.42:
                            s.rect(
                                wx,
                                wy,
                                12,
                                18,
                                ["#ffd98a", "#f7b96b", "#ffe9b6"][s.chance.randrange(3)],
                                0.92,
                            )
            x += wide + s.chance.uniform(-4, 10)
    s.rect(
        0,
        s.h * 0.73,
        WIDTH,
        s.h * 0.27,
        s.fade((0, mix(PLUM, ROSE, 0.35), 1), (1, mix(INK, DEEP, 0.5), 1)),
    )
    for _ in range(90):
        x, y = s.chance.uniform(0, WIDTH), s.h * (0.75 + 0.22 * s.chance.random())
        s.line([(x, y), (x + s.chance.uniform(10, 60), y)], "#f7b96b", 3, 0.42)
    s.ripples(s.h * 0.74, s.h, ROSE, 50, 0.25)
    x = s.chance.uniform(1080, 1380)
    s.line([(x, s.h * 0.74), (x, s.h * 0.22)], INK, 9)
    s.line([(x - 190, s.h * 0.27), (x + 90, s.h * 0.245)], INK, 7)
    s.line([(x, s.h * 0.19), (x - 190, s.h * 0.27)], INK, 2.5)
    s.line([(x, s.h * 0.19), (x + 90, s.h * 0.245)], INK, 2.5)
    s.line([(x - 150, s.h * 0.268), (x - 150, s.h * 0.42)], INK, 2)
    s.rect(0, s.h * 0.735, WIDTH, 12, mix(INK, PLUM, 0.25))


def street_heat(s: Sheet) -> None:
    s.sky(mix(RUST, OCHRE, 0.45), OCHRE, STRAW, mix(PEACH, STRAW, 0.4), down_to=0.75)
    sx, sy = 800 + s.chance.uniform(-60, 60), s.h * 0.33
    for r, o in ((420, 0.16), (300, 0.2), (205, 0.28)):
        s.oval(sx, sy, r, r, BONE, o)
    s.oval(sx, sy, 138, 138, "#fff6df")
    road = s.h * 0.63
    s.rect(
        0,
        road,
        WIDTH,
        s.h - road,
        s.fade((0, mix(PEACH, STRAW, 0.5), 1), (1, mix(OCHRE, RUST, 0.4), 1)),
    )
    for side in (-1, 1):
        for n in range(5):
            near = 0.56**n
            far = 0.56 ** (n + 1)
            x0, x1 = sx + side * 1010 * near, sx + side * 1010 * far
            tall = s.chance.uniform(0.82, 1.12)
            tops = [s.h * (0.6 - 0.64 * near * tall), s.h * (0.6 - 0.64 * far * tall)]
            feet = [s.h * (0.63 + 0.3 * near), s.h * (0.63 + 0.3 * far)]
            brick = mix(
                mix([RUST, mix(RUST, PLUM, 0.45), mix(ROSE, RUST, 0.5)][n % 3], PEACH, 0.16 * n),
                INK,
                0.06,
            )
            wall = [(x0, tops[0]), (x1, tops[1]), (x1, feet[1]), (x0, feet[0])]
            s.shape(wall, s.fade((0, mix(brick, PEACH, 0.15), 1), (1, mix(brick, INK, 0.25), 1)))
            s.line([(x0, tops[0]), (x1, tops[1])], mix(brick, INK, 0.5), 11 * near + 2)
            _windows(s, wall)
    s.shape(
        [(sx - 7, road), (sx + 7, road), (sx + 600, s.h), (sx - 600, s.h)],
        mix(PLUM, OCHRE, 0.5),
        0.55,
    )
    for n in range(7):
        t, u = 0.62**n, 0.62**n * 0.8
        y0, y1 = road + (s.h - road) * t, road + (s.h - road) * u
        s.shape(
            [(sx - 16 * t, y0), (sx + 16 * t, y0), (sx + 16 * u, y1), (sx - 16 * u, y1)], BONE, 0.7
        )
    for n in range(24):
        y = s.h * (0.57 + 0.012 * n)
        x = sx + s.chance.uniform(-360, 240)
        s.stroke(f"M{x:.0f} {y:.0f}q22 -7 44 0t44 0t44 0", BONE, 2.2, 0.42)
    tx, ty = sx + 330, s.h * 0.79
    s.oval(tx + 70, ty + 8, 160, 17, mix(PLUM, INK, 0.4), 0.5)
    s.line([(tx, ty), (tx - 3, ty - s.h * 0.2)], mix(INK, RUST, 0.3), 13)
    for _ in range(16):
        a, d = s.chance.uniform(0, math.tau), s.chance.random() ** 0.5
        colour = mix(mix(MOSS, OCHRE, 0.3), INK, s.chance.uniform(0.1, 0.5))
        s.oval(tx + math.cos(a) * 72 * d, ty - s.h * 0.24 + math.sin(a) * 64 * d, 44, 36, colour)


def _windows(s: Sheet, wall: list[Point]) -> None:
    """Four floors of three windows on a wall seen at a slant; its corners go round from the top
    of the near edge."""
    (x0, top0), (x1, top1), (_, foot1), (_, foot0) = wall

    def at(across: float, down: float) -> Point:
        top, foot = top0 + (top1 - top0) * across, foot0 + (foot1 - foot0) * across
        return (x0 + (x1 - x0) * across, top + (foot - top) * down)

    for floor in range(4):
        for bay in range(3):
            left, right = (bay + 0.3) / 3, (bay + 0.72) / 3
            head, sill = (floor + 0.28) / 4.5, (floor + 0.72) / 4.5
            glass = mix(PLUM, INK, 0.4) if (floor + bay) % 3 else mix(STRAW, BONE, 0.3)
            corners = [at(left, head), at(right, head), at(right, sill), at(left, sill)]
            s.shape(corners, glass, 0.85)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "mine": mine,
    "stacks": stacks,
    "city_dusk": city_dusk,
    "street_heat": street_heat,
}
