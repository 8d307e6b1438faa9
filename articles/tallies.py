"""How many entries were issued in each month of the newsroom's zone, counted as they are written.

An entry stays counted whatever becomes of its story.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from articles.models import Correction, EntryTally, Kind

SHOWN_MONTHS: Final = 12


@dataclass(slots=True)
class Month:
    """`first` and `last` are its days; `counts` its entries of each kind."""

    first: date
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, Kind.values), 0))

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def wrong(self) -> int:
        """Corrections and retractions."""
        return self.counts[Kind.CORRECTION] + self.counts[Kind.RETRACTION]


def count_up(entries: Sequence[Correction]) -> None:
    """Count entries that were just written; call it in their transaction."""
    with connection.cursor() as cursor:
        for entry in entries:
            day = timezone.localtime(entry.issued_at, timezone.get_default_timezone()).date()
            cursor.execute(_COUNT_UP, [day.replace(day=1), entry.kind])


def months() -> list[Month]:
    """Every month in which an entry was issued, newest first; one query, of a few rows a month."""
    found: dict[date, Month] = {}
    for tally in EntryTally.objects.order_by("-month"):
        month = found.setdefault(tally.month, Month(tally.month))
        month.counts[tally.kind] = tally.count
    return list(found.values())


def recount() -> None:
    """Count all entries anew, in the zone that the newsroom has now."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_entrytally")
        cursor.execute(_RECOUNT, [settings.TIME_ZONE])


_COUNT_UP = """
INSERT INTO articles_entrytally (month, kind, count) VALUES (%s, %s, 1)
ON CONFLICT (month, kind) DO UPDATE SET count = articles_entrytally.count + 1
"""

_RECOUNT = """
INSERT INTO articles_entrytally (month, kind, count)
SELECT date_trunc('month', issued_at AT TIME ZONE %s)::date, kind, count(*)
FROM articles_correction
GROUP BY 1, 2
"""
