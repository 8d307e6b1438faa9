"""Where gifts began, summed by day: `OriginDay` and `FunnelDay` move with the entries.

Each entry but a sponsor's counts once in every dimension, so each dimension comes to the whole.
Renewals, and what came by cheque or was attributed by staff, have a value of their own in all of
them: no visit is credited with either.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db.backends.utils import CursorWrapper

from campaigns.instalments import RENEWAL
from campaigns.models import Donation, EntryKind, LedgerEntry
from campaigns.models.ledger import GIFTS

OFFLINE: Final = "offline"
UNKNOWN: Final = ""
EARLIER, FIRST_TIME = "earlier", "first"
# What is known of where a gift began. `article` is the story last read before the give page was
# opened, `first_article` the one that the visit began with.
DIMENSIONS: Final = (
    "article",
    "first_article",
    "via",
    "referrer",
    "device",
    "language",
    "frequency",
    "donor",
    "arm",
)

_ADD = """
INSERT INTO campaigns_originday AS kept
    (campaign_id, day, dimension, value, received, reversed, gifts, largest, squares)
SELECT %(campaign)s, %(day)s, d.dimension, d.value, %(received)s, %(reversed)s, %(gifts)s,
       %(largest)s, %(squares)s
FROM unnest(%(dimensions)s::text[], %(values)s::text[]) AS d(dimension, value)
ON CONFLICT (campaign_id, dimension, value, day) DO UPDATE SET
    received = kept.received + excluded.received,
    reversed = kept.reversed + excluded.reversed,
    gifts = kept.gifts + excluded.gifts,
    largest = greatest(kept.largest, excluded.largest),
    squares = kept.squares + excluded.squares
"""

_EARLIER = """
UPDATE campaigns_donation SET earlier_donor = EXISTS (
    SELECT 1 FROM campaigns_donation d JOIN campaigns_ledgerentry e ON e.donation_id = d.id
    WHERE d.donor_id = %(donor)s AND d.id <> %(donation)s AND e.kind = ANY(%(gifts)s))
WHERE id = %(donation)s AND earlier_donor IS NULL RETURNING earlier_donor
"""

_BEGUN = """
INSERT INTO campaigns_funnelday AS kept (campaign_id, day, opened, received)
SELECT d.campaign_id, (d.started_at AT TIME ZONE c.time_zone)::date, %(opened)s, %(received)s
FROM campaigns_donation d JOIN campaigns_campaign c ON c.id = d.campaign_id
WHERE d.id = %(donation)s AND d.opened_at IS NOT NULL AND d.via <> %(renewal)s
ON CONFLICT (campaign_id, day) DO UPDATE SET
    opened = kept.opened + excluded.opened, received = kept.received + excluded.received
"""


def values_of(donation: Donation | None, earlier: bool | None) -> list[str]:
    """What is known of where it began, in the order of `DIMENSIONS`; `earlier`: whether its donor
    had given before."""
    if donation is None or donation.via == OFFLINE:
        return [OFFLINE] * len(DIMENSIONS)
    if donation.via == RENEWAL:
        return [RENEWAL] * len(DIMENSIONS)
    return [
        str(donation.article_id or UNKNOWN),
        str(donation.first_article_id or UNKNOWN),
        donation.via,
        donation.referrer,
        donation.device,
        donation.language,
        donation.frequency,
        UNKNOWN if earlier is None else EARLIER if earlier else FIRST_TIME,
        donation.arm,
    ]


def settle_earlier(cursor: CursorWrapper, donation_id: int, donor_id: int) -> bool | None:
    """Whether who gave had given before, written down with the first entry and kept."""
    cursor.execute(
        _EARLIER, {"donation": donation_id, "donor": donor_id, "gifts": [str(k) for k in GIFTS]}
    )
    row = cursor.fetchone()
    return row[0] if row else None


def add(
    cursor: CursorWrapper, entry: LedgerEntry, sums: dict[str, Any], earlier: bool | None
) -> None:
    """Count `entry`; `sums` as the ledger has them. The campaign's total is locked."""
    if entry.kind == EntryKind.MATCH:
        return
    charge = entry.kind in GIFTS
    cursor.execute(
        _ADD,
        {
            "campaign": sums["campaign"],
            "day": sums["day"],
            "received": sums["received"],
            "reversed": sums["reversed"],
            "gifts": int(charge),
            "largest": entry.amount if charge else 0,
            "squares": entry.amount**2 if charge else 0,
            "dimensions": list(DIMENSIONS),
            "values": values_of(entry.donation, earlier),
        },
    )


def count_opened(cursor: CursorWrapper, donation_id: int) -> None:
    """One more Checkout was opened."""
    _begun(cursor, donation_id, opened=1)


def count_received(cursor: CursorWrapper, donations: Iterable[int]) -> None:
    """These were received for the first time; after all totals, so that no two writers wait for
    each other."""
    for donation_id in sorted(donations):
        _begun(cursor, donation_id, received=1)


