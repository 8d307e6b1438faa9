"""Scenes of small places: a village in flood, a northern hamlet."""

from collections.abc import Callable

from newsroom.demo.pictures.brush import (
    BONE,
    DEEP,
    FOG,
    ICE,
    INK,
    LAKE,
    OCHRE,
    PEACH,
    PLUM,
    ROSE,
    RUST,
    SLATE,
    SPRUCE,
    STRAW,
    WIDTH,
    Sheet,
    mix,
)


def flooded_village(s: Sheet) -> None:
    s.sky(mix(SLATE, LAKE, 0.3), mix(FOG, BONE, 0.4), mix(STRAW, PEACH, 0.5), down_to=0.62)
    for _ in range(9):
        x, y = s.chance.uniform(0, WIDTH), s.h * s.chance.uniform(0.08, 0.42)
        length, thick = s.chance.uniform(500, 1200), s.h * s.chance.uniform(0.03, 0.1)
        s.cloud(x, y, length, thick, mix(SLATE, BONE, s.chance.random()), 0.45)
    for n in range(2):
        skyline = s.ridge(s.h * (0.5 + 0.05 * n), s.h * 0.035)
        colour = mix(SLATE, SPRUCE, 0.2 + 0.45 * n)
        s.land(skyline, colour, mix(colour, FOG, 0.3))
        s.treeline(skyline, s.h * 0.05, 20, colour, 0.3)
    level = s.h * 0.62
    brown = mix(OCHRE, SLATE, 0.5)
    s.rect(
        0,
        level,
        WIDTH,
        s.h - level,
        s.fade((0, mix(brown, PEACH, 0.5), 1), (1, mix(brown, INK, 0.4), 1)),
    )
    walls = [BONE, RUST, mix(LAKE, BONE, 0.4), STRAW, mix(ROSE, BONE, 0.3), FOG]
    roof = mix(INK, SLATE, 0.3)
    for n, x in enumerate((70, 250, 440, 1010, 1190, 1390)):
        size = s.chance.uniform(120, 160)
        left = x + s.chance.uniform(-15, 15)
        foot = level + size * s.chance.uniform(0.12, 0.3)
        s.house(left, foot, size, walls[n], roof, DEEP)
        _wet(s, left - 12, size + 24, foot, size * 0.5, walls[n], brown)
    _church(s, 700 + s.chance.uniform(-40, 60), level + 26, brown)
    s.ripples(level + 8, s.h, mix(BONE, brown, 0.25), 110, 0.35)
    for n in range(8):
        x, y = 1560 - n * 175 + s.chance.uniform(-30, 30), s.h * (0.93 - 0.024 * n)
        tall = 78 - 8 * n
        s.line([(x, y), (x + s.chance.uniform(-8, 8), y - tall)], mix(INK, PLUM, 0.3), 8 - 0.8 * n)
        s.line([(x - 26, y), (x + 30, y)], mix(BONE, brown, 0.3), 3, 0.6)


def _church(s: Sheet, x: float, foot: float, water: str) -> None:
    s.rect(x, foot - 150, 220, 150, BONE)
    s.shape(
        [(x - 14, foot - 150), (x + 110, foot - 246), (x + 234, foot - 150)], mix(RUST, INK, 0.3)
    )
    s.rect(x - 62, foot - 250, 74, 250, mix(BONE, FOG, 0.45))
    s.shape(
        [(x - 70, foot - 250), (x - 25, foot - 440), (x + 20, foot - 250)], mix(RUST, INK, 0.45)
    )
    s.rect(x - 38, foot - 214, 26, 44, DEEP)
    for n in range(3):
        left = x + 38 + 62 * n
        s.path(f"M{left:.0f} {foot - 44:.0f}v-52q13 -26 26 0v52z", DEEP)
    _wet(s, x - 74, 320, foot - 8, 230, BONE, water)


def _wet(s: Sheet, x: float, wide: float, foot: float, tall: float, wall: str, water: str) -> None:
    """The water line across a building, and its image below."""
    image = mix(wall, water, 0.55)
    s.rect(x, foot - 6, wide, tall, s.fade((0, image, 0.95), (0.15, image, 0.7), (1, water, 0)))
    s.line([(x - 16, foot - 6), (x + wide + 16, foot - 6)], BONE, 3.5, 0.75)


