"""How far a campaign is: what the bar shows, on pages and as JSON."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Now
from django.utils import timezone

from campaigns.models import Campaign, Match
from newsroom.money import Money
from newsroom.prepared import Prepared

QUARTERS = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A mark on the way: `amount` in minor units."""

    amount: int
    reached: bool


@dataclass(frozen=True, slots=True)
class OpenMatch:
    """The sponsor's promise that runs now: `percent` added to a gift while `left` of `cap` lasts;
    minor units of `currency`."""

    sponsor: str
    percent: int
    cap: int
    left: int
    currency: str

    @property
    def cap_money(self) -> Money:
        return Money(self.cap, self.currency)

    @property
    def left_money(self) -> Money:
        return Money(self.left, self.currency)


@dataclass(frozen=True, slots=True)
class Progress:
    """Amounts in minor units of `currency`; moments aware. `ends_at` is exclusive.

    `matched` is what sponsors added, within `raised`.
    """

    raised: int
    goal: int
    currency: str
    donors: int
    ends_at: datetime | None
    last_day: datetime | None
    as_of: datetime
    matched: int = 0
    match: OpenMatch | None = None

    @property
    def percent(self) -> int:
        """Whole per cent of the goal, rounded down (99.9 is not there yet); may pass 100."""
        return max(0, self.raised) * 100 // self.goal

    @property
    def raised_money(self) -> Money:
        return Money(self.raised, self.currency)

    @property
    def goal_money(self) -> Money:
        return Money(self.goal, self.currency)

    @property
    def matched_money(self) -> Money:
        return Money(self.matched, self.currency)

    @property
    def left_money(self) -> Money:
        return Money(max(0, self.goal - self.raised), self.currency)

    @property
    def reached(self) -> bool:
        return self.raised >= self.goal

    @property
    def ended(self) -> bool:
        return self.ends_at is not None and self.as_of >= self.ends_at

    @property
    def days_left(self) -> int | None:
        """Days after today up to the deadline's day; 0 on the last day, None without one."""
        if self.last_day is None:
            return None
        today = self.as_of.astimezone(self.last_day.tzinfo).date()
        return max(0, (self.last_day.date() - today).days)

    @property
    def milestones(self) -> list[Milestone]:
        """Each quarter of the goal."""
        marks = [self.goal * quarter // 100 for quarter in QUARTERS]
        return [Milestone(mark, self.raised >= mark) for mark in marks]

    def as_json(self) -> dict[str, Any]:
        """The body of `progress.json`."""
        return {
            "raised": self.raised,
            "goal": self.goal,
            "currency": self.currency,
            "matched": self.matched,
            "match": {
                "sponsor": self.match.sponsor,
                "percent": self.match.percent,
                "cap": self.match.cap,
                "left": self.match.left,
            }
            if self.match
            else None,
            "donors": self.donors,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
            "as_of": self.as_of.isoformat(timespec="seconds"),
            "milestones": [{"amount": m.amount, "reached": m.reached} for m in self.milestones],
        }


def progress(campaign: Campaign, moment: datetime | None = None) -> Progress:
    """The campaign's progress; no query when it was loaded with its `total`."""
    total = getattr(campaign, "total", None)
    return Progress(
        raised=total.raised if total else 0,
        goal=campaign.goal,
        currency=campaign.currency,
        donors=total.donors if total else 0,
        ends_at=campaign.ends_at,
        last_day=campaign.last_day,
        as_of=moment or timezone.now(),
        matched=total.matched if total else 0,
        match=_open_match(campaign),
    )


def with_total() -> QuerySet[Campaign]:
    """Campaigns joined to their totals and to the match that runs now, in one query."""
    runs = Match.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=Now()),
        campaign=OuterRef("pk"),
        starts_at__lte=Now(),
        given__lt=F("cap"),
    )
    told = JSONObject(sponsor="sponsor", percent="percent", cap="cap", left=F("cap") - F("given"))
    return Campaign.objects.select_related("total").annotate(
        open_match=Subquery(runs.order_by("id").values(told=told)[:1], output_field=JSONField())
    )


def campaign_at(slug: str) -> Campaign | None:
    """The campaign at that address, joined to its total. One query."""
    found: Campaign | None = _AT.first(slug)
    return found


_AT: Final = Prepared(lambda slug: with_total().filter(slug=slug)[:1], str)


def _open_match(campaign: Campaign) -> OpenMatch | None:
    found = getattr(campaign, "open_match", None)
    return OpenMatch(**found, currency=campaign.currency) if found else None


def banner_campaign(moment: datetime | None = None) -> Campaign | None:
    """The campaign whose banner stands on stories now, if it is under way. One query."""
    now = moment or timezone.now()
    found: Campaign | None = _BANNER.first(now, now)
    return found


# Every story's page asks it.
_BANNER: Final = Prepared(
    lambda ends, starts: with_total().filter(
        Q(ends_at=None) | Q(ends_at__gt=ends), on_articles=True, starts_at__lte=starts
    )[:1],
    datetime,
    datetime,
)


def campaign_to_give_to(moment: datetime | None = None) -> Campaign | None:
    """Where `/give/` leads: the banner's campaign, else the default one."""
    return banner_campaign(moment) or with_total().filter(is_default=True).first()
