"""The ledger: entries are appended, and every sum moves in the same transaction.

`append` is the only function that writes entries. `recount` computes all sums from nothing and
says where the kept ones differ; `manage.py verify_ledger` prints that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from campaigns import matching, milestones, origins
from campaigns.models import (
    Attribution,
    Campaign,
    Donation,
    EntryKind,
    Frequency,
    LedgerEntry,
    Payment,
)
from campaigns.models.ledger import GIFTS, OFFLINE, RECEIVED

_ROLLUP = """
INSERT INTO campaigns_dailyrollup AS kept
    (campaign_id, day, article_id, received, reversed, matched, fees, donations, reversals)
VALUES (%(campaign)s, %(day)s, %(article)s, %(received)s, %(reversed)s, %(matched)s, %(fees)s,
        %(donations)s, %(reversals)s)
ON CONFLICT (campaign_id, day, article_id) DO UPDATE SET
    received = kept.received + excluded.received,
    reversed = kept.reversed + excluded.reversed,
    matched = kept.matched + excluded.matched,
    fees = kept.fees + excluded.fees,
    donations = kept.donations + excluded.donations,
    reversals = kept.reversals + excluded.reversals
"""

_DONOR = """
INSERT INTO campaigns_donortotal AS kept (campaign_id, donor_id, net)
VALUES (%(campaign)s, %(donor)s, %(amount)s)
ON CONFLICT (campaign_id, donor_id) DO UPDATE SET net = kept.net + excluded.net
RETURNING net
"""

_DONOR_YEAR = """
INSERT INTO campaigns_donoryear AS kept (donor_id, year, currency, net, regular, gifts, last_at)
VALUES (%(donor)s, %(year)s, %(currency)s, %(amount)s, %(regular)s, %(donations)s, %(given_at)s)
ON CONFLICT (donor_id, year, currency) DO UPDATE SET
    net = kept.net + excluded.net,
    regular = kept.regular + excluded.regular,
    gifts = kept.gifts + excluded.gifts,
    last_at = greatest(kept.last_at, excluded.last_at)
"""

_TOTAL = """
INSERT INTO campaigns_campaigntotal AS kept
    (campaign_id, raised, received, reversed, matched, offline, fees, donations, donors,
     updated_at)
VALUES (%(campaign)s, %(amount)s, %(received)s, %(reversed)s, %(matched)s, %(offline)s, %(fees)s,
        greatest(%(standing)s, 0), greatest(%(donors)s, 0), now())
ON CONFLICT (campaign_id) DO UPDATE SET
    raised = kept.raised + excluded.raised,
    received = kept.received + excluded.received,
    reversed = kept.reversed + excluded.reversed,
    matched = kept.matched + excluded.matched,
    offline = kept.offline + excluded.offline,
    fees = kept.fees + excluded.fees,
    donations = kept.donations + %(standing)s,
    donors = kept.donors + %(donors)s,
    updated_at = now()
"""

_ON_ITS_WAY = """
INSERT INTO campaigns_campaigntotal AS kept
    (campaign_id, raised, received, reversed, matched, offline, fees, donations, donors, on_its_way)
