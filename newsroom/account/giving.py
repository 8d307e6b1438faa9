"""A reader's gifts: those made with an address the reader has proven, or linked to the account."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import ExtractYear, Lower
from django.dispatch import receiver

from campaigns.history import Happening, histories
from campaigns.joining import known_by
from campaigns.models import (
    Donation,
    DonationState,
    Donor,
    RecurringDonation,
    RecurringState,
)
from newsroom.money import Money
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

SHOWN = 200


@dataclass(frozen=True)
class Gift:
    """One line of "My donations"; `at` is when the money came, or when the gift was begun.

    `left` is what of it stands when part of it went back; `token` asks for its receipt again;
    `history` is what happened to it, in order.
    """

    money: Money
    left: Money | None
    token: str
    frequency: str
    received: bool
    campaign_title: str
    campaign_url: str
    at: datetime
    state: str
    state_shown: str
    history: list[Happening]


def gifts_of(reader: Reader) -> list[Gift]:
    """The reader's donations, newest first."""
    donations = list(donations_of(reader).order_by("-started_at", "-id")[:SHOWN])
    happened = histories(donations)
    return [
        Gift(
            money=donation.money,
            left=(
                Money(donation.net, donation.currency)
                if donation.state == DonationState.PARTLY_REFUNDED
                else None
            ),
            token=donation.token,
            frequency=donation.frequency,
            received=donation.received_at is not None,
            campaign_title=donation.campaign.title,
            campaign_url=donation.campaign.get_absolute_url(),
            at=donation.received_at or donation.started_at,
            state=donation.state,
            state_shown=donation.get_state_display(),
            history=happened.get(donation.pk, []),
        )
        for donation in donations
    ]


def _own(reader: Reader) -> Q:
    """Of the account, of a proven address, or of who was found to be the same person."""
    addresses = proven_addresses(reader)
    named = Q(donor__reader=reader) | Q(address__in=addresses)
    same = known_by(addresses)
    return named | Q(donor__in=same) if same else named


def donations_of(reader: Reader) -> QuerySet[Donation]:
    """Every donation made with an address the reader has proven, or linked to the account."""
    return (
        Donation.objects.annotate(address=Lower("donor__email"))
        .filter(_own(reader))
        .select_related("campaign", "donor")
    )


def recurring_of(reader: Reader) -> QuerySet[RecurringDonation]:
    """The reader's recurring donations that were begun, those that go on first."""
    return (
        RecurringDonation.objects.annotate(address=Lower("donor__email"))
        .filter(_own(reader))
        .exclude(state=RecurringState.STARTED)
        .select_related("campaign", "donor")
        .order_by(F("ended_at").desc(nulls_first=True), "-id")
    )


@dataclass(frozen=True)
class Statement:
    """What one reader gave in one year: gifts that came in it and what of them stands."""

    year: int
    gifts: list[Gift]
    totals: list[Money]
    name: str


def years_of(reader: Reader) -> list[int]:
    """Years in which something of the reader's came, the newest first; the newsroom's zone."""
    came = donations_of(reader).filter(received_at__isnull=False)
    years = came.annotate(year=ExtractYear("received_at", tzinfo=_zone())).values_list("year")
    return sorted({year for (year,) in years}, reverse=True)


def statement(reader: Reader, year: int) -> Statement:
    """The reader's gifts of a year. It shows what stands today: a later refund takes it off."""
    came = (
        donations_of(reader)
        .annotate(year=ExtractYear("received_at", tzinfo=_zone()))
        .filter(year=year)
        .order_by("received_at", "id")
    )
    sums: dict[str, int] = {}
    gifts = []
    for donation in came:
        stands = max(0, donation.net)
        sums[donation.currency] = sums.get(donation.currency, 0) + stands
        gifts.append(
            Gift(
                money=donation.money,
                left=Money(stands, donation.currency),
                token=donation.token,
                frequency=donation.frequency,
                received=True,
                campaign_title=donation.campaign.title,
                campaign_url=donation.campaign.get_absolute_url(),
                at=donation.received_at or donation.started_at,
                state=donation.state,
                state_shown=donation.get_state_display(),
                history=[],
            )
        )
    donor = Donor.objects.filter(reader=reader).first()
    return Statement(
        year=year,
        gifts=gifts,
        totals=[Money(amount, currency) for currency, amount in sorted(sums.items())],
        name=(donor.name if donor else "") or reader.email,
    )


def _zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


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
