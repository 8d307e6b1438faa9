"""That the receipts are right, from nothing (`manage.py verify_receipts`); and forgetting donors'
names once the law no longer asks for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from campaigns.models import DonationState, ReceiptParty, ReceiptRequest

# How long the address given with a donation is kept that was never paid.
NOT_PAID = timedelta(days=30)

_CHECKS = [
    (
        "year {}: {} receipts, numbers up to {}, counter at {}",
        """
        SELECT coalesce(r.year, c.year), count(r.id), coalesce(max(r.serial), 0),
            coalesce(min(c.last), 0)
        FROM campaigns_taxreceipt r FULL JOIN campaigns_receiptcounter c ON c.year = r.year
        GROUP BY 1
        HAVING count(r.id) <> coalesce(max(r.serial), 0)
            OR coalesce(max(r.serial), 0) <> coalesce(min(c.last), 0)
            OR count(DISTINCT r.serial) <> count(r.id)
        ORDER BY 1
        """,
    ),
    (
        "gift {}: receipts that stand say {}, the ledger says {} is left",
        """
        SELECT g.charge_id, sum(g.amount), coalesce(min(l.kept), 0)
        FROM campaigns_receiptgift g
        LEFT JOIN campaigns_receiptcancellation c ON c.receipt_id = g.receipt_id
        LEFT JOIN LATERAL (
            SELECT sum(e.amount) AS kept, bool_or(p.state = 'disputed') AS held
            FROM campaigns_ledgerentry e LEFT JOIN campaigns_payment p ON p.id = e.payment_id
            WHERE e.charge_id = g.charge_id AND e.donation_id IS NOT NULL
        ) l ON true
        WHERE c.receipt_id IS NULL
        GROUP BY g.charge_id
        HAVING (sum(g.amount) > coalesce(min(l.kept), 0) AND NOT coalesce(bool_or(l.held), false))
            OR count(*) > 1
        ORDER BY 1
        """,
    ),
    (
        "receipt {}-{}: {} on it, its gifts come to {}",
        """
        SELECT r.year, r.serial, r.amount, coalesce(sum(g.amount), 0)
        FROM campaigns_taxreceipt r LEFT JOIN campaigns_receiptgift g ON g.receipt_id = r.id
        GROUP BY r.id HAVING r.amount <> coalesce(sum(g.amount), 0) ORDER BY 1, 2
        """,
    ),
    (
        "gift {}: receipt {} is said to stand for it, and does not",
        """
        SELECT s.charge_id, s.receipt_id FROM campaigns_receiptstanding s
        LEFT JOIN campaigns_receiptgift g
            ON g.receipt_id = s.receipt_id AND g.charge_id = s.charge_id
        LEFT JOIN campaigns_receiptcancellation c ON c.receipt_id = s.receipt_id
        WHERE g.id IS NULL OR c.receipt_id IS NOT NULL ORDER BY 1
        """,
    ),
    (
        "gift {}: receipt {} stands for it, and is not said to",
        """
        SELECT g.charge_id, g.receipt_id FROM campaigns_receiptgift g
        LEFT JOIN campaigns_receiptcancellation c ON c.receipt_id = g.receipt_id
        LEFT JOIN campaigns_receiptstanding s
            ON s.receipt_id = g.receipt_id AND s.charge_id = g.charge_id
        WHERE c.receipt_id IS NULL AND s.charge_id IS NULL ORDER BY 1
        """,
    ),
]


def differences() -> Iterator[str]:
    """A sentence for each: a gap, a number twice, a sum of receipts above what is left of a gift,
    two receipts for one gift. A gift that a bank disputes waits for the outcome and is none."""
    for words, query in _CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row in cursor:
                yield words.format(*row)


def forget(moment: datetime) -> int:
    """Delete names and addresses on receipts that the law asks for no longer, and those that
    came with a donation nobody paid; how many."""
    today = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    gone, _each = ReceiptParty.objects.filter(keep_until__lt=today).delete()
    left = ReceiptRequest.objects.filter(
        donation__state__in=[DonationState.STARTED, DonationState.FAILED, DonationState.EXPIRED],
        donation__received_at=None,
        donation__started_at__lt=moment - NOT_PAID,
    )
    unpaid, _each = left.delete()
    return gone + unpaid
