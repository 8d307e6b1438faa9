"""Who may be named on a campaign's page: donors who gave a public name, newest first.

What they wrote stands there as soon as their money does. Staff take it off with a reason, and put
it back; the gift itself is not touched.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from campaigns.models import Campaign, Donation
from campaigns.purging import campaign_paths
from newsroom.audit import log
from newsroom.edge import purges
from newsroom.money import Money
from newsroom.readers.models import Reader

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
        .filter(words_hidden=False)
        .exclude(public_name="")
        .order_by("-received_at")[:SHOWN]
    )
    return [
        Supporter(d.public_name, d.money, d.message, d.received_at)
        for d in donations
        if d.received_at
    ]


def hide_words(donation: Donation, *, hidden: bool, by: Reader, reason: str) -> None:
    """Take a donor's name and message off the campaign's page, or put them back; logged, with the
    reason and never the words."""
    with transaction.atomic():
        changed = Donation.objects.filter(pk=donation.pk, words_hidden=not hidden)
        if not changed.update(words_hidden=hidden):
            return
        what = "Took a donor’s words off the page" if hidden else "Put a donor’s words back"
        log.record(by, "hid" if hidden else "showed", donation, f"{what}: {reason}"[:300])
        purges.owe(f"words:{donation.pk}:{uuid4()}", campaign_paths(donation.campaign))
