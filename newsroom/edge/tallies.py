"""How many answers of which kind and how quick, and what went wrong, over all processes.

Counted in Redis for the desk's health page and for metrics: a count that is lost with Redis tells
nobody anything wrong that matters. A failure is kept by the name of the view or task and of the
exception, never by its words.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from celery.signals import task_failure
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from redis.exceptions import RedisError

from newsroom.edge.redis import redis

log = logging.getLogger(__name__)

ANSWERS: Final = "waylight:answers"
FLUSH_SECONDS: Final = 5.0
# Seconds an answer took at most, as Prometheus counts them: each within the next.
BUCKETS: Final = (0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
KEPT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Failures:
    """Of the running hour and the one before it, the most frequent first."""

    count: int
    kinds: list[tuple[str, int]]


class CountAnswers:
    """Middleware: counts what no cache answered, by kind of status and by how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._counts: Counter[str] = Counter()
        self._next = time.monotonic() + FLUSH_SECONDS
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - started
        with self._lock:
            self._counts[f"status:{response.status_code // 100}xx"] += 1
            self._counts["milliseconds"] += round(took * 1000)
            for bucket in BUCKETS:
                self._counts[f"within:{bucket}"] += took <= bucket
            if time.monotonic() < self._next:
                return response
            self._next = time.monotonic() + FLUSH_SECONDS
            counts, self._counts = self._counts, Counter()
        add(counts)
        return response


def add(counts: Counter[str]) -> None:
    """Add this process's counts to those of all; without Redis they are lost."""
    try:
        with redis().pipeline(transaction=False) as together:
            for name, count in counts.items():
                together.hincrby(ANSWERS, name, count)
            together.execute()
    except RedisError as error:
        log.info("answers not counted: %s", type(error).__name__)


def answers() -> dict[str, int]:
    """All that was counted since Redis began. Raises RedisError."""
    found: Any = redis().hgetall(ANSWERS)
    return {name.decode(): int(count) for name, count in found.items()}


def failures(moment: datetime) -> Failures:
    """Raises RedisError."""
    found: Counter[str] = Counter()
    for hour in (moment, moment - timedelta(hours=1)):
        kept: Any = redis().hgetall(_hour(hour))
        found.update({name.decode(): int(count) for name, count in kept.items()})
    return Failures(found.total(), found.most_common(5))


def fail(where: str, error: BaseException | None) -> None:
    """Count one failure of the view or task named `where`."""
    name = f"{where}: {type(error).__name__}"
    try:
        with redis().pipeline(transaction=False) as together:
            key = _hour(timezone.now())
            together.hincrby(key, name, 1)
            together.expire(key, KEPT)
            together.execute()
    except RedisError:
        log.info("failure not counted: %s", name)


def listen() -> None:
    """Called once, when the app is ready."""
    got_request_exception.connect(_request_failed, dispatch_uid="count_failures")
    task_failure.connect(_task_failed, dispatch_uid="count_failures", weak=False)


def _request_failed(request: HttpRequest | None = None, **_: object) -> None:
    match_ = request.resolver_match if request else None
    fail(match_.view_name if match_ else "a page", sys.exc_info()[1])


def _task_failed(sender: Any = None, exception: BaseException | None = None, **_: object) -> None:
    fail(getattr(sender, "name", "a task"), exception)


def _hour(moment: datetime) -> str:
    return f"waylight:failures:{moment:%Y-%m-%dT%H}"
