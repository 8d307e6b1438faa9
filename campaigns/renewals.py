"""How regular donors stay: what renewals each of them paid, month by month, and the sums of it.

A donor's cohort is the month (of yearly gifts: the year) in which their first paid renewal was due.
`settle` brings a donor's months up to date from their instalments and moves the sums by the
difference, in the transaction that changed an instalment. Months are the newsroom's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.db import connection

from campaigns.models import RecurringDonation, RenewalMonth

# Any number no other pair of advisory locks of the site uses.
LOCK: Final = 0x57A7

# A renewal is any instalment but the one the recurring donation was begun with; one still open of
# a gift that has ended will not be tried for any more.
_RENEWALS: Final = """
    SELECT r.donor_id, r.currency, r.frequency,
        date_trunc(CASE r.frequency WHEN 'year' THEN 'year' ELSE 'month' END,
                   i.due_at AT TIME ZONE %(zone)s)::date AS period,
        coalesce(sum(i.amount) FILTER (WHERE i.state = 'paid'), 0)::bigint AS paid,
        coalesce(sum(i.amount) FILTER (
            WHERE i.state = 'open' AND r.state <> 'ended'), 0)::bigint AS pending,
        coalesce(sum(i.amount) FILTER (
            WHERE i.state = 'given_up' OR (i.state = 'open' AND r.state = 'ended')), 0)::bigint
            AS lost
    FROM campaigns_instalment i JOIN campaigns_recurringdonation r ON r.id = i.recurring_id
    WHERE i.state <> 'skipped' AND i.donation_id IS DISTINCT FROM r.first_id
      AND i.due_at > r.started_at + interval '1 hour' AND r.donor_id IS NOT NULL
"""

_OF_DONOR: Final = (
    "SELECT period, paid, pending, lost FROM ("  # noqa: S608 (our own constants)
    + _RENEWALS
    + """
    AND r.donor_id = %(donor)s AND r.currency = %(currency)s AND r.frequency = %(frequency)s
    GROUP BY 1, 2, 3, 4) found WHERE paid <> 0 OR pending <> 0 OR lost <> 0
"""
)

_CELL: Final = """
INSERT INTO campaigns_renewalcell AS kept
    (currency, frequency, cohort, period, donors, waiting, paid, pending, lost)
VALUES (%(currency)s, %(frequency)s, %(cohort)s, %(period)s, %(donors)s, %(waiting)s, %(paid)s,
        %(pending)s, %(lost)s)
