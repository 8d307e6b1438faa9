"""A reader's gifts: those made with an address the reader has proven, or linked to the account."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.signals import user_logged_in
from django.db.models import Q
from django.db.models.functions import Lower
from django.dispatch import receiver

from campaigns.models import Donation, Donor
from newsroom.money import Money
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

SHOWN = 200


@dataclass(frozen=True)
class Gift:
    """One line of "My donations"; `at` is when the money came, or when the gift was begun."""

    money: Money
    campaign_title: str
    campaign_url: str
    at: datetime
    state: str
    state_shown: str


def gifts_of(reader: Reader) -> list[Gift]:
    """The reader's donations, newest first."""
    donations = (
        Donation.objects.annotate(address=Lower("donor__email"))
        .filter(Q(donor__reader=reader) | Q(address__in=proven_addresses(reader)))
        .select_related("campaign")
        .order_by("-started_at", "-id")[:SHOWN]
    )
    return [
        Gift(
            money=donation.money,
            campaign_title=donation.campaign.title,
            campaign_url=donation.campaign.get_absolute_url(),
            at=donation.received_at or donation.started_at,
            state=donation.state,
            state_shown=donation.get_state_display(),
        )
        for donation in donations
    ]


@receiver(user_logged_in)
def join_gifts_made_before(user: Reader, **_: object) -> None:
    """Whoever gave without an account and signs in with the same address finds the gift there."""
    if Donor.objects.filter(reader=user).exists():
        return
    unclaimed = Donor.objects.annotate(address=Lower("email")).filter(
        reader=None, address__in=proven_addresses(user)
    )
    donor = unclaimed.order_by("id").first()
    if donor is not None:
        unclaimed.filter(pk=donor.pk).update(reader=user)
