"""Purges: a change that readers see owes one in its own transaction; it is sent after the commit.

Sending begins another generation, at which every process forgets the pages it keeps, and tells the
caches in front which addresses are old (`caches.py`). The row is what is owed: `owe`'s own call
after the commit makes it quick, and the sweeper finds what that left (a lost message, a killed
worker, a cache that did not answer). Sending twice does no harm, so nothing has to happen once.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from newsroom.celery import app
from newsroom.edge import caches, generation
from newsroom.edge.models import Purge

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 20
LEASE: Final = timedelta(seconds=60)
BATCH: Final = 100
LONGEST_WAIT_SECONDS: Final = 600
KEPT: Final = timedelta(days=7)
# Until then another of our processes may still give the old page to a cache that asks anew.
SETTLE_SECONDS: Final = generation.CHECK_SECONDS + 0.3

_OWE = """
INSERT INTO edge_purge (key, paths) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""
_CLAIM = """
UPDATE edge_purge SET next_attempt_at = %(until)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM edge_purge
    WHERE sent_at IS NULL AND next_attempt_at <= %(now)s AND attempts < %(most)s
    ORDER BY next_attempt_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
RETURNING id, paths, attempts
"""


def owe(key: str, paths: Iterable[str]) -> bool:
    """Owe a purge of `paths` (from the slash on) in the caller's transaction; whether it was not
    owed before. `key` names the change, and another key each time it may happen again."""
    wanted = sorted({path for path in paths if path.startswith("/") and len(path) <= 500})
    with connection.cursor() as cursor:
        cursor.execute(_OWE, [key[:160], wanted])
        new = cursor.fetchone() is not None
    if new:
        transaction.on_commit(_changed, robust=True)
    return new


def send_due(now: datetime | None = None) -> int:
    """Send one batch of what is owed; how many purges it took up."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM, {"now": now, "until": now + LEASE, "most": MAX_ATTEMPTS, "batch": BATCH}
        )
        claimed = cursor.fetchall()
    if not claimed:
        return 0
    ids = [purge_id for purge_id, _paths, _attempts in claimed]
    ours = Purge.objects.filter(pk__in=ids, sent_at=None)
    try:
        _tell({path for _id, paths, _attempts in claimed for path in paths})
    except caches.NotPurged as trouble:
        attempts = max(attempts for _id, _paths, attempts in claimed)
        wait = timedelta(seconds=min(2**attempts, LONGEST_WAIT_SECONDS))
        ours.update(next_attempt_at=timezone.now() + wait, last_error=str(trouble)[:2000])
        log.warning("purges put off: %s", trouble)
    else:
        ours.update(sent_at=timezone.now(), last_error="")
    return len(claimed)


def try_again(ids: Iterable[int]) -> int:
    """Owe purges anew that had failed too often; how many."""
    failed = failed_purges().filter(pk__in=list(ids))
    return failed.update(attempts=0, next_attempt_at=timezone.now())


def waiting_purges() -> QuerySet[Purge]:
    """Still owed."""
    return Purge.objects.filter(sent_at=None, attempts__lt=MAX_ATTEMPTS)


def failed_purges() -> QuerySet[Purge]:
    """Given up after `MAX_ATTEMPTS`; what they would purge has long run out by itself."""
    return Purge.objects.filter(sent_at=None, attempts__gte=MAX_ATTEMPTS)


def forget_old(now: datetime) -> int:
    """Delete what was sent, or given up, so long ago that nobody asks."""
    old = Purge.objects.filter(created_at__lt=now - KEPT)
    deleted, _each = old.exclude(pk__in=waiting_purges().values("pk")).delete()
    return deleted


def _tell(paths: set[str]) -> None:
    """Raises NotPurged."""
    advanced = generation.advance()
    if paths and settings.EDGE_CACHES:
        time.sleep(SETTLE_SECONDS)
        # As readers' browsers ask for them: `é` is `%C3%A9`.
        caches.purge([iri_to_uri(f"{settings.BASE_URL}{path}") for path in sorted(paths)])
    if not advanced:
        raise caches.NotPurged("Redis is away")


def _changed() -> None:
    """After the commit: no process keeps what it has, and a worker tells the caches in front."""
    generation.advance()
    try:
        app.send_task("newsroom.edge.tasks.send_purges")
    except (OperationalError, RedisError, OSError) as error:
        log.warning("purge not queued: %s", type(error).__name__)
