"""Gifts in honour or in memory of someone: kept with the donation, and the card that tells of it.

The card is owed once, when the money has arrived and its day has come: in the transaction that
records the money, or by `send_cards` on the morning of the day. A gift that went back before
sends none. Once it is owed its address is forgotten here; the outbox forgets it when it is sent.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from campaigns.models import Donation, Tribute
from campaigns.progress import in_words
from newsroom.mail import outbox
from newsroom.money import Money

KIND: Final = "tribute card"


@dataclass(frozen=True, slots=True)
class TributeWish:
    """Whom a gift honours, as typed. `card_email` empty: no card is wished. `send_on` is a day in
    the newsroom's time zone, None: as soon as the money is here."""

    kind: str
    name: str
    card_email: str = ""
    card_to: str = ""
    card_from: str = ""
    card_words: str = ""
    shows_amount: bool = False
    send_on: date | None = None


def keep(donation: Donation, wish: TributeWish | None) -> None:
    """Keep the wish with a donation that is not paid yet, in place of an earlier one of the same
    form."""
    if wish is None:
        Tribute.objects.filter(donation=donation, card_owed_at=None).delete()
        return
    fields: dict[str, Any] = {name: getattr(wish, name) for name in wish.__slots__}
    Tribute.objects.update_or_create(donation=donation, defaults=fields)


def morning_of(day: date) -> datetime:
    """When mail that is to come on `day` goes out: in the morning, in the newsroom's time zone."""
    return datetime.combine(day, time(settings.MORNING), tzinfo=ZoneInfo(settings.TIME_ZONE))


def latest_day(now: datetime) -> date:
    """The last day whose morning has come at `now`."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    day = local.date()
    return day if now >= morning_of(day) else date.fromordinal(day.toordinal() - 1)


def owe_card(donation: Donation, now: datetime) -> bool:
    """Owe the card of a donation whose money is here, if there is one and it is time; whether it
    was. Call in the transaction that records the money."""
    found = _due(now).select_for_update(of=("self",)).filter(donation=donation).first()
    if found is None:
        return False
    _owe(found, now)
    return True


def send_cards(now: datetime) -> int:
    """Owe the cards whose day has come, each in its own transaction; how many."""
    sent = 0
    for donation in Donation.objects.filter(tribute__in=_due(now))[:200]:
        with transaction.atomic():
            sent += owe_card(donation, now)
    return sent


def _due(now: datetime) -> Any:
    return (
        Tribute.objects.select_related("donation__campaign")
        .filter(Q(send_on=None) | Q(send_on__lte=latest_day(now)))
        .filter(card_owed_at=None, donation__net__gt=0)
        .exclude(card_email="")
    )


def erase_address(email: str) -> int:
    """No card goes to this address any more; how many waited. The gift stays a tribute."""
    waiting = Tribute.objects.filter(card_email__iexact=email.strip()).exclude(card_email="")
    return waiting.update(card_email="", card_to="", card_words="")


def _owe(tribute: Tribute, now: datetime) -> None:
    donation = tribute.donation
    with override(donation.language):
        campaign_url = settings.BASE_URL + donation.campaign.get_absolute_url()
    outbox.owe(
        KIND,
        f"tribute:{donation.pk}",
        tribute.card_email,
        "tribute_card",
        {
            "kind": tribute.kind,
            "name": tribute.name,
            "card_to": tribute.card_to,
            "card_from": tribute.card_from,
            "words": tribute.card_words,
            "money": (
                Money(donation.amount - donation.for_fee, donation.currency)
                if tribute.shows_amount
                else None
            ),
            "campaign": in_words(donation.campaign, donation.language),
            "campaign_url": campaign_url,
        },
        donation.language,
    )
    tribute.card_email, tribute.card_owed_at = "", now
    tribute.save(update_fields=["card_email", "card_owed_at"])
