"""`/metrics` for Prometheus: what the health page says, as numbers, and what all processes counted.

Everything is asked of the database and Redis when it is scraped, so that any process of the site
answers for all; a part that cannot be asked is left out and its `waylight_part_state` is 2. The
format is https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from newsroom.desk.health import Check, State, health
from newsroom.desk.release import release
from newsroom.edge import tallies

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_STATES: Final = {State.GOOD: 0, State.ATTENTION: 1, State.BROKEN: 2}
# (part, fact of its check, name of the metric, help); facts that are moments become ages.
_GAUGES: Final = [
    ("inbox", "count", "inbox_waiting", "Events of Stripe that wait"),
    ("inbox", "oldest", "inbox_oldest_seconds", "Age of the oldest event that waits"),
    ("inbox", "failed", "inbox_failed", "Events that failed for good"),
    ("inbox", "last_seen", "stripe_heard_seconds", "Since Stripe was last heard"),
    ("outbox", "count", "outbox_waiting", "Mails that are owed"),
    ("outbox", "oldest", "outbox_oldest_seconds", "Age of the oldest mail that is owed"),
    ("outbox", "failed", "outbox_failed", "Mails of the last day that were given up"),
    ("work", "queued", "tasks_queued", "Tasks in the queue"),
    ("work", "workers", "workers", "Workers that did anything within 90 seconds"),
    ("work", "seconds", "heartbeat_seconds", "Since a worker last answered beat"),
    ("books", "differences", "books_differences", "Differences from Stripe's books"),
    ("pages", "count", "purges_waiting", "Purges that wait"),
    ("pages", "percent", "page_cache_percent", "Pages of today that were kept ones"),
    ("database", "milliseconds", "database_milliseconds", "What the database took to answer"),
    ("redis", "milliseconds", "redis_milliseconds", "What Redis took to answer"),
    ("errors", "count", "failures", "Failures of this hour and the last"),
    ("expiry", "days", "expiry_days", "Days until a certificate or key ends"),
]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Only with the token, as `Authorization: Bearer …`; without a token set there is no page."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not compare_digest(given.encode(), token.encode()):
        raise Http404
    moment = timezone.now()
    lines = [*_of_health(health(moment).checks, moment), *_of_answers()]
    return HttpResponse("\n".join(lines) + "\n", content_type=CONTENT_TYPE)


def _of_health(checks: list[Check], moment: datetime) -> Iterator[str]:
    facts = {check.key: check.facts for check in checks}
    yield from _head("release", "gauge", "What is running")
    yield f'waylight_release{{release="{_escaped(release())}"}} 1'
    yield from _head("part_state", "gauge", "0 good, 1 needs a look, 2 broken")
    for check in checks:
        yield f'waylight_part_state{{part="{check.key}"}} {_STATES[check.state]}'
    for part, fact, name, words in _GAUGES:
        value = facts.get(part, {}).get(fact)
        if isinstance(value, datetime):
            value = round((moment - value).total_seconds())
        if isinstance(value, int | float):
            yield from _head(name, "gauge", words)
            yield f"waylight_{name} {value}"


def _of_answers() -> Iterator[str]:
    """A histogram of how long answers took, and their number by kind of status."""
    try:
        counts: Mapping[str, int] = tallies.answers()
    except RedisError:
        return
    statuses = {
        name.removeprefix("status:"): count
        for name, count in counts.items()
        if name.startswith("status:")
    }
    yield from _head("answers_total", "counter", "Answers no cache gave, by kind of status")
    for status, count in sorted(statuses.items()):
        yield f'waylight_answers_total{{status="{_escaped(status)}"}} {count}'
    yield from _head("answer_seconds", "histogram", "How long they took")
    for bucket in tallies.BUCKETS:
        within = counts.get(f"within:{bucket}", 0)
        yield f'waylight_answer_seconds_bucket{{le="{bucket}"}} {within}'
    whole = sum(statuses.values())
    yield f'waylight_answer_seconds_bucket{{le="+Inf"}} {whole}'
    yield f"waylight_answer_seconds_sum {counts.get('milliseconds', 0) / 1000}"
    yield f"waylight_answer_seconds_count {whole}"


def _head(name: str, kind: str, words: str) -> Iterator[str]:
    yield f"# HELP waylight_{name} {words}"
    yield f"# TYPE waylight_{name} {kind}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
