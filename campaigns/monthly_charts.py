"""The charts of monthly giving: what moved each month, and what ran at its end.

Drawn by the worker and kept, like a campaign's (`campaigns/charts.py`).
"""

from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache

from campaigns import monthly
from campaigns.charts import WIDTHS, Charts, Spec, svg
from campaigns.models import RecurringMove
from campaigns.monthly import DOWN, UP, Regular
from campaigns.moves import month_of
from newsroom.money import Money

KEPT: Final = timedelta(days=7)
LOCK_SECONDS: Final = 30


def draw_all(moment: datetime) -> int:
    """Draw what has moved since it was drawn; how many currencies were."""
    return sum(
        1
        for currency in monthly.currencies()
        if (kept := cache.get(_key(currency))) is None or kept.stamp != stamp(moment)
        if draw(monthly.figures(currency, moment), moment)
    )


def charts_of(figures: monthly.Monthly) -> Charts | None:
    """As drawn last; drawn now when the cache has lost it, None while another draws it."""
    kept = cache.get(_key(figures.currency))
    return kept if isinstance(kept, Charts) else draw(figures, figures.moment)


def draw(figures: monthly.Monthly, moment: datetime) -> Charts | None:
    lock = f"{_key(figures.currency)}:lock"
    if not cache.add(lock, 1, LOCK_SECONDS):
        return None
    try:
        drawn = Charts(
            drawn_at=moment,
            stamp=stamp(moment),
            svg={
                name: {width: svg(waterfall_chart(regular), width) for width in WIDTHS}
                for name, regular in (("month", figures.monthly), ("year", figures.yearly))
                if regular.running or len(regular.months) > 1
            },
        )
        cache.set(_key(figures.currency), drawn, KEPT.total_seconds())
    finally:
        cache.delete(lock)
    return drawn


def waterfall_chart(regular: Regular) -> Spec:
    """What came up from the line and what went down from it, month by month, and what ran."""
    currency = regular.currency
    up: list[Spec] = []
    down: list[Spec] = []
    runs: list[Spec] = []
    for month in regular.shown:
        day = month.month.isoformat()
        for kinds, rows in ((UP, up), (DOWN, down)):
            amount = sum(month.of(kind).change for kind in kinds)
            rows.append({"day": day, "amount": _major(amount, currency)})
        runs.append({"day": day, "amount": _major(month.end, currency)})
    months: Spec = {
        "field": "day",
        "type": "temporal",
        "timeUnit": "utcyearmonth",
        "axis": {
            "title": None,
            "format": "%b %Y",
            "grid": False,
            "labelOverlap": True,
            "labelSeparation": 12,
        },
    }
    bar = {"type": "bar", "width": {"band": 0.6}}
    return {
        "layer": [
            {"data": {"values": up}, "mark": {**bar, "color": "var(--chart-raised)"}},
            {"data": {"values": down}, "mark": {**bar, "color": "var(--chart-back)"}},
            {
                "data": {"values": runs},
                # Above the middle of its bar.
                "encoding": {"x": {**months, "bandPosition": 0.5}},
                "mark": {
                    "type": "line",
                    "color": "var(--chart-matched)",
                    "strokeWidth": 2.5,
                    "point": {"color": "var(--chart-matched)", "size": 40},
                },
            },
        ],
        "encoding": {
            "x": months,
            "y": {
                "field": "amount",
                "type": "quantitative",
                "axis": {"title": None, "format": ",.0f", "tickCount": 5},
            },
        },
    }


def stamp(moment: datetime) -> str:
    """Another one whenever something moved or a month began."""
    newest = RecurringMove.objects.order_by("-pk").values_list("pk", flat=True).first()
    return f"{newest}|{month_of(moment)}"


def _major(amount: int, currency: str) -> float:
    return float(Money(amount, currency).major)


def _key(currency: str) -> str:
    return f"monthly-charts:{currency}"
