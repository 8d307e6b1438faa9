"""What the workers did last: when each of beat's tasks was last done, and which workers did any.

Kept in Redis, so that a lost broker is a beat that has done nothing yet.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from celery.signals import task_postrun
from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from newsroom.edge.redis import redis

TASKS: Final = "waylight:ticks"
WORKERS: Final = "waylight:workers"
BEGUN: Final = "waylight:ticks-since"
# A task may wait behind others; this and three times its period later it is late.
PATIENCE: Final = timedelta(minutes=2)
# Every worker does something within seconds.
WORKER_GONE: Final = timedelta(seconds=90)


def done(task: str, worker: str, moment: datetime) -> None:
    """Note that `worker` has done `task`. Without Redis nothing is noted."""
    stamp = str(moment.timestamp())
    try:
        with redis().pipeline(transaction=False) as together:
            together.hset(TASKS, task, stamp)
            together.hset(WORKERS, worker, stamp)
            together.setnx(BEGUN, stamp)
            together.execute()
    except RedisError:
        return


def workers(moment: datetime) -> int:
    """How many workers have done anything lately. Raises RedisError."""
    found: Any = redis().hgetall(WORKERS)
    return sum(moment - _moment(stamp) <= WORKER_GONE for stamp in found.values())


def last_done() -> dict[str, datetime]:
    """When each task was last done. Raises RedisError."""
    found: Any = redis().hgetall(TASKS)
    return {name.decode(): _moment(stamp) for name, stamp in found.items()}


def late(moment: datetime) -> list[str]:
    """The tasks of beat that should have been done since, those never done among them once they
    have had the time. Raises RedisError."""
    begun: Any = redis().get(BEGUN)
    if begun is None:
        return []
    last = last_done()
    return sorted(
        name
        for name, period in periods(settings.CELERY_BEAT_SCHEDULE).items()
        if moment - last.get(name, _moment(begun)) > 3 * period + PATIENCE
    )


def periods(schedule: Mapping[str, Mapping[str, Any]]) -> dict[str, timedelta]:
    """How often beat asks for each task, where that is a number of seconds."""
    return {
        entry["task"]: timedelta(seconds=entry["schedule"])
        for entry in schedule.values()
        if isinstance(entry["schedule"], int | float)
    }


def listen() -> None:
    """Called once, when the app is ready."""
    task_postrun.connect(_task_done, dispatch_uid="note_ticks", weak=False)


def _task_done(sender: Any = None, state: str = "", **_: object) -> None:
    if sender is not None and state == "SUCCESS":
        done(sender.name, sender.request.hostname or "", timezone.now())


def _moment(stamp: bytes) -> datetime:
    return datetime.fromtimestamp(float(stamp), UTC)
