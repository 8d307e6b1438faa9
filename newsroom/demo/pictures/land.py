"""Scenes of ground and weather: forest, fire, snow, fields, storm, tundra, prairie."""

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
    Sheet,
    mix,
)


def forest(s: Sheet) -> None:
    s.sky(mix(FOG, LAKE, 0.35), BONE, mix(PEACH, BONE, 0.5))
    s.sun(s.chance.uniform(900, 1250), s.h * 0.24, 58, BONE, PEACH)
    for n in range(6):
        t = n / 5
        y = s.h * (0.38 + 0.115 * n)
        colour = mix(mix(FOG, LAKE, 0.4), mix(INK, SPRUCE, 0.35), t**0.9)
        skyline = s.ridge(y, s.h * (0.075 - 0.006 * n))
        s.land(skyline, colour, mix(colour, BONE, 0.42 * (1 - t)))
        s.treeline(skyline, s.h * (0.07 + 0.17 * t**1.3), 16 + 30 * t, colour, 0.08)
        s.haze(y + s.h * 0.05, s.h * 0.2, BONE, 0.5 * (1 - t))


def wildfire(s: Sheet) -> None:
    s.sky(mix(PLUM, INK, 0.45), mix(RUST, PLUM, 0.45), OCHRE, mix(STRAW, OCHRE, 0.3))
    s.sun(s.chance.uniform(420, 700), s.h * 0.3, 62, "#f6b26a", RUST)
    for _ in range(9):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.08, 0.42),
            s.chance.uniform(500, 1200),
            s.h * s.chance.uniform(0.05, 0.16),
            mix(PLUM, RUST, s.chance.random() * 0.7),
            0.28,
        )
    for n in range(3):
        y = s.h * (0.48 + 0.1 * n)
        skyline = s.ridge(y, s.h * 0.075)
        s.land(skyline, mix(RUST, PLUM, 0.3 + 0.28 * n), mix(OCHRE, RUST, 0.3 + 0.3 * n))
        if n == 1:
            for at in range(6, 200, 2):
                x, top = skyline[at]
                if s.chance.random() < 0.42 and math.sin(at / 23) ** 2 > 0.25:
                    tall = s.chance.uniform(10, 34)
                    glow = s.glow((0, "#ffe3a1", 0.95), (0.4, "#f08a3c", 0.6), (1, RUST, 0))
                    s.oval(x, top + 4, tall * 2.4, tall * 1.8, glow)
                    s.shape([(x - 5, top + 8), (x + 2, top - tall), (x + 7, top + 8)], "#ffdf9a")
        s.haze(y + s.h * 0.02, s.h * 0.16, PEACH, 0.3)
    for n, (y, tall) in enumerate(((0.82, 0.2), (0.95, 0.36))):
        colour = mix(PLUM, INK, 0.55 + 0.4 * n)
        skyline = s.ridge(s.h * y, s.h * 0.03)
        s.land(skyline, colour, INK)
        s.treeline(skyline, s.h * tall, 44 + 34 * n, colour, 0.15)


