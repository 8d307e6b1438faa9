"""Scenes of fresh water: river, ice road, fish."""

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


def river(s: Sheet) -> None:
    s.sky(mix(ICE, LAKE, 0.35), BONE, PEACH, down_to=0.5)
    s.sun(s.chance.uniform(300, 1300), s.h * 0.2, 46, BONE, PEACH)
    for n in range(4):
        t = n / 3
        skyline = s.ridge(s.h * (0.3 + 0.055 * n), s.h * (0.075 - 0.012 * n))
        colour = mix(mix(SLATE, FOG, 0.5), mix(OCHRE, MOSS, 0.4), t)
        s.land(skyline, colour, mix(colour, PEACH, 0.4))
    plain = s.ridge(s.h * 0.485, s.h * 0.008, 0.2)
    s.land(plain, mix(STRAW, SAGE, 0.5), mix(OCHRE, RUST, 0.35))
    turn = s.chance.choice((-1, 1))
    left, right = [], []
    for step in range(81):
        t = step / 80
        y = s.h * (0.49 + 0.51 * t**1.7)
        middle = 800 + turn * 470 * math.sin(t * 5.0 + 0.6) * (0.22 + 0.78 * t)
        half = 7 + 330 * t**1.9
        left.append((middle - half, y))
        right.append((middle + half, y))
    for wide, colour, o in (
        (1.75, mix(STRAW, BONE, 0.6), 1.0),
        (1.35, mix(STRAW, OCHRE, 0.4), 0.7),
    ):
        bank_l, bank_r = [], []
        for (lx, y), (rx, _) in zip(left, right, strict=True):
            half = (rx - lx) / 2
            bank_l.append(((lx + rx) / 2 - half * wide, y))
            bank_r.append(((lx + rx) / 2 + half * (wide * 0.92), y + 2))
        s.shape([*bank_l, *reversed(bank_r)], colour, o)
    s.shape(
        [*left, *reversed(right)],
        s.fade((0, mix(PEACH, BONE, 0.5), 1), (1, mix(LAKE, DEEP, 0.4), 1)),
    )
    for _ in range(64):
        at = int(80 * s.chance.random() ** 0.7)
        (lx, y), (rx, _) = left[at], right[at]
        x = s.chance.uniform(lx, lx + (rx - lx) * 0.75)
        s.line([(x, y), (x + (rx - lx) * 0.2, y)], BONE, 1 + at / 32, 0.42)
    for _ in range(46):
        t = s.chance.random() ** 1.3
        y = s.h * (0.5 + 0.48 * t)
        at = min(80, int(80 * ((y / s.h - 0.49) / 0.51) ** (1 / 1.7)))
        x = s.chance.uniform(0, WIDTH)
        half = right[at][0] - left[at][0]
        if left[at][0] - half * 0.5 < x < right[at][0] + half * 0.5:
            continue
        colour = mix(mix(SAGE, MOSS, 0.6), mix(SPRUCE, INK, 0.4), t)
        r = 7 + 52 * t * s.chance.uniform(0.5, 1)
        s.oval(x, y + r * 0.55, r * 1.5, r * 0.28, INK, 0.2)
        for dx in (-0.6, 0, 0.55):
            s.oval(
                x + dx * r,
                y - abs(dx) * r * -0.25,
                r * 0.75,
                r * 0.62,
                mix(colour, INK, 0.12 * (dx + 0.6)),
            )


