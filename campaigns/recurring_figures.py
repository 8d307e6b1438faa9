"""What recurring donations come to: shown beside a campaign's total, never inside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from campaigns.models import Campaign, Frequency, RecurringDonation, RecurringState
from newsroom.money import Money

RUNNING = (RecurringState.ACTIVE, RecurringState.UNPAID)
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Recurring:
    """Counts of donors; `a_year` is what those that run give in a year if nothing changes."""

    monthly: int
    yearly: int
    a_year: Money
    unpaid: int = 0
    paused: int = 0
    begun_lately: int = 0
    ended_lately: int = 0
    ended_by_payment: int = 0

    @property
    def running(self) -> int:
        return self.monthly + self.yearly


def of_campaign(campaign: Campaign) -> Recurring:
    """For the campaign's page: one query, by index."""
    return _of(RecurringDonation.objects.filter(campaign=campaign), campaign.currency)


def by_currency(moment: datetime) -> list[Recurring]:
    """All of them, for staff: with who came and who went in the last thirty days."""
    currencies = RecurringDonation.objects.order_by("currency").values_list("currency", flat=True)
    return [
        _of(RecurringDonation.objects.filter(currency=currency), currency, moment)
        for currency in currencies.distinct()
    ]


def _of(
    found: QuerySet[RecurringDonation], currency: str, moment: datetime | None = None
) -> Recurring:
    runs = Q(state__in=RUNNING)
    month, year = Q(frequency=Frequency.MONTH), Q(frequency=Frequency.YEAR)
    wanted = {
        "monthly": Count("pk", filter=runs & month),
        "yearly": Count("pk", filter=runs & year),
        "by_month": Sum(F("amount") * 12, filter=runs & month, default=0),
        "by_year": Sum("amount", filter=runs & year, default=0),
    }
    if moment is not None:
        lately = moment - LATELY
        lived = ~Q(state=RecurringState.STARTED)
        ended = Q(state=RecurringState.ENDED, ended_at__gte=lately)
        wanted |= {
            "unpaid": Count("pk", filter=Q(state=RecurringState.UNPAID)),
            "paused": Count("pk", filter=Q(state=RecurringState.PAUSED)),
            "begun_lately": Count("pk", filter=lived & Q(started_at__gte=lately)),
            "ended_lately": Count("pk", filter=ended),
            "ended_by_payment": Count("pk", filter=ended & Q(ended_by="payment")),
        }
    counted = found.aggregate(**wanted)
    a_year = Money(counted.pop("by_month") + counted.pop("by_year"), currency)
    return Recurring(a_year=a_year, **counted)
