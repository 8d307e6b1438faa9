"""The health of the whole: each part is asked, and good is said only of what was seen to be.

A part that cannot be asked is broken. `ready` is for a load balancer, `checks` for a person.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _
from redis import Redis
from redis.exceptions import RedisError

from articles.checking import last_check
from articles.heads import file_lacks_last_head
from articles.models import RecordHead
from campaigns import books, inbox, rollups
from campaigns.models import InboxEvent
from campaigns.tries import seen_by_all
from newsroom.celery import app
from newsroom.desk import expiry, ticks
from newsroom.desk.heartbeat import STALE_AFTER, last_beat
from newsroom.edge import page_counts, purges, tallies
from newsroom.mail.models import MailState, OutboxMail

# Events and mails are taken up within seconds; one that waits longer than this has met trouble.
LATE: Final = timedelta(minutes=10)
# Books are compared each hour.
BOOKS_STALE: Final = timedelta(hours=3)
RECENT: Final = timedelta(days=1)
# The record is verified and its head told each day.
RECORD_STALE: Final = timedelta(hours=36)
# Every kept sum is recomputed each day.
ROLLUPS_STALE: Final = timedelta(hours=36)
REDIS_SECONDS: Final = 2
# So many failures within two hours are no accident.
MANY_FAILURES: Final = 20


NAMES: Final = {
    "work": _("Queue, worker and beat"),
    "inbox": _("Stripe’s events"),
    "outbox": _("E-mails"),
    "books": _("Books"),
    "rollups": _("Sums for the figures"),
    "giving": _("The give form"),
    "record": _("The record"),
    "pages": _("Pages and caches"),
    "database": _("Database"),
    "redis": _("Redis"),
    "migrations": _("Tables"),
    "errors": _("Failures"),
    "expiry": _("Certificate and keys"),
}


class State(StrEnum):
    GOOD = "good"
    ATTENTION = "attention"
    BROKEN = "broken"


@dataclass(frozen=True)
class Check:
    """One part: `key` names its sentence in the template, `facts` are what that sentence needs."""

    key: str
    state: State
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(NAMES[self.key])


@dataclass(frozen=True)
class Health:
    checks: list[Check]

    @property
    def state(self) -> State:
        """That of the worst part."""
        states = {check.state for check in self.checks}
        return next((s for s in (State.BROKEN, State.ATTENTION) if s in states), State.GOOD)

    @property
    def troubles(self) -> list[Check]:
        return [check for check in self.checks if check.state is not State.GOOD]


def health(moment: datetime) -> Health:
    """Ask every part. Bounded: each question is answered by an index or a single row."""
    parts: list[tuple[str, Callable[[datetime], Check]]] = [
        ("work", _work),
        ("inbox", _inbox),
        ("outbox", _outbox),
        ("books", _books),
        ("rollups", _rollups),
        ("giving", _giving),
        ("record", _record),
        ("pages", _pages),
        ("database", _database),
        ("redis", _redis),
        ("migrations", _migrations),
        ("errors", _errors),
        ("expiry", _expiry),
    ]
    return Health([_asked(key, ask, moment) for key, ask in parts])


def ready(moment: datetime) -> dict[str, bool]:
    """Whether this process can serve: database and Redis answer and the tables are as we know."""
    parts: list[tuple[str, Callable[[datetime], Check]]] = [
        ("database", _database),
        ("redis", _redis),
        ("migrations", _migrations),
    ]
    checks = [_asked(key, ask, moment) for key, ask in parts]
    return {check.key: check.state is not State.BROKEN for check in checks}


def _asked(key: str, ask: Callable[[datetime], Check], moment: datetime) -> Check:
    try:
        return ask(moment)
    except (DatabaseError, RedisError, OSError) as error:
        return Check(key, State.BROKEN, {"error": type(error).__name__})


def _work(moment: datetime) -> Check:
    """Queue, worker and beat at once: their last heartbeat."""
    queued = _redis_client().llen(app.conf.task_default_queue)
    last = last_beat()
    age = None if last is None else max(moment - last, timedelta(0))
    alive = age is not None and age <= STALE_AFTER
    seconds = None if age is None else int(age.total_seconds())
    facts = {
        "last": last,
        "seconds": seconds,
        "queued": queued,
        "workers": ticks.workers(moment),
        "late": ticks.late(moment),
    }
    if not alive:
        return Check("work", State.BROKEN, facts)
    return Check("work", State.ATTENTION if facts["late"] else State.GOOD, facts)


def _inbox(moment: datetime) -> Check:
    waiting = inbox.waiting_events().aggregate(
        count=Count("pk"), oldest=Min("received_at"), troubled=Count("pk", ~Q(last_error=""))
    )
    failed = inbox.failed_events()
    facts = {
        **waiting,
        "failed": failed.count(),
        "reason": failed.order_by("-pk").values_list("last_error", flat=True).first() or "",
        "last_seen": InboxEvent.objects.order_by("-pk")
        .values_list("received_at", flat=True)
        .first(),
    }
    late = waiting["oldest"] is not None and moment - waiting["oldest"] > LATE
    if facts["failed"] or late:
        state = State.BROKEN
    else:
        state = State.ATTENTION if waiting["troubled"] else State.GOOD
    return Check("inbox", state, facts)


def _outbox(moment: datetime) -> Check:
    """Mail that waits for its next attempt after a failure calls for attention; late mail is worse.

    Late is what was due `LATE` ago and nobody took up; a mail that is put off is not late.
    """
    owed = OutboxMail.objects.filter(state__in=[MailState.OWED, MailState.SENDING])
    facts = owed.aggregate(
        count=Count("pk"),
        oldest=Min("created_at"),
        due=Min("next_attempt_at"),
        troubled=Count("pk", ~Q(last_error="")),
    )
    given_up = OutboxMail.objects.filter(state=MailState.FAILED, created_at__gte=moment - RECENT)
    facts["failed"] = given_up.count()
    late = facts["due"] is not None and moment - facts["due"] > LATE
    if late:
        state = State.BROKEN
    else:
        state = State.ATTENTION if facts["failed"] or facts["troubled"] else State.GOOD
    return Check("outbox", state, facts)


def _books(moment: datetime) -> Check:
    verdict = books.verdict()
    if verdict is None:
        return Check("books", State.ATTENTION, {"last": None})
    facts = {"last": verdict.run, "differences": verdict.differing}
    if not verdict.equal:
        return Check("books", State.BROKEN, facts)
    stale = moment - verdict.at > BOOKS_STALE
    return Check("books", State.ATTENTION if stale else State.GOOD, facts | {"stale": stale})


def _rollups(moment: datetime) -> Check:
    """The last recomputing of every kept sum from nothing."""
    last = rollups.last_check()
    facts = {"last": last, "stale": False}
    if last is not None and last.differences:
        return Check("rollups", State.BROKEN, facts)
    fresh = last is not None and last.finished_at and moment - last.finished_at <= ROLLUPS_STALE
    facts["stale"] = last is not None and not fresh
    return Check("rollups", State.GOOD if fresh else State.ATTENTION, facts)


def _giving(moment: datetime) -> Check:
    """Whether cards are being tried out at the give form just now."""
    seen = seen_by_all()
    facts = {"tries": seen.tries_of_all, "declines": seen.declines_of_all, "usual": seen.usual}
    return Check("giving", State.ATTENTION if seen.attack else State.GOOD, facts)


def _record(moment: datetime) -> Check:
    """The last verification that came to its end, and the last head told outside."""
    last = last_check()
    told = RecordHead.objects.values_list("published_at", flat=True).first()
    facts = {"last": last, "told": told, "file_lacks": file_lacks_last_head()}
    if last is not None and last.differences:
        return Check("record", State.BROKEN, facts)
    fresh = last is not None and last.finished_at and moment - last.finished_at <= RECORD_STALE
    facts["stale"] = last is not None and not fresh
    facts["untold"] = told is None or moment - told > RECORD_STALE
    well = fresh and not facts["untold"] and not facts["file_lacks"]
    return Check("record", State.GOOD if well else State.ATTENTION, facts)


def _pages(moment: datetime) -> Check:
    """Purges owed to the caches in front of readers, and how often a kept page was enough."""
    waiting = purges.waiting_purges().aggregate(
        count=Count("pk"), oldest=Min("created_at"), troubled=Count("pk", ~Q(last_error=""))
    )
    failed = purges.failed_purges()
    reason = failed.order_by("-pk").values_list("last_error", flat=True).first()
    counts = page_counts.today()
    facts = {
        **waiting,
        "failed": failed.count(),
        "reason": reason or "",
        "caches": len(settings.EDGE_CACHES),
        "kept": bool(settings.PAGE_CACHE_BYTES),
        "asked": counts.hits + counts.misses,
        "percent": counts.percent,
    }
    late = waiting["oldest"] is not None and moment - waiting["oldest"] > LATE
    if late:
        return Check("pages", State.BROKEN, facts)
    troubled = facts["failed"] or facts["troubled"]
    return Check("pages", State.ATTENTION if troubled else State.GOOD, facts)


def _database(moment: datetime) -> Check:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Check("database", State.GOOD, {"milliseconds": _since(started)})


def _redis(moment: datetime) -> Check:
    client = _redis_client()
    started = time.perf_counter()
    client.ping()
    return Check("redis", State.GOOD, {"milliseconds": _since(started)})


_migrated = False


def _migrations(moment: datetime) -> Check:
    """Once they are all applied they stay so for this process's life."""
    global _migrated
    pending = 0
    if not _migrated:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        _migrated = pending == 0
    return Check("migrations", State.BROKEN if pending else State.GOOD, {"pending": pending})