def ice_road(s: Sheet) -> None:
    s.sky(mix(LAKE, SLATE, 0.15), mix(ICE, BONE, 0.4), mix(STRAW, BONE, 0.45), down_to=0.46)
    s.sun(s.chance.uniform(450, 1150), s.h * 0.34, 40, BONE, STRAW)
    for n in range(2):
        skyline = s.ridge(s.h * (0.4 + 0.022 * n), s.h * 0.022)
        s.land(skyline, mix(SLATE, FOG, 0.45 - 0.3 * n), mix(SLATE, ICE, 0.5))
        s.treeline(skyline, s.h * 0.022, 9, mix(SLATE, INK, 0.2 + 0.3 * n), 0.35)
    s.rect(
        0,
        s.h * 0.445,
        WIDTH,
        s.h * 0.555,
        s.fade((0, mix(BONE, ICE, 0.5), 1), (1, mix(ICE, LAKE, 0.3), 1)),
    )
    for _ in range(60):
        t = s.chance.random() ** 1.5
        y = s.h * (0.46 + 0.54 * t)
        s.oval(s.chance.uniform(0, WIDTH), y, 60 + 300 * t, 3 + 16 * t, BONE, 0.32)
    vx, vy = 800 + s.chance.uniform(-150, 150), s.h * 0.445

    def strip(x0: float, x1: float, fill: str, o: float = 1) -> None:
        s.shape(
            [(vx + x0 * 0.004, vy), (vx + x1 * 0.004, vy), (800 + x1, s.h), (800 + x0, s.h)],
            fill,
            o,
        )

    strip(-900, -640, mix(BONE, ICE, 0.3))
    strip(640, 900, mix(BONE, ICE, 0.3))
    strip(
        -660,
        660,
        s.fade(
            (0, mix(ICE, LAKE, 0.35), 1),
            (0.4, mix(LAKE, SLATE, 0.25), 1),
            (1, mix(DEEP, LAKE, 0.4), 1),
        ),
    )
    for x0 in (-370, 210):
        strip(x0, x0 + 150, s.fade((0, mix(PEACH, ICE, 0.4), 0.5), (1, mix(INK, DEEP, 0.5), 0.5)))
    for _ in range(34):
        t = s.chance.random() ** 0.8
        y = vy + (s.h - vy) * t
        x = vx + (800 + s.chance.uniform(-600, 500) - vx) * t
        points = [(x, y)]
        for _ in range(4):
            x += s.chance.uniform(-30, 90) * t
            y += s.chance.uniform(-9, 14) * t
            points.append((x, y))
        s.line(points, BONE, 0.6 + 2.2 * t, 0.55)
    for n in range(9):
        t = 0.75**n
        y = vy + (s.h - vy) * t * 0.9
        for side in (-1, 1):
            x = vx + (800 + side * 760 - vx) * t * 0.9
            tall = 150 * t
            s.line([(x, y), (x, y - tall)], mix(RUST, INK, 0.15), 1.5 + 8 * t)
            s.rect(x - 9 * t, y - tall, 18 * t, 26 * t, OCHRE)


def fish(s: Sheet) -> None:
    s.sky(mix(SAGE, ICE, 0.5), LAKE, mix(SPRUCE, LAKE, 0.25), mix(DEEP, SPRUCE, 0.4))
    for _ in range(9):
        x, wide = s.chance.uniform(-200, 1500), s.chance.uniform(40, 190)
        paint = s.fade((0, BONE, 0.42), (1, BONE, 0))
        s.shape([(x, 0), (x + wide, 0), (x + wide * 1.7 - 240, s.h), (x - 320, s.h)], paint)
    for n in range(26):
        y = s.h * 0.012 * n * s.chance.uniform(0.4, 1.2)
        x = s.chance.uniform(0, WIDTH)
        s.stroke(f"M{x:.0f} {y:.0f}q60 -14 120 0t120 0", BONE, 3.5, 0.3)
    for n in range(150):
        t = (n / 149) ** 1.1
        r = 16 + 72 * t * s.chance.uniform(0.5, 1)
        y = s.h * (0.78 + 0.24 * t)
        colour = mix(mix(SLATE, LAKE, 0.35), mix(OCHRE, INK, 0.55), s.chance.random())
        x = s.chance.uniform(-40, WIDTH + 40)
        s.oval(x + 4, y + r * 0.2, r * 1.1, r * 0.62, INK, 0.35)
        s.oval(
            x,
            y,
            r,
            r * 0.56,
            s.fade((0, mix(colour, BONE, 0.32), 1), (1, mix(colour, INK, 0.4), 1)),
        )
    places = [
        (330, 0.62, 400),
        (1010, 0.55, 470),
        (660, 0.4, 300),
        (1250, 0.76, 340),
        (150, 0.32, 210),
        (1330, 0.3, 240),
        (560, 0.75, 360),
        (930, 0.26, 170),
    ]
    for x, y, size in sorted(places, key=lambda place: place[2]):
        shift = s.chance.uniform(-60, 60)
        _salmon(s, x + shift, s.h * (y + s.chance.uniform(-0.02, 0.02)), size)
    for _ in range(40):
        r = s.chance.uniform(2, 7)
        s.oval(s.chance.uniform(0, WIDTH), s.chance.uniform(0, s.h * 0.7), r, r, BONE, 0.35)


