"""The tables of the desk's figures, each as CSV at once or as a workbook that a worker writes.

A table says its headings and gives its rows one by one; `asked` is what its page was asked for, as
plain values that can be kept. Who adds a table to a page adds it to `TABLES`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import analytics, comparing, monthly
from campaigns.models import Campaign, MoveKind
from newsroom.money import Money

Asked = Mapping[str, Any]
Row = list[str | int | Decimal | None]


class NoSuchTable(Exception):
    """It is not asked for so: no such table, campaign or currency."""


@dataclass(frozen=True)
class Table:
    """`names` are the keys of what it is asked for."""

    title: str | Promise
    names: tuple[str, ...]
    headings: Callable[[Asked], list[str]]
    rows: Callable[[Asked], Iterator[Row]]
    # How many rows there will be, as far as is known beforehand.
    count: Callable[[Asked], int]


def table(name: str) -> Table:
    """Raises NoSuchTable."""
    if name not in TABLES:
        raise NoSuchTable(name)
    return TABLES[name]


def file_name(name: str, asked: Asked) -> str:
    """Without its ending: "days-keep-the-lights-on"."""
    if "campaign" in asked:
        return f"{_campaign(asked).slug}-{name}"
    parts = (re.sub(r"[^a-z0-9]+", "-", str(part).lower()) for part in asked.values())
    return "-".join([name, *parts])[:120]


def _campaign(asked: Asked) -> Campaign:
    found = Campaign.objects.filter(pk=str(asked.get("campaign", "0"))).first()
    if found is None:
        raise NoSuchTable("campaign")
    return found


# ------------------------------------------------------------------ days and stories of a campaign


def _days_headings(asked: Asked) -> list[str]:
    return [
        _("Day"),
        _("Currency"),
        _("Received"),
        _("Went back"),
        _("Net"),
        _("Gifts"),
        _("Refunds and disputes"),
        _("Stripe's fees"),
        _("Matched"),
    ]


def _days(asked: Asked) -> Iterator[Row]:
    """Every day on which money moved; amounts in major units."""
    found = _campaign(asked)
    currency = found.currency
    for day in analytics.by_day(found):
        yield [
            day.day.isoformat(),
            currency.upper(),
            Money(day.received, currency).major,
            Money(day.reversed, currency).major,
            Money(day.net, currency).major,
            day.gifts,
            day.reversals,
            Money(day.fees, currency).major,
            Money(day.matched, currency).major,
        ]


def _stories_headings(asked: Asked) -> list[str]:
    return [
        _("Gifts begun from this story, same visit"),
        _("Story number"),
        _("Currency"),
        _("Received"),
        _("Went back"),
        _("Net"),
        _("Gifts"),
    ]


def _stories(asked: Asked) -> Iterator[Row]:
    """Every story from which gifts were begun; amounts in major units."""
    found = _campaign(asked)
    for story in analytics.by_story(found):
        if story.renewals:
            name = _("Renewals of monthly and yearly gifts")
        else:
            name = story.headline if story.article_id else _("No story")
        yield [
            name,
            story.article_id,
            found.currency.upper(),
            Money(story.received, found.currency).major,
            Money(story.reversed, found.currency).major,
            Money(story.net, found.currency).major,
            story.gifts,
        ]


# ------------------------------------------------------------------ monthly giving


def _regular(asked: Asked) -> monthly.Monthly:
    currency = str(asked.get("currency", ""))
    if currency not in monthly.currencies():
        raise NoSuchTable("currency")
    return monthly.figures(currency, timezone.now())


def _monthly_headings(asked: Asked) -> list[str]:
    kinds = [str(MoveKind(kind).label) for kind in (*monthly.UP, *monthly.DOWN)]
    return [
        _("Month"),
        _("How often"),
        _("Currency"),
        _("At its start"),
        *kinds,
        _("At its end"),
        _("Gifts"),
        _("Failed, tried again"),
        _("Recovered"),
    ]


def _monthly(asked: Asked) -> Iterator[Row]:
    """Every month since the first gift, monthly gifts and then yearly ones; major units."""
    figures = _regular(asked)
    for regular in (figures.monthly, figures.yearly):
        for month in regular.months:
            amounts = [month.start, *(moved.change for _kind, moved in month.changes), month.end]
            yield [
                month.month.isoformat(),
                str(regular.frequency.label),
                figures.currency.upper(),
                *(Money(amount, figures.currency).major for amount in amounts),
                month.gifts,
                Money(month.failing.amount, figures.currency).major,
                Money(month.recovered.amount, figures.currency).major,
            ]


def _retention_headings(asked: Asked) -> list[str]:
    return [
        _("How often"),
        _("First paid renewal"),
        _("Donors"),
        _("Period"),
        _("Paid in it"),
        _("Tried again"),
        _("Per cent"),
    ]


def _retention(asked: Asked) -> Iterator[Row]:
    """One row a cohort and period; what is not over yet is empty."""
    figures = _regular(asked)
    for regular in (figures.monthly, figures.yearly):
        for cohort in regular.cohorts:
            for cell in cohort.cells:
                yield [
                    str(regular.frequency.label),
                    cohort.first.isoformat(),
                    cohort.size,
                    cell.period.isoformat(),
                    cell.donors,
                    None if cell.donors is None else cell.waiting,
                    cell.percent,
                ]


# ------------------------------------------------------------------ campaigns compared


def _compared(asked: Asked) -> comparing.Comparison:
    parts = str(asked.get("campaigns", "")).split(",")
    ids = [int(part) for part in parts if part.isdecimal() and len(part) < 18]
    axis = comparing.Axis(asked.get("axis") or "start")
    return comparing.compare(ids, axis, timezone.now())


def _compare_headings(asked: Asked) -> list[str]:
    day = _("Days since the start")
    if asked.get("axis") == comparing.Axis.DEADLINE:
        day = _("Days to the deadline")
    names = [(line.campaign.title, line.campaign.currency) for line in _compared(asked).lines]
    return [day, *(f"{title} ({currency.upper()})" for title, currency in names)]


def _compare(asked: Asked) -> Iterator[Row]:
    """What each had raised so many days in; major units."""
    found = _compared(asked)
    for number, amounts in found.rows():
        yield [
            number,
            *(
                None if amount is None else Money(amount, line.campaign.currency).major
                for amount, line in zip(amounts, found.lines, strict=True)
            ),
        ]


def _counted(rows: Callable[[Asked], Iterator[Row]]) -> Callable[[Asked], int]:
    """For tables of as many rows as there are days or stories."""
    return lambda asked: sum(1 for _row in rows(asked))


TABLES: Final[dict[str, Table]] = {
    "days": Table(
        gettext_lazy("Donations by day"), ("campaign",), _days_headings, _days, _counted(_days)
    ),
    "stories": Table(
        gettext_lazy("Gifts begun from stories"),
        ("campaign",),
        _stories_headings,
        _stories,
        _counted(_stories),
    ),
    "monthly": Table(
        gettext_lazy("Monthly giving"),
        ("currency",),
        _monthly_headings,
        _monthly,
        _counted(_monthly),
    ),
    "retention": Table(
        gettext_lazy("Who stays"),
        ("currency",),
        _retention_headings,
        _retention,
        _counted(_retention),
    ),
    "compare": Table(
        gettext_lazy("Campaigns compared"),
        ("campaigns", "axis"),
        _compare_headings,
        _compare,
        _counted(_compare),
    ),
}