VALUES (%(campaign)s, 0, 0, 0, 0, 0, 0, 0, 0, %(more)s)
ON CONFLICT (campaign_id) DO UPDATE SET on_its_way = kept.on_its_way + excluded.on_its_way
"""

_GIVEN = "UPDATE campaigns_match SET given = given + %(matched)s WHERE id = %(match)s"

# Whose it is is asked under the row's lock: two donors may just have been joined.
_NET = """
UPDATE campaigns_donation SET net = net + %(amount)s WHERE id = %(donation)s
RETURNING donor_id, frequency, earlier_donor
"""

# In how many of a campaign's counted donors these donors are.
_STOOD = """
SELECT campaign_id, count(*) FROM campaigns_donortotal
WHERE donor_id = ANY(%s) AND net > 0 GROUP BY 1
"""

_MORE_DONORS = "UPDATE campaigns_campaigntotal SET donors = donors + %s WHERE campaign_id = %s"

_DONOR_AGAIN = """
INSERT INTO campaigns_donortotal (campaign_id, donor_id, net)
SELECT e.campaign_id, g.donor_id, sum(e.amount)
FROM campaigns_ledgerentry e JOIN campaigns_donation g ON g.id = e.donation_id
WHERE e.campaign_id IS NOT NULL AND g.donor_id = ANY(%s) GROUP BY 1, 2
"""

# The years of donors from their entries alone; `which` narrows it to some of them.
DONOR_YEARS: Final = """
SELECT g.donor_id, extract(year FROM e.occurred_at AT TIME ZONE c.time_zone)::smallint AS year,
    e.currency, sum(e.amount)::bigint AS net,
    coalesce(sum(e.amount) FILTER (WHERE g.frequency <> 'once'), 0)::bigint AS regular,
    count(*) FILTER (WHERE e.kind IN ('charge', 'offline'))::integer AS gifts,
    max(e.occurred_at) FILTER (WHERE e.kind IN ('charge', 'offline')) AS last_at
FROM campaigns_ledgerentry e
JOIN campaigns_donation g ON g.id = e.donation_id
JOIN campaigns_campaign c ON c.id = e.campaign_id
WHERE g.donor_id IS NOT NULL {which}
GROUP BY 1, 2, 3
"""

_YEARS_AGAIN = (
    "INSERT INTO campaigns_donoryear (donor_id, year, currency, net, regular, gifts, last_at)"
    + DONOR_YEARS.format(which="AND g.donor_id = ANY(%s)")
)

# One at a time writes for a donor, in whatever years and campaigns.
_HOLD = """
SELECT 1 FROM campaigns_donor WHERE id IN (
    SELECT donor_id FROM campaigns_donation WHERE id = ANY(%s) FOR NO KEY UPDATE
) ORDER BY id FOR NO KEY UPDATE
"""

# Two payments of one donation may stand in two campaigns, one of them after the deadline.
_NET_HERE = """
SELECT sum(amount) FILTER (WHERE campaign_id = %(campaign)s)::bigint,
    count(*) FILTER (WHERE kind = 'charge' AND campaign_id IS NOT NULL),
    count(*) FILTER (WHERE campaign_id IS NOT NULL)