def _salmon(s: Sheet, x: float, y: float, size: float) -> None:
    near = min(1.0, size / 470)
    back = mix(mix(LAKE, SPRUCE, 0.4), mix(RUST, INK, 0.12), near)
    belly = mix(mix(LAKE, ICE, 0.4), mix(ROSE, RUST, 0.35), near)
    head = mix(mix(LAKE, SPRUCE, 0.5), mix(MOSS, INK, 0.4), near)
    u = size / 100

    def p(dx: float, dy: float) -> str:
        return f"{x + dx * u:.1f} {y + dy * u:.1f}"

    s.path(f"M{p(42, 0)}L{p(60, -15)}Q{p(53, 0)} {p(60, 15)}Z", mix(back, INK, 0.25))
    s.path(f"M{p(-6, -13)}Q{p(4, -25)} {p(14, -20)}L{p(12, -10)}Z", mix(back, INK, 0.3))
    body = (
        f"M{p(-50, 2)}C{p(-36, -18)} {p(10, -20)} {p(46, -4)}"
        f"L{p(46, 4)}C{p(16, 18)} {p(-30, 20)} {p(-50, 2)}Z"
    )
    s.path(body, s.fade((0, back, 1), (0.55, mix(back, belly, 0.55), 1), (1, belly, 1)))
    s.path(
        f"M{p(-50, 2)}C{p(-45, -7)} {p(-38, -11)} {p(-31, -12.6)}"
        f"Q{p(-25, 2)} {p(-31, 13.4)}C{p(-39, 11)} {p(-46, 7)} {p(-50, 2)}Z",
        head,
    )
    s.path(f"M{p(-4, 13.5)}Q{p(2, 23)} {p(10, 20)}L{p(9, 11.5)}Z", mix(belly, INK, 0.25))
    s.path(f"M{p(-22, 3)}Q{p(-12, 12)} {p(-8, 9)}Q{p(-13, 3)} {p(-22, 3)}Z", mix(back, INK, 0.35))
    s.oval(x - 40 * u, y - 3 * u, 1.9 * u, 1.9 * u, BONE)
    s.oval(x - 40 * u, y - 3 * u, 1.0 * u, 1.0 * u, INK)
    s.stroke(f"M{p(-49, 4)}Q{p(-44, 5)} {p(-40, 4)}", INK, 0.8 * u, 0.7)
    s.stroke(f"M{p(-30, -1)}Q{p(8, -4)} {p(44, 0)}", BONE, 0.5 * u, 0.4)
    for _ in range(int(14 * near)):
        s.oval(
            x + s.chance.uniform(-26, 30) * u,
            y + s.chance.uniform(-12, -6) * u,
            0.7 * u,
            0.6 * u,
            INK,
            0.4,
        )


SCENES: dict[str, Callable[[Sheet], None]] = {
    "river": river,
    "ice_road": ice_road,
    "fish": fish,
}
