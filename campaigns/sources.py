"""What brings money: a campaign's gifts by where they began, from the sums kept with the entries.

Money is what was received less what went back, without what sponsors added. Each view but that of
writers comes to the whole: what is not known is a row, renewals and gifts by hand are rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from articles.models import Article, Person, Section
from campaigns.instalments import RENEWAL
from campaigns.models import Campaign, Step
from campaigns.origins import OFFLINE, UNKNOWN
from campaigns.rates import Rate, rate

SHOWN: Final = 40
OTHERS: Final = "others"
NO_LETTER: Final = "none"
# Rows of their own in each view, never among stories or classes.
APART: Final = (UNKNOWN, RENEWAL, OFFLINE)

# For each view: the dimension it is made from, and what a value of it is counted under.
_BY_LETTER = """CASE WHEN value LIKE 'letter%%' OR value IN ('', 'renewal', 'offline') THEN value
    ELSE 'none' END"""
_BY_SECTION = """CASE WHEN value ~ '^[0-9]+$' THEN coalesce((
    SELECT s.id::text FROM wagtailcore_page p
    JOIN wagtailcore_page s ON s.path = left(p.path, length(p.path) - 4)
    WHERE p.id = value::bigint), '') ELSE value END"""
VIEWS: Final[dict[str, tuple[str, str]]] = {
    "article": ("article", "value"),
    "first_article": ("first_article", "value"),
    "section": ("article", _BY_SECTION),
    "author": (
        "article",
        "coalesce(w.person, CASE WHEN value ~ '^[0-9]+$' THEN '' ELSE value END)",
    ),
    "letter": ("via", _BY_LETTER),
    "via": ("via", "split_part(value, '-', 1)"),
    "referrer": ("referrer", "value"),
    "device": ("device", "value"),
    "language": ("language", "value"),
    "frequency": ("frequency", "value"),
    "donor": ("donor", "value"),
}
# A story with two writers counts for both.
_WRITERS = """
LEFT JOIN LATERAL (
    SELECT b.person_id::text AS person FROM articles_byline b
    WHERE b.article_id = CASE WHEN value ~ '^[0-9]+$' THEN value::bigint END AND b.kind = 'byline'
) w ON true
"""
_TALLIED = {"referrer": Step.ARTICLE, "device": Step.ARTICLE, "language": Step.ARTICLE}
_TALLIED |= {"via": Step.GIVE}


@dataclass(frozen=True, slots=True)
class Source:
    """Gifts begun from one place. Minor units; `loads` None where none are counted by it."""

    value: str
    name: str
    received: int
    reversed: int
    gifts: int
    largest: int
    squares: int
    loads: int | None = None
    # Of the whole, in tenths of a per cent.
    share: int | None = None

    @property
    def net(self) -> int:
        return self.received - self.reversed

    @property
    def shown(self) -> int:
        """The bar's length."""
        return max(self.net, 0)

    @property
    def percent(self) -> Decimal | None:
        return None if self.share is None else Decimal(self.share) / 10

    @property
    def apart(self) -> bool:
        return self.value in (*APART, OTHERS, NO_LETTER)

    @property
    def rate(self) -> Rate | None:
        if self.apart:
            return None
        return rate(self.loads, self.gifts, self.received, self.largest, self.squares)


@dataclass(frozen=True, slots=True)
class Sources:
    """One view: the most money first, then what stands apart. `whole` is what all rows come to,
    but in the view by writers, where a story of two counts for both."""

    view: str
    rows: list[Source]
    whole: int
    gifts: int

    @property
    def most(self) -> int:
        return max([row.net for row in self.rows] or [0])

    @property
    def first(self) -> Source | None:
        """What brought most, of what stands not apart."""
        return next((row for row in self.rows if not row.apart and row.net > 0), None)


def sources(campaign: Campaign, view: str, since: date, until: date) -> Sources:
    """Of entries from `since` to `until`, both in the campaign's zone. Three or four queries."""
    found = _sums(campaign, view, since, until)
    loads = _loads(campaign, view, since, until)
    names = _names(view, [row.value for row in found])
    whole = sum(row.net for row in found)
    gifts = sum(row.gifts for row in found)
    if view == "author":
        whole, gifts = _whole(campaign, VIEWS[view][0], since, until)
    rows = [
        replace(
            row,
            name=names.get(row.value, ""),
            loads=loads.get(row.value, 0) if loads is not None else None,
            share=round(row.net * 1000 / whole) if whole > 0 else None,
        )
        for row in found
    ]
    own = sorted((r for r in rows if not r.apart), key=lambda r: (-r.net, -r.gifts, r.value))
    apart = sorted((r for r in rows if r.apart), key=lambda r: (-r.net, r.value))
    if len(own) > SHOWN:
        own, rest = own[:SHOWN], own[SHOWN:]
        apart.insert(0, _together(rest, whole))
    return Sources(view, own + apart, whole, gifts)


