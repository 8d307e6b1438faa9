"""The campaign's charts: Vega-Lite drawn to SVG in the background and kept in the cache.

Colours are the desk's custom properties, so that one drawing serves light and dark; each chart
is drawn twice, as a wide one shrunk to a phone could not be read. Words stand in the page beside
the chart, never in it.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.cache import cache

from campaigns import analytics, forecasting, notes
from campaigns.forecast import Forecast
from campaigns.models import Campaign, DayNote
from campaigns.pace import Phase
from newsroom.money import Money

WIDTHS: Final = {"wide": 860, "narrow": 340}
HEIGHTS: Final = {"wide": 280, "narrow": 200}
WIDTHS_OF_MAIL: Final = 540
KEPT: Final = timedelta(days=7)
LOCK_SECONDS: Final = 30

Spec = dict[str, Any]


@dataclass(frozen=True)
class Charts:
    """SVG by name ("line", "days") and width ("wide", "narrow"), as of `drawn_at`.

    `stamp` names the figures they show: when it changes they are drawn again.
    """

    drawn_at: datetime
    stamp: str
    svg: dict[str, dict[str, str]]
    notes: tuple[DayNote, ...] = ()


def draw_all(moment: datetime) -> int:
    """Draw the charts and count the gift sizes of every campaign whose figures have moved.

    What beat asks for each minute. Returns how many campaigns were drawn.
    """
    drawn = 0
    for campaign in Campaign.objects.select_related("total"):
        kept = cache.get(_key(campaign))
        if isinstance(kept, Charts) and kept.stamp == _stamp(campaign, moment):
            continue
        if draw(campaign, moment):
            drawn += 1
    return drawn


def charts_of(campaign: Campaign, moment: datetime) -> Charts | None:
    """What was drawn last; drawn now when the cache has lost it, None while another draws it."""
    kept = cache.get(_key(campaign))
    return kept if isinstance(kept, Charts) else draw(campaign, moment)


def draw(campaign: Campaign, moment: datetime) -> Charts | None:
    """Draw one campaign's charts and keep them; None when somebody else is at it."""
    lock = f"{_key(campaign)}:lock"
    if not cache.add(lock, 1, LOCK_SECONDS):
        return None
    try:
        stamp = _stamp(campaign, moment)
        analytics.count_gift_sizes(campaign, moment)
        figures = analytics.figures(campaign, moment)
        ahead = forecasting.make(campaign, moment)
        noted = notes.of_campaign(campaign)
        specs = {
            "line": line_chart(
                figures,
                ahead.forecast if ahead else None,
                {note.day for note in noted},
            ),
            "days": days_chart(figures),
        }
        charts = Charts(
            drawn_at=moment,
            stamp=stamp,
            svg={
                name: {width: svg(spec, width) for width in WIDTHS} for name, spec in specs.items()
            },
            notes=tuple(noted),
        )
        cache.set(_key(campaign), charts, KEPT.total_seconds())
    finally:
        cache.delete(lock)
    return charts


def line_chart(
    figures: analytics.Figures, ahead: Forecast | None = None, noted: Collection[date] = ()
) -> Spec:
    """The running total beside the straight pace to the goal, and where it may go from here; a
    diamond on each day that staff noted."""
    currency = figures.campaign.currency
    raised: list[Spec] = [
        {"day": p.day.isoformat(), "amount": _major(p.raised, currency)}
        for p in figures.line
        if p.raised is not None
    ]
    paced = [
        {"day": p.day.isoformat(), "amount": _major(p.paced, currency)}
        for p in figures.line
        if p.paced is not None
    ]
    layers: list[Spec] = [
        {
            "data": {"values": raised},
            "mark": {"type": "area", "color": "var(--chart-raised)", "opacity": 0.12},
        },
        {
            "data": {"values": raised},
            "mark": {
                "type": "line",
                "color": "var(--chart-raised)",
                "strokeWidth": 2.5,
            },
        },
        {
            "data": {"values": raised[-1:]},
            "mark": {
                "type": "point",
                "color": "var(--chart-raised)",
                "filled": True,
                "size": 60,
                "opacity": 1,
            },
        },
    ]
    if marked := [each for each in raised if date.fromisoformat(each["day"]) in noted]:
        diamonds = {
            "type": "point",
            "shape": "diamond",
            "color": "var(--chart-matched)",
            "filled": True,
            "size": 110,
            "opacity": 1,
        }
        layers.append({"data": {"values": marked}, "mark": diamonds})
    if ahead and figures.today <= figures.line[-1].day:
        layers = [*_ahead(figures, ahead), *layers]
    if paced:
        dashes = {"type": "line", "color": "var(--chart-pace)", "strokeDash": [5, 4]}
        layers.insert(0, {"data": {"values": paced}, "mark": dashes})
    return {"layer": layers, "encoding": _axes(currency)}