def prairie_snow(s: Sheet) -> None:
    s.sky(mix(PLUM, DEEP, 0.55), mix(PLUM, ROSE, 0.55), PEACH, down_to=0.66)
    x, y = s.chance.uniform(1050, 1350), s.h * 0.17
    s.oval(x, y, 44, 44, BONE)
    s.oval(x - 15, y - 7, 41, 41, mix(mix(PLUM, DEEP, 0.5), mix(PLUM, ROSE, 0.55), 0.42))
    for _ in range(50):
        s.oval(s.chance.uniform(0, WIDTH), s.chance.uniform(0, s.h * 0.3), 1.5, 1.5, BONE, 0.6)
    far = s.ridge(s.h * 0.625, s.h * 0.007)
    s.land(far, mix(PLUM, SLATE, 0.5), mix(SLATE, ICE, 0.4))
    s.treeline(far, s.h * 0.028, 13, mix(PLUM, INK, 0.3), 0.5)
    for n in range(4):
        t = n / 3
        skyline = s.ridge(s.h * (0.645 + 0.095 * n), s.h * (0.006 + 0.016 * t), 0.25)
        top = mix(mix(ROSE, ICE, 0.6), BONE, 0.2 + 0.35 * t)
        s.land(skyline, top, mix(mix(LAKE, PLUM, 0.35), ICE, 0.35 + 0.1 * n))
    hx, foot = s.chance.uniform(380, 700), s.h * 0.75
    s.oval(hx + 90, foot + 12, 270, 32, s.glow((0, "#f8d48c", 0.6), (1, PEACH, 0)))
    for px in (hx - 92, hx - 54, hx + 236):
        s.conifer(px, foot + 6, s.h * s.chance.uniform(0.12, 0.19), mix(INK, PLUM, 0.25))
    s.house(hx, foot, 170, mix(DEEP, PLUM, 0.5), mix(BONE, ICE, 0.4), "#ffd98a")
    s.rect(hx + 118, foot - 168, 18, 34, mix(DEEP, PLUM, 0.5))
    s.stroke(
        f"M{hx + 127:.0f} {foot - 172:.0f}c30 -40 -12 -72 34 -118s-8 -66 46 -102", BONE, 15, 0.3
    )
    for n in range(9):
        px = hx + 330 + n * n * 13 + n * 62
        tall = 44 + n * 11
        s.line([(px, foot + n * 9), (px, foot + n * 9 - tall)], mix(INK, PLUM, 0.4), 2.5 + n * 0.5)
    s.ripples(s.h * 0.8, s.h, mix(BONE, ICE, 0.4), 26, 0.32)


def fields(s: Sheet) -> None:
    s.sky(mix(LAKE, FOG, 0.2), mix(ICE, BONE, 0.5), PEACH, down_to=0.5)
    for _ in range(6):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.14, 0.34),
            s.chance.uniform(260, 560),
            s.h * s.chance.uniform(0.06, 0.12),
            BONE,
            0.72,
        )
    for n in range(2):
        skyline = s.ridge(s.h * (0.4 + 0.035 * n), s.h * 0.03)
        s.land(skyline, mix(LAKE, MOSS, 0.3 + 0.3 * n), mix(SAGE, BONE, 0.3))
    edge = s.ridge(s.h * 0.475, s.h * 0.012, 0.2)
    s.land(edge, MOSS, SPRUCE)
    vx, vy = s.chance.uniform(500, 1100), s.h * 0.36
    colours = [MOSS, OCHRE, mix(MOSS, INK, 0.25), RUST, SAGE, mix(RUST, INK, 0.2), STRAW, SPRUCE]
    bands = 15
    for n in range(bands):
        x0 = -1900 + n * 5400 / bands
        x1 = x0 + 5400 / bands
        colour = colours[(n * 3 + s.chance.randrange(2)) % len(colours)]
        cut = (s.h * 0.482 - vy) / (s.h - vy)
        corners = [
            (vx + (x0 - vx) * cut, s.h * 0.482),
            (vx + (x1 - vx) * cut, s.h * 0.482),
            (x1, s.h),
            (x0, s.h),
        ]
        s.shape(corners, s.fade((0, mix(colour, PEACH, 0.35), 1), (1, mix(colour, INK, 0.12), 1)))
        for row in range(1, 9):
            t = row / 9
            far = (vx + (x0 + (x1 - x0) * t - vx) * cut, s.h * 0.482)
            s.line([far, (x0 + (x1 - x0) * t, s.h)], mix(colour, INK, 0.4), 2.4, 0.3)
    for _ in range(26):
        x = s.chance.uniform(0, WIDTH)
        r = s.chance.uniform(9, 22)
        s.oval(x, s.h * 0.483 - r * 0.6, r * 1.25, r, mix(SPRUCE, INK, s.chance.random() * 0.4))
    hx = s.chance.uniform(300, 1200)
    s.house(hx, s.h * 0.486, 66, BONE, RUST, DEEP)
    s.house(hx + 84, s.h * 0.488, 92, RUST, mix(RUST, INK, 0.5), DEEP)