def _together(rows: list[Source], whole: int) -> Source:
    net = sum(row.net for row in rows)
    return Source(
        OTHERS,
        "",
        sum(row.received for row in rows),
        sum(row.reversed for row in rows),
        sum(row.gifts for row in rows),
        max(row.largest for row in rows),
        sum(row.squares for row in rows),
        share=round(net * 1000 / whole) if whole > 0 else None,
    )


def _sums(campaign: Campaign, view: str, since: date, until: date) -> list[Source]:
    dimension, key = VIEWS[view]
    joined = _WRITERS if view == "author" else ""
    with connection.cursor() as cursor:
        # What is put together here are constants of this module.
        cursor.execute(
            f"""
            SELECT {key} AS key, sum(received)::bigint, sum(reversed)::bigint, sum(gifts)::bigint,
                max(largest), sum(squares)
            FROM (SELECT value, sum(received) AS received, sum(reversed) AS reversed,
                      sum(gifts) AS gifts, max(largest) AS largest, sum(squares) AS squares
                  FROM campaigns_originday
                  WHERE campaign_id = %(campaign)s AND dimension = %(dimension)s
                      AND day BETWEEN %(since)s AND %(until)s GROUP BY value) sums
            {joined}
            GROUP BY 1
            """,  # noqa: S608
            {"campaign": campaign.pk, "dimension": dimension, "since": since, "until": until},
        )
        return [
            Source(value, "", received, back, gifts, largest, int(squares))
            for value, received, back, gifts, largest, squares in cursor.fetchall()
        ]


def _whole(campaign: Campaign, dimension: str, since: date, until: date) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(received - reversed), 0)::bigint, coalesce(sum(gifts), 0)::bigint
            FROM campaigns_originday
            WHERE campaign_id = %s AND dimension = %s AND day BETWEEN %s AND %s
            """,
            [campaign.pk, dimension, since, until],
        )
        net, gifts = cursor.fetchone()
    return net, gifts


def _loads(campaign: Campaign, view: str, since: date, until: date) -> Mapping[str, int] | None:
    """Page loads by the same values; None where a load cannot be told by them."""
    period: dict[str, Any] = {"campaign": campaign.pk, "since": since, "until": until}
    if view in _TALLIED:
        sql = """
            SELECT value, sum(loads)::bigint FROM campaigns_steptally
            WHERE campaign_id = %(campaign)s AND dimension = %(view)s AND step = %(step)s
                AND day BETWEEN %(since)s AND %(until)s GROUP BY 1
            """
        period |= {"view": view, "step": _TALLIED[view]}
    elif view in ("article", "first_article", "section", "author"):
        key = "value" if view == "first_article" else VIEWS[view][1]
        joined = _WRITERS if view == "author" else ""
        sql = f"""
            SELECT {key}, sum(loads)::bigint FROM (
                SELECT article_id::text AS value, sum(loads) AS loads FROM campaigns_stepday
                WHERE campaign_id = %(campaign)s AND step = 'article'
                    AND day BETWEEN %(since)s AND %(until)s AND article_id IS NOT NULL
                GROUP BY 1) sums
            {joined} GROUP BY 1
            """  # noqa: S608
    else:
        return None
    with connection.cursor() as cursor:
        cursor.execute(sql, period)
        return dict(cursor.fetchall())


def _names(view: str, values: list[str]) -> dict[str, str]:
    """Headlines, sections and people by their ids; other values speak for themselves."""
    ids = [int(value) for value in values if value.isdecimal()]
    if view in ("article", "first_article"):
        rows = Article.objects.filter(pk__in=ids).values_list("pk", "title")
    elif view == "section":
        rows = Section.objects.filter(pk__in=ids).values_list("pk", "title")
    elif view == "author":
        rows = Person.objects.filter(pk__in=ids).values_list("pk", "name")
    else:
        return {}
    return {str(pk): name for pk, name in rows}
