"""The chart of campaigns beside each other, kept for as long as its figures stay."""

import hashlib
from datetime import timedelta
from typing import Final

from django.core.cache import cache

from campaigns.charts import WIDTHS, Spec, svg
from campaigns.comparing import Axis, Comparison

# Told apart by dashes too, not by colour alone.
COLOURS: Final = (
    "var(--chart-raised)",
    "var(--chart-matched)",
    "var(--chart-pace)",
    "var(--chart-back)",
    "var(--chart-text)",
    "var(--desk-good)",
)
DASHES: Final = ([1, 0], [6, 3], [2, 3], [9, 3, 2, 3], [4, 4], [1, 5])
KEPT: Final = timedelta(days=1)


def chart_of(found: Comparison) -> dict[str, str]:
    """SVG by width; drawn when its figures were not drawn yet."""
    drawn = chart(found)
    key = "compared:" + hashlib.sha256(repr(drawn).encode()).hexdigest()
    kept = cache.get(key)
    if not isinstance(kept, dict):
        kept = {width: svg(drawn, width) for width in WIDTHS}
        cache.set(key, kept, KEPT.total_seconds())
    return kept


def chart(found: Comparison) -> Spec:
    """Per cent of each one's goal, so that currencies and sizes do not matter."""
    layers: list[Spec] = []
    for line, colour, dash in zip(found.lines, COLOURS, DASHES, strict=False):
        values = [{"place": place, "percent": line.percent(place)} for place in sorted(line.raised)]
        noted = [each for each in values if each["place"] in line.notes]
        layers += [
            {
                "data": {"values": values},
                "mark": {
                    "type": "line",
                    "color": colour,
                    "strokeWidth": 2.5,
                    "strokeDash": dash,
                },
            },
            {
                "data": {"values": noted},
                "mark": {
                    "type": "point",
                    "shape": "diamond",
                    "filled": True,
                    "size": 90,
                    "opacity": 1,
                    "color": colour,
                },
            },
        ]
    down = found.axis is Axis.DEADLINE
    return {
        "layer": layers,
        "encoding": {
            "x": {
                "field": "place",
                "type": "quantitative",
                "scale": {"nice": False},
                "axis": {
                    "title": None,
                    "grid": False,
                    "format": "d",
                    "tickMinStep": 1,
                    **({"labelExpr": "abs(datum.value)"} if down else {}),
                },
            },
            "y": {
                "field": "percent",
                "type": "quantitative",
                "axis": {"title": None, "labelExpr": "datum.value + ' %'", "tickCount": 5},
            },
        },
    }