def _errors(moment: datetime) -> Check:
    """Pages and tasks that failed in this hour and the last."""
    failed = tallies.failures(moment)
    facts = {"count": failed.count, "kinds": failed.kinds}
    if failed.count >= MANY_FAILURES:
        return Check("errors", State.BROKEN, facts)
    return Check("errors", State.ATTENTION if failed.count else State.GOOD, facts)


def _expiry(moment: datetime) -> Check:
    """The certificate that browsers see, and the keys whose day was written down."""
    ending = expiry.endings(moment.date())
    seen = expiry.certificate() if expiry.needed() else None
    unseen = expiry.needed() and (seen is None or moment - seen.seen_at > expiry.STALE)
    problem = seen.problem if seen else ""
    facts = {
        "days": ending[0].days if ending else None,
        "soon": [each for each in ending if each.days <= expiry.SOON.days],
        "next": ending[0] if ending else None,
        "unseen": unseen,
        "problem": problem,
        "secure": expiry.needed(),
    }
    if problem or (ending and ending[0].days <= expiry.NOW.days):
        return Check("expiry", State.BROKEN, facts)
    return Check("expiry", State.ATTENTION if unseen or facts["soon"] else State.GOOD, facts)


def _redis_client() -> Redis:
    url = settings.REDIS_URL.replace("redis+socket://", "unix://")
    return Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
