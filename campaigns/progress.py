"""How far a campaign is: what the bar shows, on pages and as JSON."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign
from newsroom.money import Money

QUARTERS = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A mark on the way: `amount` in minor units."""

    amount: int
    reached: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Amounts in minor units of `currency`; moments aware. `ends_at` is exclusive."""

    raised: int
    goal: int
    currency: str
    donors: int
    ends_at: datetime | None
    last_day: datetime | None
    as_of: datetime

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
    )


def with_total():  # type: ignore[no-untyped-def]
    """Campaigns joined to their totals, in one query."""
    return Campaign.objects.select_related("total")


def banner_campaign(moment: datetime | None = None) -> Campaign | None:
    """The campaign whose banner stands on stories now, if it is under way. One query."""
    now = moment or timezone.now()
    return (
        with_total()
        .filter(Q(ends_at=None) | Q(ends_at__gt=now), on_articles=True, starts_at__lte=now)
        .first()
    )


def campaign_to_give_to(moment: datetime | None = None) -> Campaign | None:
    """Where `/give/` leads: the banner's campaign, else the default one."""
    return banner_campaign(moment) or with_total().filter(is_default=True).first()