def hamlet(s: Sheet) -> None:
    s.sky(mix(LAKE, ICE, 0.3), mix(ICE, BONE, 0.5), mix(PEACH, ROSE, 0.3), down_to=0.6)
    s.sun(s.chance.uniform(950, 1300), s.h * 0.45, 50, "#fff3d6", PEACH)
    for n in range(2):
        skyline = s.ridge(s.h * (0.5 + 0.045 * n), s.h * 0.03)
        colour = mix(mix(SLATE, ICE, 0.5), mix(SLATE, PLUM, 0.3), n)
        s.land(skyline, colour, mix(colour, BONE, 0.5))
    snow = s.ridge(s.h * 0.6, s.h * 0.006, 0.2)
    s.land(snow, mix(BONE, ICE, 0.35), mix(LAKE, ICE, 0.6))
    for n in range(3):
        left = 150.0 + n * 168
        top, foot = s.h * 0.42, s.h * 0.645
        tank = mix(BONE, FOG, 0.3)
        round_ = s.fade(
            (0, mix(tank, SLATE, 0.5), 1),
            (0.35, tank, 1),
            (1, mix(tank, SLATE, 0.65), 1),
            across=True,
        )
        s.oval(left + 76, foot, 88, 15, mix(SLATE, PLUM, 0.3), 0.35)
        s.rect(left, top, 148, foot - top, round_)
        s.oval(left + 74, foot, 74, 13, mix(tank, SLATE, 0.45))
        s.oval(left + 74, top, 74, 15, mix(tank, BONE, 0.6))
        s.rect(left, top + 52, 148, 20, mix(RUST, tank, 0.2))
        for step in range(9):
            y = top + 18 + step * 25
            s.line([(left + 128, y), (left + 142, y)], mix(SLATE, INK, 0.4), 2.5)
    walls = [RUST, mix(LAKE, DEEP, 0.3), OCHRE, mix(SPRUCE, LAKE, 0.3), BONE, mix(ROSE, RUST, 0.4)]
    for n in range(7):
        left, foot = 700 + n * 128 + s.chance.uniform(-14, 14), s.h * (0.64 + 0.018 * (n % 2))
        size = s.chance.uniform(84, 108)
        s.oval(left + size / 2, foot + 10, size * 0.75, 9, mix(SLATE, PLUM, 0.3), 0.3)
        for leg in (0.1, 0.5, 0.9):
            s.line([(left + size * leg, foot - 6), (left + size * leg, foot + 10)], INK, 4)
        s.house(left, foot - 4, size, walls[n % 6], mix(BONE, ICE, 0.5), "#ffe1a0")
        smoke = (
            f"M{left + size * 0.7:.0f} {foot - size * 0.95:.0f}c14 -26 -8 -40 18 -76s0 -36 26 -62"
        )
        s.stroke(smoke, BONE, 9, 0.5)
    for n in range(4):
        x, foot = 640 + n * 300, s.h * 0.66
        s.line([(x, foot), (x, foot - s.h * 0.2)], mix(INK, SLATE, 0.2), 5)
        s.line(
            [(x - 22, foot - s.h * 0.185), (x + 22, foot - s.h * 0.185)], mix(INK, SLATE, 0.2), 4
        )
        if n < 3:
            y = foot - s.h * 0.185
            s.stroke(f"M{x:.0f} {y:.0f}q150 34 300 0", INK, 1.6, 0.7)
    for n in range(4):
        skyline = s.ridge(s.h * (0.72 + 0.08 * n), s.h * 0.012, 0.25)
        s.land(skyline, mix(BONE, ICE, 0.25 + 0.1 * n), mix(mix(LAKE, SLATE, 0.2), ICE, 0.45))
    for dx in (0, 46):
        s.stroke(
            f"M{-40 + dx} {s.h:.0f}C300 {s.h * 0.82:.0f} "
            f"900 {s.h * 0.86:.0f} 1010 {s.h * 0.67:.0f}",
            mix(SLATE, LAKE, 0.5),
            9,
            0.5,
        )


SCENES: dict[str, Callable[[Sheet], None]] = {
    "flooded_village": flooded_village,
    "hamlet": hamlet,
}
