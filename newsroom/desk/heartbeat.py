"""The heartbeat: beat asks, a worker answers, Redis keeps the moment. Its age shows all three."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.cache import cache

KEY: Final = "heartbeat"
EVERY: Final = timedelta(seconds=10)
# A worker may be busy with something long; after this nobody is at work.
STALE_AFTER: Final = timedelta(seconds=90)


def beat(moment: datetime) -> None:
    """Note that a worker took up what beat asked for at about `moment`."""
    cache.set(KEY, moment.timestamp(), None)


def last_beat() -> datetime | None:
    """When a worker last answered, or None when Redis knows of no such moment."""
    stamp = cache.get(KEY)
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)
