"""What the public may know of the books: when they were last compared, and what is not Stripe's."""

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


def last_comparison(campaign: Campaign) -> Comparison | None:
    """None before the first whole one and the first gift. `campaign` joined to its total."""
    total = getattr(campaign, "total", None)
    finished = Reconciliation.objects.exclude(finished_at=None).order_by("-pk")
    run, whole = finished.first(), finished.filter(since=None).first()
    if total is None or run is None or whole is None or run.finished_at is None:
        return None
    parts = (total.raised - total.offline - total.matched, total.offline, total.matched)
    by_stripe, offline, matched = (Money(part, campaign.currency) for part in parts)
    return Comparison(run.finished_at, run.equal and whole.equal, by_stripe, offline, matched)
