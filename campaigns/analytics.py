"""A campaign's figures for the desk, each from ledger entries or the sums kept with them.

Totals and days come from CampaignTotal and DailyRollup, which move in the entry's own
transaction. Only what no sum can tell (median, largest gift) is counted from the entries; that
is done in the background and kept with the moment it was counted (`gift_sizes`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone

from articles.comments import WAITING
from articles.models import Article
from campaigns import books, payouts
from campaigns.books import Verdict
from campaigns.instalments import RENEWAL
from campaigns.models import (
    Campaign,
    CampaignTotal,
    DailyRollup,
    LedgerEntry,
)
from campaigns.models.ledger import GIFTS
from campaigns.pace import Plan, Point, Standing, line, standing
from campaigns.payouts import Waiting
from campaigns.planning import end_of, first_instant, last_day

DAYS_DRAWN = 120
LAST_SHOWN = 10
SIZES_KEPT = timedelta(days=2)


@dataclass(frozen=True)
class DaySum:
    """One day in the campaign's zone; minor units; `reversed` is what went back, positive;
    `matched` what sponsors added."""

    day: date
    received: int = 0
    reversed: int = 0
    fees: int = 0
    gifts: int = 0
    reversals: int = 0
    matched: int = 0

    @property
    def net(self) -> int:
        return self.received - self.reversed + self.matched


@dataclass(frozen=True)
class StorySum:
    """Gifts begun from one story in the same visit; `article_id` None for those without one.

    `renewals`: the gifts of a later month or year, which no story is credited with.
    """

    article_id: int | None
    headline: str
    received: int
    reversed: int
    gifts: int
    renewals: bool = False

    @property
    def net(self) -> int:
        return self.received - self.reversed

    @property
    def shown(self) -> int:
        """The bar's length."""
        return max(self.net, 0)


@dataclass(frozen=True)
class GiftSizes:
    """Sizes of the charges, before refunds and disputes; minor units, None without any."""

    as_of: datetime
    gifts: int
    average: int | None
    median: int | None
    largest: int | None


@dataclass(frozen=True)
class Figures:
    """What the analytics page shows of one campaign at `moment`."""

    campaign: Campaign
    moment: datetime
    total: CampaignTotal
    days: list[DaySum]
    stories: list[StorySum]
    standing: Standing
    plan: Plan

    @cached_property
    def drawn_days(self) -> list[DaySum]:
        """Every day of the chart, also those on which nothing came, oldest first."""
        known = {d.day: d for d in self.days}
        return [known.get(day, DaySum(day)) for day in self._days_to_draw if day <= self.today]

    @cached_property
    def line(self) -> list[Point]:
        zone = self.campaign.zone
        ends = [(day, end_of(day, zone)) for day in self._days_to_draw]
        return line(self.plan, self.days, ends, self.today)

    @property
    def today(self) -> date:
        return self.standing.today

    @property
    def week_ago(self) -> date:
        """The first of the seven whole days before today."""
        return self.today - timedelta(days=7)

    @property
    def reversals(self) -> int:
        return sum(d.reversals for d in self.days)

    @property
    def gifts(self) -> int:
        """Charges, also those that went back since."""
        return sum(d.gifts for d in self.days)

    @property
    def best_day(self) -> DaySum | None:
        """The day on which most was received, the first of equals."""
        return max(self.days, key=lambda d: d.received, default=None)

    @cached_property
    def _days_to_draw(self) -> list[date]:
        """From the start to the deadline, or the last of them up to today when they are many."""
        first = min([self.plan.first_day, *(d.day for d in self.days[:1])])
        last = max(first, self.plan.last_day or self.today)
        if (last - first).days >= DAYS_DRAWN:
            last = max(first, min(last, self.today))
            first = max(first, last - timedelta(days=DAYS_DRAWN - 1))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass(frozen=True)
class ToDo:
    """What waits for a person: counts of donations and recurring donations whose renewal was not
    paid, how the books compared, and of the whole newsroom its payouts, open fraud warnings,
    comments and reports of errors."""

    attention: int
    disputed: int
    books: Verdict | None
    payouts: Waiting
    warnings: int
    unpaid: int
    comments: int
    reports: int


def figures(campaign: Campaign, moment: datetime) -> Figures:
    """Four queries, however many donations there are."""
    total = CampaignTotal.objects.filter(pk=campaign.pk).first() or CampaignTotal(campaign=campaign)
    days = by_day(campaign)
    plan = plan_of(campaign)
    today = moment.astimezone(campaign.zone).date()
    return Figures(
        campaign=campaign,
        moment=moment,
        total=total,
        days=days,
        stories=by_story(campaign),
        plan=plan,
        standing=standing(plan, total.raised, days, moment, today),
    )


def plan_of(campaign: Campaign) -> Plan:
    return Plan(
        goal=campaign.goal,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        first_day=campaign.starts_at.astimezone(campaign.zone).date(),
        last_day=last_day(campaign.ends_at, campaign.zone),
    )


def by_day(campaign: Campaign) -> list[DaySum]:
    """Days on which money moved, oldest first."""
    rows = (
        DailyRollup.objects.filter(campaign=campaign)
        .values_list("day")
        .annotate(
            in_sum=Sum("received"),
            back_sum=Sum("reversed"),
            fee_sum=Sum("fees"),
            gift_sum=Sum("donations"),
            reversal_sum=Sum("reversals"),
            match_sum=Sum("matched"),
        )
        .order_by("day")
    )
    return [DaySum(*row) for row in rows]


