"""The bank in the demo: a gift that it has still to send, and a statement that shows what came.

Payouts are the sandbox's own: it makes one in each day of its clock, and the gifts of a month pass
many days.
"""

import csv
import io
import uuid
from datetime import timedelta
from typing import Final

from campaigns import bank_import
from campaigns.giving import GiftWish, GivingError, start_donation
from campaigns.models import BankStatement, Campaign, Donation, Payout, PayoutState
from newsroom.demo.build import CannotBuild
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.cashier import Cashier
from newsroom.money import Money
from newsroom.readers.models import Reader

AMOUNT: Final = 12_000
BEGUN_AGO: Final = timedelta(days=2)
GIVER: Final = "Odile Marchetti"
ADDRESS: Final = "odile.marchetti@letters.example"
_FORM: Final = uuid.UUID("7f1f3c0c-6b0e-4a53-9a53-0d0f9b5b2a10")
# Payouts whose days are not over are on no statement yet.
LEFT_OUT: Final = 2
STATEMENT: Final = "chequing.csv"


def give_from_bank(campaign: Campaign, calendar: Calendar, cashier: Cashier) -> None:
    """A gift begun two days ago, which the donor's bank takes five days to send. Made once."""
    if Donation.objects.filter(campaign=campaign, form=_FORM).exists():
        return
    moment = max(calendar.now - BEGUN_AGO, campaign.starts_at)
    cashier.stand_at(moment)
    try:
        donation = start_donation(campaign, GiftWish(amount=AMOUNT, form=_FORM), moment)
    except GivingError as error:
        raise CannotBuild(f"A gift from a bank account could not be begun: {error}") from error
    cashier.pay_by_bank(str(donation.checkout_session), email=ADDRESS, name=GIVER)
    cashier.be_real()


def bring_in_statement(by: Reader, currency: str) -> None:
    """The bank's statement of the payouts that have arrived, brought in as staff would. Once."""
    if BankStatement.objects.exists():
        return
    paid = Payout.objects.filter(state=PayoutState.PAID, currency=currency)
    arrived = list(paid.order_by("arrives_on"))[:-LEFT_OUT]
    if not arrived:
        return
    rows = bank_import.read(_as_csv(arrived), currency)
    bank_import.keep(rows, name=STATEMENT, currency=currency, by=by)


def _as_csv(payouts: list[Payout]) -> bytes:
    """As a bank writes it: each payout on its day, and a sum that is none of ours."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(bank_import.COLUMNS)
    rent = Money(42_500, payouts[0].currency).major
    writer.writerow([payouts[0].arrives_on.isoformat(), rent, "Deposit, harbour hall hire"])
    for payout in payouts:
        day, sum_ = payout.arrives_on.isoformat(), payout.money.major
        writer.writerow([day, sum_, f"STRIPE PAYOUT {payout.trace}"])
    return text.getvalue().encode()