FROM campaigns_ledgerentry WHERE donation_id = %(donation)s
"""


def rebuild_donors(donors: Sequence[int]) -> None:
    """Make the sums of `donors` anew from their entries, after donations went from one to
    another. Call with the donors and their donations locked."""
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [list(donors)])
        before = dict(cursor.fetchall())
        cursor.execute("DELETE FROM campaigns_donortotal WHERE donor_id = ANY(%s)", [list(donors)])
        cursor.execute(_DONOR_AGAIN, [list(donors)])
        cursor.execute("DELETE FROM campaigns_donoryear WHERE donor_id = ANY(%s)", [list(donors)])
        cursor.execute(_YEARS_AGAIN, [list(donors)])
        cursor.execute(_STOOD, [list(donors)])
        after = dict(cursor.fetchall())
        for campaign in sorted(before.keys() | after.keys()):
            if more := after.get(campaign, 0) - before.get(campaign, 0):
                cursor.execute(_MORE_DONORS, [more, campaign])


def _crossed(before: int, after: int) -> int:
    """1 when something comes to more than zero, -1 when it no longer does, else 0."""
    return int(after > 0) - int(before > 0)


def append(entries: Iterable[LedgerEntry]) -> None:
    """Write `entries` and move the sums. Call inside the transaction that explains them.

    Raises IntegrityError when one of them is already written (`source_key`); then nothing is.
    What sponsors add to them is written with them, and which marks the sum came to. Rows are
    locked in one order (donation, donor, campaign, match, day), so writers never deadlock: who
    holds a campaign's total is alone with its matches, days and marks.
    """
    entries = sorted(entries, key=_order)
    if not entries:
        return
    risen, begun = set(), set()
    with transaction.atomic(), connection.cursor() as cursor:
        if given := [entry.donation_id for entry in entries if entry.donation_id]:
            cursor.execute(_HOLD, [given])
        for entry in entries:
            if _write(cursor, entry) and entry.donation_id:
                begun.add(entry.donation_id)
            if entry.campaign_id:
                matched = matching.due(entry, entry.charged_at or entry.occurred_at)
                if matched:
                    _write(cursor, matched)
                if entry.amount > 0:
                    risen.add(entry.campaign_id)
        for campaign in sorted(risen):
            milestones.reach(campaign)
        origins.count_received(cursor, begun)


def _order(entry: LedgerEntry) -> tuple[int, bool, str]:
    """By campaign, a charge before what goes back of it."""
    return (entry.campaign_id or 0, entry.kind not in GIFTS, entry.source_key)


def _write(cursor: CursorWrapper, entry: LedgerEntry) -> bool:
    """Write one entry and move its sums; whether its donation is received by it for the first
    time."""
    entry.save(force_insert=True)
    campaign = entry.campaign
    if campaign is None:
        return False
    charge, match = entry.kind in GIFTS, entry.kind == EntryKind.MATCH
    received = entry.kind in RECEIVED
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "day": entry.occurred_at.astimezone(campaign.zone).date(),
        "article": entry.article_id,
        "amount": entry.amount,
        "received": entry.amount if received else 0,
        "reversed": 0 if received or match else -entry.amount,
        "matched": entry.amount if match else 0,
        "match": entry.match_id,
        "offline": entry.amount if entry.kind in OFFLINE else 0,
        "fees": entry.counted_fee,
        "donations": int(charge),
        "reversals": int(entry.amount < 0 and not match),
        "donation": entry.donation_id,
        "standing": 0,
        "donors": 0,
    }
    earlier, charges = None, 0
    if entry.donation_id:
        cursor.execute(_NET, values)
        values["donor"], frequency, earlier = cursor.fetchone()
        cursor.execute(_NET_HERE, values)
        net, charges, counted = cursor.fetchone()
        values["standing"] = _crossed(net - entry.amount, net)
        if values["donor"]:
            cursor.execute(_DONOR, values)
            net = cursor.fetchone()[0]
            values["donors"] = _crossed(net - entry.amount, net)
            values |= {
                "year": values["day"].year,
                "currency": entry.currency,
                "regular": 0 if frequency == Frequency.ONCE else entry.amount,
                "given_at": entry.occurred_at if charge else None,
            }
            cursor.execute(_DONOR_YEAR, values)
            if earlier is None and counted == 1:
                earlier = origins.settle_earlier(cursor, entry.donation_id, values["donor"])
    cursor.execute(_TOTAL, values)
    if match:
        cursor.execute(_GIVEN, values)
    cursor.execute(_ROLLUP, values)
    origins.add(cursor, entry, values, earlier)
    return bool(entry.kind == EntryKind.CHARGE and charges == 1)


def set_on_its_way(payment: Payment, amount: int, campaign: Campaign | None) -> None:
    """Keep what a bank has still to send for `payment`, and the campaign's sum of such money.

    `amount` in minor units, 0 once the bank has answered. The campaign of the first time stays.
    Call inside the transaction that explains it, with the payment's lock held.
    """
    counts_in = payment.counts_in_id or (campaign.pk if campaign and amount else None)
    more = amount - payment.on_its_way
    if counts_in is None or not more:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ON_ITS_WAY, {"campaign": counts_in, "more": more})
    payment.on_its_way, payment.counts_in_id = amount, counts_in
    payment.save(update_fields=["on_its_way", "counts_in"])


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept sum that is not what the entries come to."""

    what: str
    kept: object
    computed: object

    def __str__(self) -> str:
        return f"{self.what}: kept {self.kept}, the entries come to {self.computed}"


