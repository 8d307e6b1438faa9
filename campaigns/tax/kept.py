"""What the ledger says is left of a gift. A gift is one charge, or one gift by cheque: what goes
back of it carries the same `charge_id`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Kept:
    """`amount` in minor units of `currency`, never a sponsor's. `received_on` in the newsroom's
    time zone. `held` while a bank disputes the gift: its receipt waits for the outcome."""

    charge_id: str
    donation: int
    currency: str
    amount: int
    received_on: date
    held: bool
    in_kind: bool


_KEPT = """
SELECT e.charge_id, min(e.donation_id), min(e.currency), sum(e.amount),
    min(e.occurred_at) FILTER (WHERE e.kind IN ('charge', 'offline')),
    coalesce(bool_or(p.state = 'disputed'), false),
    min(o.received_on), coalesce(bool_or(o.method = 'securities'), false)
FROM campaigns_ledgerentry e
LEFT JOIN campaigns_payment p ON p.id = e.payment_id
LEFT JOIN campaigns_offlinegift o ON o.donation_id = e.donation_id
WHERE e.donation_id IS NOT NULL AND e.charge_id <> '' AND {which}
GROUP BY e.charge_id ORDER BY 5, 1
"""


def of_charges(charges: Iterable[str]) -> dict[str, Kept]:
    return _asked("e.charge_id = ANY(%s)", list(charges))


def of_donation(donation: int) -> dict[str, Kept]:
    return _asked("e.donation_id = %s", donation)


def of_donor(donor: int) -> dict[str, Kept]:
    wanted = "e.donation_id IN (SELECT id FROM campaigns_donation WHERE donor_id = %s)"
    return _asked(wanted, donor)


def _asked(which: str, value: int | list[str]) -> dict[str, Kept]:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT.format(which=which), [value])
        rows = cursor.fetchall()
    return {row[0]: _kept(*row) for row in rows if row[4] is not None}


def _kept(
    charge: str,
    donation: int,
    currency: str,
    amount: int,
    received_at: datetime,
    held: bool,
    day: date | None,
    in_kind: bool,
) -> Kept:
    local = received_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return Kept(charge, donation, currency, int(amount), day or local, held, in_kind)
