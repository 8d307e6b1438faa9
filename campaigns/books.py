"""How the books compare with Stripe's, and what of it the public may know."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign, Reconciliation
from newsroom.money import Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last finished comparison with Stripe's books. `equal` only when the last whole one and
    the last of any length found no difference. `by_stripe`, `offline` and `matched` are as they
    stand now and add up to what is raised."""

    at: datetime
    equal: bool
    by_stripe: Money
    offline: Money
    matched: Money


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last finished comparison of any length (`run`) and of everything (`whole`, None before
    the first). An hourly one of the last days does not make a difference of a whole one go away."""

    run: Reconciliation
    whole: Reconciliation | None

    @property
    def equal(self) -> bool:
        return self.run.equal and (self.whole is None or self.whole.equal)

    @property
    def at(self) -> datetime:
        assert self.run.finished_at is not None
        return self.run.finished_at

    @property
    def differing(self) -> int:
        """How many differences the one that found more of them found."""
        return max(run.how_many for run in (self.run, self.whole) if run)


def verdict() -> Verdict | None:
    """None before the first comparison."""
    finished = Reconciliation.objects.exclude(finished_at=None).order_by("-pk")
    run = finished.first()
    return Verdict(run, finished.filter(since=None).first()) if run else None


def last_comparison(campaign: Campaign) -> Comparison | None:
    """None before the first whole one and the first gift. `campaign` joined to its total."""
    total = getattr(campaign, "total", None)
    found = verdict()
    if total is None or found is None or found.whole is None:
        return None
    parts = (total.raised - total.offline - total.matched, total.offline, total.matched)
    by_stripe, offline, matched = (Money(part, campaign.currency) for part in parts)
    return Comparison(found.at, found.equal, by_stripe, offline, matched)