def storm(s: Sheet) -> None:
    s.sky(mix(INK, SLATE, 0.15), mix(SLATE, DEEP, 0.45), mix(FOG, STRAW, 0.3), down_to=0.72)
    for _ in range(6):
        x, wide = s.chance.uniform(-100, 1450), s.chance.uniform(140, 420)
        paint = s.fade((0, SLATE, 0), (0.35, SLATE, 0.6), (1, mix(SLATE, FOG, 0.4), 0))
        top, foot = s.h * 0.2, s.h * 0.66
        s.shape(
            [(x + 130, top), (x + 110 + wide, top), (x + wide - 40, foot), (x - 60, foot)], paint
        )
    for n in range(17):
        t = n / 16
        s.cloud(
            s.chance.uniform(-100, WIDTH + 100),
            s.h * (0.06 + 0.36 * t),
            s.chance.uniform(520, 1250),
            s.h * s.chance.uniform(0.06, 0.15),
            mix(INK, SLATE, 0.15 + 0.65 * t * s.chance.uniform(0.6, 1)),
            0.55,
        )
    for n in range(2):
        skyline = s.ridge(s.h * (0.6 + 0.035 * n), s.h * 0.025)
        s.land(skyline, mix(SLATE, DEEP, 0.3 + 0.35 * n), DEEP, s.h * 0.1)
        s.treeline(skyline, s.h * 0.03, 15, mix(SLATE, DEEP, 0.4 + 0.35 * n), 0.5)
    brown = mix(OCHRE, SLATE, 0.55)
    flood = s.fade((0, mix(brown, FOG, 0.45), 1), (1, mix(brown, INK, 0.5), 1))
    s.rect(0, s.h * 0.66, WIDTH, s.h * 0.34, flood)
    s.ripples(s.h * 0.67, s.h, mix(BONE, brown, 0.3), 90, 0.28)
    for _ in range(16):
        t = s.chance.random()
        _drowned(s, s.chance.uniform(-40, 900 - 500 * t), s.h * (0.69 + 0.24 * t), 18 + 58 * t)
    for n in range(7):
        tall = s.h * (0.5 - 0.06 * n)
        x, foot = 1510 - 228 * n + n * n * 9, s.h * (0.95 - 0.042 * n)
        s.line([(x, foot), (x + 5, foot - tall)], INK, 11 - n * 1.3)
        arm = tall * 0.13
        s.line([(x - arm, foot - tall * 0.92), (x + arm + 9, foot - tall * 0.93)], INK, 7 - n)
        s.line([(x, foot), (x - 8, foot + tall * 0.18)], INK, 9 - n, 0.25)
    for _ in range(150):
        x, y = s.chance.uniform(0, WIDTH + 150), s.chance.uniform(s.h * 0.2, s.h)
        size = s.chance.uniform(18, 54)
        s.line([(x, y), (x - size * 0.3, y + size)], ICE, 1.4, 0.22)


def _drowned(s: Sheet, x: float, y: float, size: float) -> None:
    """The crown of a willow standing in water, with its reflection."""
    colour = mix(mix(MOSS, DEEP, 0.6), INK, s.chance.uniform(0.2, 0.6))
    s.path(f"M{x - size:.0f} {y:.0f}q{size:.0f} {size * 0.7:.0f} {size * 2:.0f} 0z", INK, 0.22)
    for dx, r in ((-0.5, 0.5), (0.1, 0.72), (0.6, 0.42)):
        mid, wide = x + dx * size, size * r
        dome = f"M{mid - wide:.0f} {y:.0f}a{wide:.0f} {wide * 1.05:.0f} 0 0 1 {wide * 2:.0f} 0z"
        s.path(dome, mix(colour, INK, 0.2 * (0.6 - dx) / 1.1))


