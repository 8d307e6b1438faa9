"""The demo's donors of each month and year: begun by the site's own function, renewed by the
sandbox's clock, all of them for the general fund.

A gift is known by its form's id, so that a build that was cut off makes only the rest.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaigns.giving import AlreadyGiven, GiftWish, GivingError, start_donation
from campaigns.models import Campaign, Donation, Frequency
from newsroom.demo import READER, READER_NAME
from newsroom.demo.build import CannotBuild
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.cashier import GOOD_CARD, Cashier

# Pays at first; its renewals fail.
WORN_CARD: Final = "4000000000000341"
_FORMS: Final = uuid.UUID("6a1c2f0e-8d0b-4f5e-9c53-2f6f4a0d7b11")


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody who gives regularly; `amount` in minor units."""

    name: str
    email: str
    amount: int
    days_ago: int
    frequency: Frequency = Frequency.MONTH
    card: str = GOOD_CARD

    @property
    def form(self) -> uuid.UUID:
        return uuid.uuid5(_FORMS, self.email)


REGULARS: Final = (
    Regular("Harriet Oduya", "harriet.oduya@post.example", 2000, 214),
    Regular(READER_NAME, READER, 1000, 160),
    Regular("Tomas Verhoeven", "t.verhoeven@post.example", 5000, 131),
    Regular("Ines Calder", "ines.calder@post.example", 500, 97),
    Regular("Wilf Anders", "wilf@anders.example", 10000, 88, Frequency.YEAR),
    Regular("Pia Solberg", "pia.solberg@post.example", 1500, 70),
    Regular("Ruth Kessel", "ruth@kessel.example", 2000, 33, card=WORN_CARD),
    Regular("Joss Abernathy", "joss@abernathy.example", 1000, 12),
)


def give_regularly(calendar: Calendar) -> None:
    """Begin what is missing, each at its moment; their renewals come as the clock goes on."""
    fund = Campaign.objects.filter(is_default=True).first()
    received = Donation.objects.filter(
        form__in=[each.form for each in REGULARS], received_at__isnull=False
    )
    came = set(received.values_list("form", flat=True))
    missing = [each for each in REGULARS if each.form not in came]
    if fund is None or not missing:
        return
    with Cashier() as cashier:
        for regular in missing:
            moment = calendar.moment(regular.days_ago, 10, regular.days_ago % 60)
            cashier.stand_at(moment)
            _begin(fund, regular, moment, cashier)


def _begin(fund: Campaign, regular: Regular, moment: datetime, cashier: Cashier) -> None:
    # Twice: a build cut off at the wrong instant leaves a Checkout that is over by now.
    for _try in range(2):
        try:
            donation = start_donation(fund, _wish(regular), moment)
        except AlreadyGiven:
            return
        except GivingError as error:
            raise CannotBuild(f"A regular gift could not be begun: {error}") from error
        session = str(donation.checkout_session)
        if cashier.pay(session, email=regular.email, name=regular.name, card=regular.card):
            return
    raise CannotBuild(f"The sandbox took no money for {regular.name}.")


def _wish(regular: Regular) -> GiftWish:
    return GiftWish(amount=regular.amount, form=regular.form, frequency=regular.frequency)