_RECOUNTS: list[tuple[str, str]] = [
    (
        "total of campaign",
        """
        WITH computed AS (
            SELECT c.id AS key,
                coalesce(sum(e.amount), 0) AS raised,
                coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('charge', 'offline', 'attributed',
                    'moved_in')), 0)
                    AS received,
                coalesce(-sum(e.amount) FILTER (
                    WHERE e.kind NOT IN ('charge', 'offline', 'attributed',
                        'moved_in', 'match')), 0)
                    AS reversed,
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'match'), 0) AS matched,
                coalesce(sum(e.amount) FILTER (
                    WHERE e.kind IN ('offline', 'offline_undone')), 0) AS offline,
                coalesce(sum(coalesce(e.fee_counted, e.fee)), 0) AS fees,
                (SELECT count(*) FROM (
                    SELECT 1 FROM campaigns_ledgerentry d WHERE d.campaign_id = c.id
                    AND d.donation_id IS NOT NULL
                    GROUP BY d.donation_id HAVING sum(d.amount) > 0) standing) AS donations,
                (SELECT count(*) FROM (
                    SELECT 1 FROM campaigns_ledgerentry d
                    JOIN campaigns_donation g ON g.id = d.donation_id
                    WHERE d.campaign_id = c.id AND g.donor_id IS NOT NULL
                    GROUP BY g.donor_id HAVING sum(d.amount) > 0) givers) AS donors
            FROM campaigns_campaign c LEFT JOIN campaigns_ledgerentry e ON e.campaign_id = c.id
            GROUP BY c.id
        ), kept AS (
            SELECT campaign_id AS key, raised, received, reversed, matched, offline, fees,
                donations, donors
            FROM campaigns_campaigntotal
        )
        """,
    ),
    (
        "day and story (campaign, day, article)",
        """
        WITH computed AS (
            SELECT ROW(e.campaign_id, (e.occurred_at AT TIME ZONE c.time_zone)::date,
                       e.article_id)::text AS key,
                coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('charge', 'offline', 'attributed',
                    'moved_in')), 0)
                    AS received,
                coalesce(-sum(e.amount) FILTER (
                    WHERE e.kind NOT IN ('charge', 'offline', 'attributed',
                        'moved_in', 'match')), 0)
                    AS reversed,
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'match'), 0) AS matched,
                sum(coalesce(e.fee_counted, e.fee)) AS fees,
                count(*) FILTER (WHERE e.kind IN ('charge', 'offline')) AS donations,
                count(*) FILTER (WHERE e.amount < 0 AND e.kind <> 'match') AS reversals
            FROM campaigns_ledgerentry e JOIN campaigns_campaign c ON c.id = e.campaign_id
            GROUP BY 1
        ), kept AS (
            SELECT ROW(campaign_id, day, article_id)::text AS key,
                received, reversed, matched, fees, donations, reversals
            FROM campaigns_dailyrollup
        )
        """,
    ),
    (
        "donor in a campaign (campaign, donor)",
        """
        WITH computed AS (
            SELECT ROW(e.campaign_id, g.donor_id)::text AS key, sum(e.amount) AS net
            FROM campaigns_ledgerentry e JOIN campaigns_donation g ON g.id = e.donation_id
            WHERE e.campaign_id IS NOT NULL AND g.donor_id IS NOT NULL GROUP BY 1
        ), kept AS (
            SELECT ROW(campaign_id, donor_id)::text AS key, net FROM campaigns_donortotal
        )
        """,
    ),
    (
        "donor's year (donor, year, currency)",
        f"""
        WITH computed AS (
            SELECT ROW(donor_id, year, currency)::text AS key, net, regular, gifts, last_at
            FROM ({DONOR_YEARS.format(which="")}) years
        ), kept AS (
            SELECT ROW(donor_id, year, currency)::text AS key, net, regular, gifts, last_at
            FROM campaigns_donoryear
        )
        """,  # noqa: S608 (our own text)
    ),
    (
        "donation",
        """
        WITH computed AS (
            SELECT g.id AS key, coalesce(sum(e.amount), 0) AS net
            FROM campaigns_donation g LEFT JOIN campaigns_ledgerentry e
                ON e.donation_id = g.id AND e.campaign_id IS NOT NULL
            GROUP BY g.id
        ), kept AS (SELECT id AS key, net FROM campaigns_donation)
        """,
    ),
    (
        "money on its way to campaign",
        """
        WITH computed AS (
            SELECT counts_in_id AS key, sum(on_its_way) AS on_its_way
            FROM campaigns_payment WHERE on_its_way <> 0 GROUP BY 1
        ), kept AS (
            SELECT campaign_id AS key, on_its_way FROM campaigns_campaigntotal
            WHERE on_its_way <> 0
        )
        """,
    ),
    (
        "match",
        """
        WITH computed AS (
            SELECT m.id AS key, coalesce(sum(e.amount), 0) AS given
            FROM campaigns_match m LEFT JOIN campaigns_ledgerentry e ON e.match_id = m.id
            GROUP BY m.id
        ), kept AS (SELECT id AS key, given FROM campaigns_match)
        """,
    ),
    *origins.RECOUNTS,
]