def by_story(
    campaign: Campaign,
    since: date | None = None,
    named: Mapping[int | None, str] | None = None,
) -> list[StorySum]:
    """All stories from which gifts were begun (on `since` and after), the most money first.

    One of them is "no story": `article_id` None; renewals have a row of their own, read by the few
    instalments there are. Two queries, one where headlines are `named`.
    """
    first = since or date(2000, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_STORY,
            {
                "campaign": campaign.pk,
                "day": first,
                "moment": first_instant(first, campaign.zone),
                "renewal": RENEWAL,
            },
        )
        *rows, again = cursor.fetchall()
    if named is None:
        named = headlines(row[0] for row in rows)
    sums = [StorySum(None, "", again[1], again[2], again[3], renewals=True)]
    for article, received, back, gifts in rows:
        if article is None:
            received, back, gifts = received - again[1], back - again[2], gifts - again[3]
        sums.append(StorySum(article, named.get(article, ""), received, back, gifts))
    # What sponsors added was begun from no story.
    found = [story for story in sums if story.received or story.reversed or story.gifts]
    return sorted(found, key=lambda story: (-story.net, story.article_id or 0))


# Each story's sums, and last of all what renewals brought.
_BY_STORY = """
(SELECT article_id, sum(received)::bigint, sum(reversed)::bigint, sum(donations)::bigint
 FROM campaigns_dailyrollup WHERE campaign_id = %(campaign)s AND day >= %(day)s
 GROUP BY article_id)
UNION ALL
(SELECT NULL, coalesce(sum(e.amount) FILTER (WHERE e.kind = 'charge'), 0)::bigint,
        coalesce(-sum(e.amount) FILTER (WHERE e.kind <> 'charge'), 0)::bigint,
        count(*) FILTER (WHERE e.kind = 'charge')
 FROM campaigns_instalment i
 JOIN campaigns_donation d ON d.id = i.donation_id AND d.via = %(renewal)s
 JOIN campaigns_ledgerentry e ON e.donation_id = d.id AND e.kind <> 'match'
 WHERE e.campaign_id = %(campaign)s AND e.occurred_at >= %(moment)s)
"""


def headlines(articles: Iterable[int | None]) -> dict[int | None, str]:
    """Headlines by the story's id, without reading the stories."""
    ids = {article for article in articles if article}
    return dict(Article.objects.filter(pk__in=ids).values_list("pk", "title"))


def last_gifts(campaign: Campaign) -> QuerySet[LedgerEntry]:
    """The newest charges with their donations and donors."""
    return (
        LedgerEntry.objects.filter(campaign=campaign, kind__in=GIFTS)
        .select_related("donation__donor")
        .order_by("-occurred_at", "-pk")[:LAST_SHOWN]
    )


# Each answered by an index, all in one query.
_WAITS = """
SELECT (SELECT count(*) FROM campaigns_donation
        WHERE campaign_id = %(campaign)s AND needs_attention <> '') AS attention,
    (SELECT count(*) FROM campaigns_donation
        WHERE campaign_id = %(campaign)s AND state = 'disputed') AS disputed,
    (SELECT count(*) FROM campaigns_recurringdonation
        WHERE campaign_id = %(campaign)s AND state = 'unpaid') AS unpaid,
    (SELECT count(*) FROM campaigns_fraudwarning WHERE open) AS warnings,
    (SELECT count(*) FROM articles_comment WHERE state = ANY(%(waiting)s)) AS comments,
    (SELECT count(*) FROM articles_errorreport WHERE state = 'new') AS reports
"""


def to_do(campaign: Campaign) -> ToDo:
    with connection.cursor() as cursor:
        waiting = [str(state) for state in WAITING]
        cursor.execute(_WAITS, {"campaign": campaign.pk, "waiting": waiting})
        names = [column.name for column in cursor.description or ()]
        counts = dict(zip(names, cursor.fetchone(), strict=True))
    return ToDo(**counts, books=books.verdict(), payouts=payouts.waiting(timezone.now()))


def gift_sizes(campaign: Campaign) -> GiftSizes | None:
    """As last counted; None before the first time."""
    found = cache.get(_sizes_key(campaign))
    return found if isinstance(found, GiftSizes) else None


def count_gift_sizes(campaign: Campaign, moment: datetime) -> GiftSizes:
    """Read the campaign's charges (one index, no table) and keep what they say.

    The median is the lower of the two middle gifts when there are two: an amount somebody gave.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), round(avg(amount)),
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY amount), max(amount)
            FROM campaigns_ledgerentry WHERE campaign_id = %s AND kind IN ('charge', 'offline')
            """,
            [campaign.pk],
        )
        gifts, average, median, largest = cursor.fetchone()
    sizes = GiftSizes(
        as_of=moment,
        gifts=gifts,
        average=None if average is None else int(average),
        median=median,
        largest=largest,
    )
    cache.set(_sizes_key(campaign), sizes, SIZES_KEPT.total_seconds())
    return sizes


def _sizes_key(campaign: Campaign) -> str:
    return f"gift-sizes:{campaign.pk}"
