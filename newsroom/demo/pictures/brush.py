"""The brush every scene paints with: a sheet of SVG 1,600 units wide, a palette and a few strokes.

A stroke adds shapes to the sheet, later ones over earlier ones. Chance comes only from the sheet's
own generator, so a scene with the same seed is the same picture.
"""

import math
from random import Random

WIDTH = 1600.0

INK = "#14262e"
DEEP = "#1d3b44"
SPRUCE = "#24504d"
MOSS = "#5f7d57"
SAGE = "#9db08a"
STRAW = "#dcb667"
OCHRE = "#cf8f3c"
RUST = "#b5502f"
PLUM = "#4d3350"
ROSE = "#d98f7c"
PEACH = "#f3cfa4"
BONE = "#f5ecd9"
FOG = "#c9d3cf"
ICE = "#d5e5e6"
LAKE = "#6fa0a6"
SLATE = "#5b6f78"

Point = tuple[float, float]


def mix(one: str, other: str, share: float) -> str:
    """The colour ``share`` of the way from ``one`` to ``other``, both ``#rrggbb``."""
    channels = []
    for at in (1, 3, 5):
        a, b = int(one[at : at + 2], 16), int(other[at : at + 2], 16)
        channels.append(round(a + (b - a) * share))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


class Sheet:
    """``h`` is the sheet's height in units; ``chance`` its generator."""

    def __init__(self, height: float, chance: Random) -> None:
        self.h = height
        self.chance = chance
        self._shapes: list[str] = []
        self._defs: list[str] = []

    def svg(self, width: int, height: int) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {WIDTH:.0f} {self.h:.2f}" preserveAspectRatio="none">'
            f"<defs>{''.join(self._defs)}</defs>{''.join(self._shapes)}</svg>"
        )

    def add(self, shape: str) -> None:
        self._shapes.append(shape)

    def fade(self, *stops: tuple[float, str, float], across: bool = False) -> str:
        """A linear gradient as a paint, from top to bottom or ``across``; a stop is place, colour
        and opacity."""
        line = 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
        return self._gradient(f'linearGradient x1="0" y1="0" {line}', "linearGradient", stops)

    def glow(self, *stops: tuple[float, str, float]) -> str:
        """A radial gradient as a paint, from the middle outward."""
        return self._gradient("radialGradient", "radialGradient", stops)

    def _gradient(
        self, opening: str, name: str, stops: tuple[tuple[float, str, float], ...]
    ) -> str:
        key = f"g{len(self._defs)}"
        inner = "".join(
            f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{opacity}"/>'
            for at, colour, opacity in stops
        )
        head = opening.replace(name, f'{name} id="{key}"', 1)
        self._defs.append(f"<{head}>{inner}</{name}>")
        return f"url(#{key})"

    def rect(self, x: float, y: float, w: float, h: float, fill: str, opacity: float = 1) -> None:
        self.add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}" '
            f'fill-opacity="{opacity}"/>'
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1) -> None:
        self.add(
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" '
            f'fill-opacity="{opacity}"/>'
        )

    def shape(self, points: list[Point], fill: str, opacity: float = 1) -> None:
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.add(f'<path d="M{drawn}Z" fill="{fill}" fill-opacity="{opacity}"/>')

    def path(self, d: str, fill: str, opacity: float = 1) -> None:
        self.add(f'<path d="{d}" fill="{fill}" fill-opacity="{opacity}"/>')

    def line(self, points: list[Point], colour: str, width: float, opacity: float = 1) -> None:
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.add(
            f'<path d="M{drawn}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linecap="round" stroke-linejoin="round" stroke-opacity="{opacity}"/>'
        )

    def stroke(self, d: str, colour: str, width: float, opacity: float = 1) -> None:
        self.add(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linecap="round" stroke-opacity="{opacity}"/>'
        )

    def sky(self, *colours: str, down_to: float = 1.0) -> None:
        last = len(colours) - 1
        stops = [(round(n / last, 3), colour, 1.0) for n, colour in enumerate(colours)]
        self.rect(0, 0, WIDTH, self.h * down_to, self.fade(*stops))

    def sun(self, x: float, y: float, r: float, colour: str, halo: str) -> None:
        self.oval(x, y, r * 6, r * 6, self.glow((0, halo, 0.75), (0.4, halo, 0.25), (1, halo, 0)))
        self.oval(x, y, r, r, colour)

    def ridge(self, y: float, swell: float, rough: float = 0.35) -> list[Point]:
        """A skyline from edge to edge around ``y``: broad waves ``swell`` high, with finer ones
        on them in the measure of ``rough`` (0 to 1)."""
        waves = [
            (swell * rough**n, 0.9 * 1.9**n, self.chance.uniform(0, math.tau)) for n in range(6)
        ]
        found = []
        for step in range(201):
            x = WIDTH * step / 200
            lift = sum(a * math.sin(f * math.tau * x / WIDTH + p) for a, f, p in waves)
            found.append((x, y + lift))
        return found

    def land(self, skyline: list[Point], top: str, bottom: str, depth: float | None = None) -> None:
        """Ground below a skyline, shaded from ``top`` to ``bottom``."""
        floor = self.h if depth is None else max(y for _, y in skyline) + depth
        paint = self.fade((0, top, 1), (1, bottom, 1))
        self.shape([*skyline, (WIDTH, floor), (0, floor)], paint)

    def haze(self, y: float, height: float, colour: str, strength: float) -> None:
        paint = self.fade((0, colour, 0), (0.5, colour, strength), (1, colour, 0))
        self.rect(0, y, WIDTH, height, paint)

    def cloud(self, x: float, y: float, length: float, thick: float, fill: str, o: float) -> None:
        """A flat-bottomed bank: a lens with swellings on its upper side."""
        points: list[Point] = []
        bumps = [self.chance.uniform(0.25, 1) for _ in range(9)]
        for step in range(97):
            t = step / 96
            share = (1 - math.cos(math.pi * (t * 8 % 1))) / 2
            bump = bumps[int(t * 8)] * (1 - share) + bumps[min(8, int(t * 8) + 1)] * share
            lift = math.sin(math.pi * t) ** 0.8 * thick * (0.45 + 0.55 * bump)
            points.append((x + length * (t - 0.5), y - lift))
        points.append((x + length * 0.3, y + thick * 0.12))
        points.append((x - length * 0.28, y + thick * 0.1))
        self.shape(points, fill, o)

    def conifer(self, x: float, foot: float, tall: float, colour: str, lean: float = 0) -> None:
        """A spruce: a ragged spire with drooping boughs."""
        tiers = max(5, int(tall / 16))
        left: list[Point] = []
        right: list[Point] = []
        for n in range(tiers):
            t = (n + 1) / tiers
            y = foot - tall * (1 - t)
            reach = tall * 0.19 * t**0.85 * self.chance.uniform(0.72, 1.12)
            sway = lean * (1 - t) * tall
            left += [(x + sway - reach, y), (x + sway - reach * 0.42, y - tall / tiers * 0.12)]
            right += [(x + sway + reach, y), (x + sway + reach * 0.42, y - tall / tiers * 0.12)]
        self.shape([(x + lean * tall, foot - tall), *right, *reversed(left)], colour)

    def treeline(
        self, skyline: list[Point], tall: float, gap: float, colour: str, gaps: float = 0.0
    ) -> None:
        """Conifers along a skyline; ``gaps`` is the share left out."""
        x = -gap
        while x < WIDTH + gap:
            at = min(200, max(0, int(x / WIDTH * 200)))
            if self.chance.random() >= gaps:
                self.conifer(
                    x, skyline[at][1] + tall * 0.12, tall * self.chance.uniform(0.55, 1.1), colour
                )
            x += gap * self.chance.uniform(0.5, 1.3)

    def ripples(self, top: float, bottom: float, colour: str, count: int, o: float) -> None:
        """Short level strokes, longer and further apart toward the viewer."""
        for _ in range(count):
            t = self.chance.random() ** 1.6
            y = top + (bottom - top) * t
            length = 14 + 170 * t * self.chance.uniform(0.4, 1)
            x = self.chance.uniform(-60, WIDTH)
            self.line([(x, y), (x + length, y)], colour, 1 + 3.2 * t, o)

    def house(self, x: float, foot: float, size: float, wall: str, roof: str, lit: str) -> None:
        """A gabled house seen from its long side, ``size`` wide."""
        tall = size * 0.52
        self.rect(x, foot - tall, size, tall, wall)
        self.shape(
            [
                (x - size * 0.06, foot - tall),
                (x + size * 0.16, foot - tall - size * 0.36),
                (x + size * 0.84, foot - tall - size * 0.36),
                (x + size * 1.06, foot - tall),
            ],
            roof,
        )
        for place in (0.2, 0.62):
            self.rect(x + size * place, foot - tall * 0.7, size * 0.16, tall * 0.34, lit)