def _ahead(figures: analytics.Figures, ahead: Forecast) -> list[Spec]:
    """Eight futures of ten within the band, half of them above its line."""
    currency = figures.campaign.currency
    now = figures.standing.raised
    start = (figures.today, now, now, now)
    rows = [start, *(row for row in ahead.band if row[0] > figures.today)]
    values = [
        {
            "day": day.isoformat(),
            "low": _major(low, currency),
            "amount": _major(middle, currency),
            "high": _major(high, currency),
        }
        for day, low, middle, high in rows
    ]
    return [
        {
            "data": {"values": values},
            "mark": {"type": "area", "color": "var(--chart-raised)", "opacity": 0.16},
            "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "color": "var(--chart-raised)", "strokeDash": [2, 4]},
        },
    ]


def days_chart(figures: analytics.Figures) -> Spec:
    """What each day brought, what sponsors added on top of it; below the line what went back."""
    currency = figures.campaign.currency
    received = [
        {"day": d.day.isoformat(), "amount": _major(d.received, currency)}
        for d in figures.drawn_days
    ]
    matched = [
        {
            "day": d.day.isoformat(),
            "amount": _major(d.received + d.matched, currency),
            "from": _major(d.received, currency),
        }
        for d in figures.drawn_days
        if d.matched > 0
    ]
    # A match that ended with its gift went back too.
    went_back = [
        {"day": d.day.isoformat(), "amount": _major(-d.reversed + min(d.matched, 0), currency)}
        for d in figures.drawn_days
        if d.reversed or d.matched < 0
    ]
    days = max(1, len(figures.drawn_days))
    return {
        "layer": [
            {"data": {"values": received}, "mark": _bar("var(--chart-raised)", days)},
            {
                "data": {"values": matched},
                "mark": _bar("var(--chart-matched)", days),
                "encoding": {"y2": {"field": "from"}},
            },
            {"data": {"values": went_back}, "mark": _bar("var(--chart-back)", days)},
        ],
        "encoding": _axes(currency),
    }


def _bar(colour: str, days: int) -> Spec:
    return {"type": "bar", "color": colour, "width": {"band": 0.8 if days < 60 else 1}}


def _axes(currency: str) -> Spec:
    sign = "$" if currency in ("cad", "usd") else ""
    return {
        "x": {
            "field": "day",
            "type": "temporal",
            "timeUnit": "utcyearmonthdate",
            "axis": {
                "title": None,
                "format": "%b %-d",
                "grid": False,
                "labelOverlap": True,
                "labelSeparation": 12,
            },
        },
        "y": {
            "field": "amount",
            "type": "quantitative",
            "axis": {"title": None, "format": f"{sign},.0f", "tickCount": 5},
        },
    }


def svg(spec: Spec, width: str) -> str:
    # Imported where it draws: it holds some 60 MiB, which a web process rarely needs.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_whole(spec, WIDTHS[width], HEIGHTS[width])))


def _whole(spec: Spec, width: int, height: int) -> Spec:
    return spec | {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": 4,
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {
                "labelColor": "var(--chart-text)",
                "labelFontSize": 12,
                "gridColor": "var(--chart-grid)",
                "domainColor": "var(--chart-grid)",
                "tickColor": "var(--chart-grid)",
            },
        },
    }


# What a mail shows: its programme knows no colours of ours.
_PAPER: Final = {
    "--chart-raised": "#0b6b5d",
    "--chart-pace": "#8a5a00",
    "--chart-back": "#b3261e",
    "--chart-matched": "#6a4fb3",
    "--chart-text": "#4a4a4a",
    "--chart-grid": "#dcdcdc",
}


def png(spec: Spec) -> bytes:
    """The chart as a picture for a mail, on white, at twice the size it is shown at."""
    import vl_convert

    said = json.dumps(_whole(spec, WIDTHS_OF_MAIL, HEIGHTS["wide"]) | {"background": "#ffffff"})
    for name, colour in _PAPER.items():
        said = said.replace(f"var({name})", colour)
    return bytes(vl_convert.vegalite_to_png(said, scale=2))


def _major(amount: int | None, currency: str) -> float:
    return float(Money(amount or 0, currency).major if amount else Decimal(0))


def _key(campaign: Campaign) -> str:
    return f"charts:{campaign.pk}"


def _stamp(campaign: Campaign, moment: datetime) -> str:
    total = getattr(campaign, "total", None)
    plan = analytics.plan_of(campaign)
    ended = campaign.ends_at is not None and moment >= campaign.ends_at
    parts: Iterable[object] = (
        total and (total.received, total.reversed, total.updated_at),
        Phase.ENDED if ended else moment.astimezone(campaign.zone).date(),
        plan,
        [note.pk for note in notes.of_campaign(campaign)],
        campaign.currency,
        campaign.time_zone,
    )
    return "|".join(str(part) for part in parts)
