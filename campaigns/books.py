"""What the public may know of the books: when they were last compared, and what is not Stripe's."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign, Reconciliation
from newsroom.money import Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last finished comparison with Stripe's books. `by_stripe`, `offline` and `matched` add
    up to what was raised."""

    at: datetime
    equal: bool
    by_stripe: Money
    offline: Money
    matched: Money


def last_comparison(campaign: Campaign) -> Comparison | None:
    """None before the first one, and before the first gift. `campaign` joined to its total."""
    total = getattr(campaign, "total", None)
    run = Reconciliation.objects.exclude(finished_at=None).order_by("-pk").first()
    if total is None or run is None or run.finished_at is None:
        return None
    parts = (total.raised - total.offline - total.matched, total.offline, total.matched)
    by_stripe, offline, matched = (Money(part, campaign.currency) for part in parts)
    return Comparison(run.finished_at, run.equal, by_stripe, offline, matched)