# A row of zeros and no row say the same, so both sides drop rows that are all zero.
_COMPARE = """
SELECT coalesce(computed.key::text, kept.key::text),
    to_jsonb(kept) - 'key', to_jsonb(computed) - 'key'
FROM computed FULL JOIN kept ON computed.key = kept.key
WHERE (to_jsonb(kept) - 'key') IS DISTINCT FROM (to_jsonb(computed) - 'key')
  AND NOT (kept.key IS NULL AND NOT EXISTS (
        SELECT 1 FROM jsonb_each_text(to_jsonb(computed) - 'key') f WHERE f.value <> '0'))
ORDER BY 1
"""


def compared(
    what: str, tables: str, named: Mapping[str, Any] | None = None
) -> Iterator[Difference]:
    """Where two tables of one `key` differ: `tables` is a WITH of `computed` and `kept`."""
    with connection.cursor() as cursor:
        cursor.execute(tables + _COMPARE, named)
        for key, kept, computed in cursor.fetchall():
            yield Difference(f"{what} {key}", kept, computed)


def recount() -> Iterator[Difference]:
    """Compute every sum from the entries alone and yield where the kept ones differ."""
    for what, tables in _RECOUNTS:
        yield from compared(what, tables)
    for campaign, amount, raised in milestones.unsaid():
        yield Difference(f"reached, campaign {campaign}, {amount}", None, raised)
    over = LedgerEntry.objects.raw(
        """
        SELECT min(id) AS id, charge_id, sum(amount) AS net FROM campaigns_ledgerentry
        WHERE charge_id <> '' AND kind <> 'match' GROUP BY charge_id HAVING sum(amount) < 0
        """
    )
    for entry in over:
        yield Difference(
            f"charge {entry.charge_id}",
            "-",
            f"{getattr(entry, 'net')} (below zero)",  # noqa: B009 (a column of the raw query)
        )


def attributed(charges: Iterable[str]) -> dict[str, Campaign]:
    """To which campaign staff gave each of these charges that belong to no donation."""
    given = Attribution.objects.filter(charge_id__in=list(charges), undone_at=None)
    return {each.charge_id: each.campaign for each in given.select_related("campaign")}


def campaign_for(donation: Donation, charged_at, default: Campaign | None) -> Campaign | None:  # type: ignore[no-untyped-def]
    """Where a charge counts: its donation's campaign while that runs, else the default one.

    A donation begun in time but charged after the deadline goes to the default campaign. When
    none is set up, it stays with its own campaign rather than count nowhere.
    """
    campaign = donation.campaign
    if campaign.ends_at is None or charged_at < campaign.ends_at or default is None:
        return campaign
    return default if default.currency == campaign.currency else campaign