def _begun(cursor: CursorWrapper, donation_id: int, *, opened: int = 0, received: int = 0) -> None:
    cursor.execute(
        _BEGUN,
        {"donation": donation_id, "opened": opened, "received": received, "renewal": RENEWAL},
    )


def leave_funnel(cursor: CursorWrapper, donation_id: int) -> None:
    """Take a donation out of its campaign's funnel, before it is moved to another one."""
    cursor.execute(_LEAVE, {"donation": donation_id, "renewal": RENEWAL})


def enter_funnel(cursor: CursorWrapper, donation_id: int) -> None:
    """Put it into that of the campaign it was moved to."""
    cursor.execute(_CHARGED, [donation_id])
    _begun(cursor, donation_id, opened=1, received=int(cursor.fetchone()[0]))


# No row with numbers below zero is ever proposed: the table refuses it before it looks for the row.
_LEAVE = """
UPDATE campaigns_funnelday f SET opened = f.opened - 1,
    received = f.received - (EXISTS (SELECT 1 FROM campaigns_ledgerentry e
        WHERE e.donation_id = d.id AND e.kind = 'charge' AND e.campaign_id IS NOT NULL))::int
FROM campaigns_donation d JOIN campaigns_campaign c ON c.id = d.campaign_id
WHERE d.id = %(donation)s AND d.opened_at IS NOT NULL AND d.via <> %(renewal)s
    AND f.campaign_id = d.campaign_id
    AND f.day = (d.started_at AT TIME ZONE c.time_zone)::date
"""

_CHARGED = """
SELECT EXISTS (SELECT 1 FROM campaigns_ledgerentry
    WHERE donation_id = %s AND kind = 'charge' AND campaign_id IS NOT NULL)
"""


# How each sum is reckoned anew from the entries: for `ledger.recount`.
RECOUNTS: Final = [
    (
        "where gifts began (campaign, day, dimension, value)",
        """
        WITH computed AS (
            SELECT ROW(e.campaign_id, (e.occurred_at AT TIME ZONE c.time_zone)::date,
                       k.dimension, k.value)::text AS key,
                coalesce(sum(e.amount) FILTER (
                    WHERE e.kind IN ('charge', 'offline', 'attributed', 'moved_in')), 0)
                    AS received,
                coalesce(-sum(e.amount) FILTER (
                    WHERE e.kind NOT IN ('charge', 'offline', 'attributed', 'moved_in')), 0)
                    AS reversed,
                count(*) FILTER (WHERE e.kind IN ('charge', 'offline')) AS gifts,
                coalesce(max(e.amount) FILTER (WHERE e.kind IN ('charge', 'offline')), 0)
                    AS largest,
                coalesce(sum(e.amount::numeric * e.amount) FILTER (
                    WHERE e.kind IN ('charge', 'offline')), 0) AS squares
            FROM campaigns_ledgerentry e
            JOIN campaigns_campaign c ON c.id = e.campaign_id
            LEFT JOIN campaigns_donation d ON d.id = e.donation_id
            CROSS JOIN LATERAL (VALUES
                ('article', d.article_id::text),
                ('first_article', d.first_article_id::text),
                ('via', d.via),
                ('referrer', d.referrer),
                ('device', d.device),
                ('language', d.language),
                ('frequency', d.frequency),
                ('donor', CASE d.earlier_donor
                    WHEN true THEN 'earlier' WHEN false THEN 'first' END),
                ('arm', d.arm)
            ) AS said(dimension, value)
            CROSS JOIN LATERAL (SELECT said.dimension, CASE
                WHEN d.id IS NULL OR d.via = 'offline' THEN 'offline'
                WHEN d.via = 'renewal' THEN 'renewal'
                ELSE coalesce(said.value, '') END AS value) AS k
            WHERE e.kind <> 'match'
            GROUP BY 1
        ), kept AS (
            SELECT ROW(campaign_id, day, dimension, value)::text AS key,
                received, reversed, gifts, largest, squares
            FROM campaigns_originday
        )
        """,
    ),
    (
        "gifts by the day they were begun (campaign, day)",
        """
        WITH computed AS (
            SELECT ROW(d.campaign_id, (d.started_at AT TIME ZONE c.time_zone)::date)::text AS key,
                count(*) AS opened,
                count(*) FILTER (WHERE EXISTS (
                    SELECT 1 FROM campaigns_ledgerentry e
                    WHERE e.donation_id = d.id AND e.kind = 'charge'
                    AND e.campaign_id IS NOT NULL)) AS received
            FROM campaigns_donation d JOIN campaigns_campaign c ON c.id = d.campaign_id
            WHERE d.opened_at IS NOT NULL AND d.via <> 'renewal'
            GROUP BY 1
        ), kept AS (
            SELECT ROW(campaign_id, day)::text AS key, opened, received FROM campaigns_funnelday
        )
        """,
    ),
]