def wetland(s: Sheet) -> None:
    s.sky(mix(LAKE, SLATE, 0.3), mix(FOG, BONE, 0.4), mix(PEACH, ROSE, 0.25), down_to=0.55)
    for _ in range(7):
        s.cloud(
            s.chance.uniform(0, WIDTH),
            s.h * s.chance.uniform(0.1, 0.4),
            s.chance.uniform(420, 900),
            s.h * s.chance.uniform(0.03, 0.09),
            BONE,
            0.5,
        )
    far = s.ridge(s.h * 0.47, s.h * 0.03)
    s.land(far, mix(SLATE, PLUM, 0.25), mix(SLATE, ROSE, 0.3))
    ground = s.ridge(s.h * 0.52, s.h * 0.008, 0.2)
    s.land(ground, mix(RUST, OCHRE, 0.5), mix(PLUM, RUST, 0.35))
    s.treeline(ground, s.h * 0.035, 22, mix(SPRUCE, SLATE, 0.4), 0.5)
    for n in range(170):
        t = s.chance.random() ** 1.4
        y = s.h * (0.54 + 0.46 * t)
        colour = [RUST, OCHRE, MOSS, mix(RUST, PLUM, 0.5)][n % 4]
        x = s.chance.uniform(0, WIDTH)
        s.oval(x, y, 30 + 190 * t * s.chance.random(), 4 + 20 * t, colour, 0.34)
    for n in range(7):
        place = 0.56 + 0.066 * n
        t = (place - 0.55) / 0.45
        x = 800 + (n % 2 - 0.5) * s.chance.uniform(500, 1150)
        _pond(s, x, s.h * place, 90 + 330 * t, 8 + 46 * t)
    for n in range(24):
        t = (n / 23) ** 1.4
        foot = s.h * (0.55 + 0.4 * t)
        tall = s.h * (0.06 + 0.3 * t) * s.chance.uniform(0.6, 1.1)
        lean = s.chance.choice((-1, 1)) * s.chance.uniform(0.05, 0.34)
        x = s.chance.uniform(0, WIDTH)
        colour = mix(mix(SPRUCE, SLATE, 0.4), INK, t)
        s.line([(x, foot + 4), (x + lean * tall * 0.6, foot - tall * 0.6)], colour, 2 + 4 * t)
        s.conifer(x, foot - tall * 0.1, tall * 0.9, colour, lean)


def _pond(s: Sheet, x: float, y: float, rx: float, ry: float) -> None:
    """A pond with a crooked bank, dark along its far edge, holding the light of the sky."""
    turns = [s.chance.uniform(0.78, 1.12) for _ in range(7)]
    bank, water = [], []
    for step in range(72):
        a = math.tau * step / 72
        along = a / math.tau * 7
        share = (1 - math.cos(math.pi * (along % 1))) / 2
        reach = turns[int(along)] * (1 - share) + turns[(int(along) + 1) % 7] * share
        bank.append((x + math.cos(a) * rx * reach, y + math.sin(a) * ry * reach))
        water.append((x + math.cos(a) * rx * reach * 0.985, y + ry * 0.14 + bank[-1][1] - y))
    s.shape(bank, mix(INK, PLUM, 0.35), 0.85)
    s.shape(water, s.fade((0, mix(LAKE, SLATE, 0.35), 1), (1, mix(PEACH, BONE, 0.3), 1)))
    for n in range(3):
        left = x - rx * s.chance.uniform(0.1, 0.5)
        level = y + ry * (0.1 + 0.22 * n)
        s.line([(left, level), (left + rx * 0.4, level)], BONE, 1 + ry / 26, 0.6)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "forest": forest,
    "wildfire": wildfire,
    "prairie_snow": prairie_snow,
    "fields": fields,
    "storm": storm,
    "wetland": wetland,
}
