"""How far a campaign is: what the bar shows, on pages and as JSON."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Now
from django.utils import timezone

from campaigns.milestones import GOAL, Mark, marks_of
from campaigns.models import Campaign, Match, Milestone, Reached
from newsroom.branding.own_words import own, spoken
from newsroom.money import Money
from newsroom.prepared import Prepared

# So long a mark that was reached is news beside the bar.
NEWS_FOR: Final = timedelta(days=3)


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
class Bar:
    """The bar's lengths on a scale of 1000: `fill` up to the goal, `beyond` what is above it (0
    while nothing is), `line` where the goal's line stands (1000: at the end, not drawn)."""

    fill: int
    beyond: int
    line: int


def bar_of(raised: int, goal: int, stretch: int | None) -> Bar:
    """The first cent is seen, and the bar is not full a cent before the goal. Once the goal is
    reached the whole length is the stretch goal, or what was raised when that is more."""
    if raised < goal:
        return Bar(min(990, max(5, 1000 * raised // goal)) if raised > 0 else 0, 0, 1000)
    whole = max(raised, stretch or 0)
    if whole == goal:
        return Bar(1000, 0, 1000)
    fill = round(1000 * goal / whole)
    return Bar(fill, round(1000 * raised / whole), min(996, fill))


@dataclass(frozen=True, slots=True)
class Progress:
    """Amounts in minor units of `currency`; moments aware. `ends_at` is exclusive.

    `matched` is what sponsors added, within `raised`; `on_its_way` what donors' banks have still
    to send, no part of it. `marks` are milestones, goal and stretch goal in order of their amounts
    (none where the campaign was not loaded with them).
    """

    raised: int
    goal: int
    currency: str
    donors: int
    ends_at: datetime | None
    last_day: datetime | None
    as_of: datetime
    matched: int = 0
    on_its_way: int = 0
    match: OpenMatch | None = None
    stretch: int | None = None
    stretch_words: str = ""
    marks: tuple[Mark, ...] = ()

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
    def on_its_way_money(self) -> Money:
        return Money(self.on_its_way, self.currency)

    @property
    def left_money(self) -> Money:
        return Money(max(0, self.goal - self.raised), self.currency)

    @property
    def reached(self) -> bool:
        """Now or once: a refund since does not unsay it."""
        return self.raised >= self.goal or self.goal_reached_at is not None

    @property
    def goal_reached_at(self) -> datetime | None:
        return next((m.reached_at for m in self.marks if m.kind == GOAL), None)

    @property
    def fell_back(self) -> bool:
        """Reached once, and below the goal now."""
        return self.goal_reached_at is not None and self.raised < self.goal

    @property
    def stretch_money(self) -> Money | None:
        """Spoken of once the goal is reached."""
        return Money(self.stretch, self.currency) if self.stretch and self.reached else None

    @property
    def bar(self) -> Bar:
        return bar_of(self.raised, self.goal, self.stretch)

    @property
    def news(self) -> Mark | None:
        """The highest mark that was reached in the last days."""
        fresh = [m for m in self.marks if m.reached_at and self.as_of - m.reached_at < NEWS_FOR]
        return fresh[-1] if fresh and not self.ended else None

    @property
    def next_mark(self) -> Mark | None:
        """The mark that comes next; none is spoken of after the end or when all are reached."""
        ahead = [m for m in self.marks if m.reached_at is None and m.amount > self.raised]
        return ahead[0] if ahead and not self.ended else None

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

    def as_shown(self) -> tuple[Any, ...]:
        """All that a page can show of it, but for the moment it was asked: two that are equal look
        the same."""
        kinds = vars(type(self)).items()
        said = [name for name, value in kinds if isinstance(value, property)]
        kept = [each.name for each in fields(self) if each.name != "as_of"]
        sponsor = own(self.match.sponsor) if self.match else ""
        return (*[getattr(self, name) for name in (*kept, *said)], sponsor)

    def as_json(self) -> dict[str, Any]:
        """The body of `progress.json`."""
        return {
            "raised": self.raised,
            "goal": self.goal,
            "stretch": self.stretch,
            "bar": {"fill": self.bar.fill, "beyond": self.bar.beyond, "line": self.bar.line},
            "currency": self.currency,
            "matched": self.matched,
            "on_its_way": self.on_its_way,
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
            "milestones": [_mark_as_json(mark) for mark in self.marks],
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
        on_its_way=total.on_its_way if total else 0,
        match=_open_match(campaign),
        stretch=campaign.stretch_goal,
        stretch_words=campaign.stretch_words,
        marks=_marks(campaign),
    )


def with_total() -> QuerySet[Campaign]:
    """Campaigns joined to their totals, marks and to the match that runs now, in one query."""
    runs = Match.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=Now()),
        campaign=OuterRef("pk"),
        starts_at__lte=Now(),
        given__lt=F("cap"),
    )
    told = JSONObject(sponsor="sponsor", percent="percent", cap="cap", left=F("cap") - F("given"))
    here = {"campaign": OuterRef("pk")}
    mark = JSONObject(amount="amount", words="words", picture="picture_id")
    once = JSONObject(amount="amount", reached_at="reached_at")
    return Campaign.objects.select_related("total").annotate(
        open_match=Subquery(runs.order_by("id").values(told=told)[:1], output_field=JSONField()),
        set_marks=ArraySubquery(Milestone.objects.filter(**here).values(told=mark)),
        reached_marks=ArraySubquery(Reached.objects.filter(**here).values(told=once)),
    )


def campaign_at(slug: str) -> Campaign | None:
    """The campaign at that address, joined to its total. One query."""
    return in_words(_AT.first(slug))


_AT: Final = Prepared(lambda slug: with_total().filter(slug=slug)[:1], str)


def _marks(campaign: Campaign) -> tuple[Mark, ...]:
    if not hasattr(campaign, "set_marks"):
        return ()
    found = campaign.reached_marks  # type: ignore[attr-defined]
    reached = {each["amount"]: datetime.fromisoformat(each["reached_at"]) for each in found}
    milestones = [Mark(**each | {"words": own(each["words"])}) for each in campaign.set_marks]
    stretch = (campaign.stretch_goal, campaign.stretch_words)
    return tuple(marks_of(milestones, campaign.goal, stretch, reached))


def _mark_as_json(mark: Mark) -> dict[str, Any]:
    moment = mark.reached_at
    return {
        "amount": mark.amount,
        "kind": mark.kind,
        "words": mark.words,
        "reached": moment is not None,
        "reached_at": moment.isoformat(timespec="seconds") if moment else None,
    }


def _open_match(campaign: Campaign) -> OpenMatch | None:
    found = getattr(campaign, "open_match", None)
    return OpenMatch(**found, currency=campaign.currency) if found else None


def banner_campaign(moment: datetime | None = None) -> Campaign | None:
    """The campaign whose banner stands on stories now, if it is under way. One query."""
    now = moment or timezone.now()
    return in_words(_BANNER.first(now, now))


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
    return banner_campaign(moment) or in_words(with_total().filter(is_default=True).first())


_Found = TypeVar("_Found", Campaign, Campaign | None)


def in_words(campaign: _Found, language: str | None = None) -> _Found:
    """The campaign as pages and mails in that language, the active one by default, show it."""
    if campaign is None:
        return campaign
    return spoken(
        campaign,
        "title",
        "appeal",
        "case",
        "thanks",
        "stretch_words",
        "outcome",
        language=language,
    )
