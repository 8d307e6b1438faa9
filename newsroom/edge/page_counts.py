"""How often a kept page was given out and how often one was made, today, over all processes.

Counted in the process and added up in Redis every few seconds: a count that is lost with a process
or with Redis tells nobody anything wrong that matters.
"""

import logging
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from django.utils import timezone
from redis.exceptions import RedisError

from newsroom.edge.redis import redis

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 5.0
KEPT_SECONDS: Final = 2 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a day in UTC."""

    hits: int = 0
    misses: int = 0

    @property
    def percent(self) -> int | None:
        """How many in a hundred were kept pages, rounded down; None before the first."""
        asked = self.hits + self.misses
        return self.hits * 100 // asked if asked else None


class _Tally:
    def __init__(self) -> None:
        self.hits = self.misses = 0
        self._next = time.monotonic() + FLUSH_SECONDS
        self._flushing = Lock()

    def flush_when_due(self) -> None:
        if time.monotonic() < self._next or not self._flushing.acquire(blocking=False):
            return
        try:
            self._next = time.monotonic() + FLUSH_SECONDS
            hits, misses, self.hits, self.misses = self.hits, self.misses, 0, 0
            _add(hits, misses)
        finally:
            self._flushing.release()


_tally = _Tally()


def hit() -> None:
    _tally.hits += 1
    _tally.flush_when_due()


def miss() -> None:
    _tally.misses += 1
    _tally.flush_when_due()


def today() -> Counts:
    """What all processes have told so far. Raises RedisError."""
    found: Any = redis().hgetall(_key())
    return Counts(int(found.get(b"hits", 0)), int(found.get(b"misses", 0)))


def _add(hits: int, misses: int) -> None:
    try:
        with redis().pipeline(transaction=False) as together:
            together.hincrby(_key(), "hits", hits)
            together.hincrby(_key(), "misses", misses)
            together.expire(_key(), KEPT_SECONDS)
            together.execute()
    except RedisError as error:
        log.info("page counts not added: %s", type(error).__name__)


def _key() -> str:
    return f"waylight:pages:{timezone.now():%Y-%m-%d}"