ON CONFLICT (currency, frequency, cohort, period) DO UPDATE SET
    donors = kept.donors + excluded.donors,
    waiting = kept.waiting + excluded.waiting,
    paid = kept.paid + excluded.paid,
    pending = kept.pending + excluded.pending,
    lost = kept.lost + excluded.lost
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What was due of one donor in one period: minor units paid, still tried for, never paid."""

    paid: int = 0
    pending: int = 0
    lost: int = 0


Cell = tuple[date | None, date]
NOTHING: Final = (0, 0, 0, 0, 0)


def cells(dues: Mapping[date, Due]) -> dict[Cell, tuple[int, int, int, int, int]]:
    """What one donor adds to each (cohort, period): donors, waiting, paid, pending, lost.

    A donor who paid something in a period counts as one who stayed, one who paid nothing and whose
    payment is tried again as waiting.
    """
    cohort = min((period for period, due in dues.items() if due.paid), default=None)
    return {
        (cohort, period): (
            int(due.paid > 0),
            int(not due.paid and due.pending > 0),
            due.paid,
            due.pending,
            due.lost,
        )
        for period, due in dues.items()
    }


def settle(donor: int | None, currency: str, frequency: str) -> None:
    """Bring a donor's renewals and the sums up to date. Call after instalments, or the state of
    their recurring donation, were written, in the same transaction."""
    if donor is None:
        return
    with connection.cursor() as cursor:
        # Two gifts of one donor are renewed at once: each must see what the other wrote.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, donor % 2**31])
        cursor.execute(
            _OF_DONOR,
            {
                "donor": donor,
                "currency": currency,
                "frequency": frequency,
                "zone": settings.TIME_ZONE,
            },
        )
        new = {period: Due(*amounts) for period, *amounts in cursor.fetchall()}
    rows = RenewalMonth.objects.filter(
        donor_id=donor, currency=currency, frequency=frequency
    ).in_bulk(field_name="pk")
    old = {row.period: Due(row.paid, row.pending, row.lost) for row in rows.values()}
    if new == old:
        return
    gone = [row.pk for row in rows.values() if row.period not in new]
    RenewalMonth.objects.filter(pk__in=gone).delete()
    RenewalMonth.objects.bulk_create(
        [
            RenewalMonth(
                donor_id=donor,
                currency=currency,
                frequency=frequency,
                period=period,
                paid=due.paid,
                pending=due.pending,
                lost=due.lost,
            )
            for period, due in new.items()
            if old.get(period) != due
        ],
        update_conflicts=True,
        unique_fields=["donor", "currency", "frequency", "period"],
        update_fields=["paid", "pending", "lost"],
    )
    _move_sums(currency, frequency, old, new)


def rebuild(donors: Iterable[int]) -> None:
    """Settle everything of donors whose recurring donations went from one to another."""
    for donor in sorted(set(donors)):
        known = {
            *RecurringDonation.objects.filter(donor=donor).values_list("currency", "frequency"),
            *RenewalMonth.objects.filter(donor=donor).values_list("currency", "frequency"),
        }
        for currency, frequency in sorted(known):
            settle(donor, currency, frequency)


def _move_sums(
    currency: str, frequency: str, old: Mapping[date, Due], new: Mapping[date, Due]
) -> None:
    """By the difference, in one order, so that two writers never wait for each other."""
    by: dict[Cell, list[int]] = defaultdict(lambda: [0] * 5)
    for sign, side in ((-1, cells(old)), (1, cells(new))):
        for cell, values in side.items():
            by[cell] = [kept + sign * value for kept, value in zip(by[cell], values, strict=True)]
    names = ("donors", "waiting", "paid", "pending", "lost")
    with connection.cursor() as cursor:
        for cohort, period in sorted(by, key=lambda cell: (cell[1], cell[0] or date.min)):
            more = by[cohort, period]
            if any(more):
                cursor.execute(
                    _CELL,
                    {
                        "currency": currency,
                        "frequency": frequency,
                        "cohort": cohort,
                        "period": period,
                        **dict(zip(names, more, strict=True)),
                    },
                )


# Donors' renewals from the instalments (`zone`: the newsroom's), and the sums of them from those.
RECOUNTS: Final = [
    (
        "renewals of a donor (donor, currency, frequency, period)",
        "WITH computed AS (SELECT ROW(donor_id, currency, frequency, period)::text AS key, "  # noqa: S608
        "paid, pending, lost FROM ("
        + _RENEWALS
        + """GROUP BY 1, 2, 3, 4) found
            ), kept AS (
                SELECT ROW(donor_id, currency, frequency, period)::text AS key, paid, pending, lost
                FROM campaigns_renewalmonth
            )
            """,
    ),
    (
        "renewals by cohort (currency, frequency, cohort, period)",
        """
            WITH begun AS (
                SELECT donor_id, currency, frequency, min(period) FILTER (WHERE paid > 0) AS cohort
                FROM campaigns_renewalmonth GROUP BY 1, 2, 3
            ), computed AS (
                SELECT ROW(m.currency, m.frequency, b.cohort, m.period)::text AS key,
                    count(*) FILTER (WHERE m.paid > 0) AS donors,
                    count(*) FILTER (WHERE m.paid = 0 AND m.pending > 0) AS waiting,
                    sum(m.paid)::bigint AS paid, sum(m.pending)::bigint AS pending,
                    sum(m.lost)::bigint AS lost
                FROM campaigns_renewalmonth m JOIN begun b USING (donor_id, currency, frequency)
                GROUP BY 1
            ), kept AS (
                SELECT ROW(currency, frequency, cohort, period)::text AS key, donors, waiting,
                    paid, pending, lost
                FROM campaigns_renewalcell
                WHERE (donors, waiting, paid, pending, lost) <> (0, 0, 0, 0, 0)
            )
            """,
    ),
]
