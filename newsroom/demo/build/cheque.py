"""A gift to the demo's campaign that came by mail: a cheque, entered by staff as they would."""

from typing import Final

from campaigns.models import Campaign, Method, OfflineGift
from campaigns.offline import enter
from newsroom.demo.build.calendar import Calendar
from newsroom.readers.models import Reader

AMOUNT: Final = 25_000
DAYS_AGO: Final = 12
DONOR: Final = "Pellow Harbour Reading Circle"
REFERENCE: Final = "Cheque 0417"


def enter_cheque(campaign: Campaign, calendar: Calendar, by: Reader) -> None:
    """Once, whatever staff did with it since."""
    if campaign.offline_gifts.filter(reference=REFERENCE).exists():
        return
    gift = OfflineGift(
        campaign=campaign,
        amount=AMOUNT,
        method=Method.CHEQUE,
        received_on=calendar.day(DAYS_AGO),
        name=DONOR,
        reference=REFERENCE,
    )
    enter(gift, by=by)
