"""Who may be named on a campaign's page: donors who gave a public name, newest first."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign, Donation
from newsroom.money import Money

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Supporter:
    name: str
    amount: Money
    message: str
    when: datetime


def latest_supporters(campaign: Campaign) -> list[Supporter]:
    """Donations that stand and carry a public name; one query, a fixed number of rows."""
    donations = (
        Donation.objects.filter(campaign=campaign, received_at__isnull=False, net__gt=0)
        .exclude(public_name="")
        .order_by("-received_at")[:SHOWN]
    )
    return [
        Supporter(d.public_name, d.money, d.message, d.received_at)
        for d in donations
        if d.received_at
    ]
