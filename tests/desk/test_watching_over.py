"""What an engineer is told at night: failures, late tasks, what ends, numbers, and a log that names
nobody."""

import json
import logging
import re
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from newsroom.desk import expiry, ticks
from newsroom.desk.health import Check, State, health
from newsroom.desk.tasks import look_at_certificate
from newsroom.edge import tallies
from newsroom.edge.redis import redis
from newsroom.logs import JsonFormatter, LineFormatter, struck
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
TOKEN = "a-long-token-for-prometheus"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    for key in redis().scan_iter("waylight:*"):
        redis().delete(key)
    cache.delete(expiry.KEY)


def check(key: str, moment: datetime = NOW) -> Check:
    return next(check for check in health(moment).checks if check.key == key)


def test_a_page_that_fails_turns_the_light_and_says_which_without_its_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    assert check("errors").state is State.GOOD
    monkeypatch.setattr("newsroom.desk.views.release", lambda: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/healthz").status_code == 500
    found = check("errors", datetime.now(UTC))
    assert (found.state, found.facts["kinds"]) == (
        State.ATTENTION,
        [("healthz: ZeroDivisionError", 1)],
    )
    monkeypatch.undo()
    assert (
        "healthz: ZeroDivisionError" in sign_in("publisher").get("/desk/health/").content.decode()
    )
    for _ in range(20):
        tallies.fail("campaigns.tasks.sweep", ValueError("ida@example.org"))
    found = check("errors", datetime.now(UTC))
    assert found.state is State.BROKEN
    assert "ida" not in str(found.facts)
    assert check("errors", datetime.now(UTC) + timedelta(hours=2)).state is State.GOOD


def test_a_task_of_beat_that_is_late_or_was_never_done_is_named_and_workers_are_counted(
    settings: Settings,
) -> None:
    from newsroom.desk.heartbeat import beat

    settings.CELERY_BEAT_SCHEDULE = {
        "often": {"task": "often", "schedule": 5.0},
        "hourly": {"task": "hourly", "schedule": 3600.0},
    }
    beat(NOW)
    assert check("work").facts["late"] == []
    ticks.done("often", "worker-1", NOW)
    ticks.done("often", "worker-2", NOW)
    assert (check("work").state, check("work").facts["workers"]) == (State.GOOD, 2)
    later = NOW + timedelta(minutes=4)
    beat(later)
    assert (check("work", later).state, check("work", later).facts["late"]) == (
        State.ATTENTION,
        ["often"],
    )
    assert check("work", later).facts["workers"] == 0
    much_later = NOW + timedelta(hours=4)
    assert ticks.late(much_later) == ["hourly", "often"]


def test_a_certificate_or_key_about_to_end_is_told_in_time(
    settings: Settings, sign_in: SignIn
) -> None:
    assert check("expiry").state is State.GOOD, "no certificate without https"
    settings.BASE_URL = "https://localhost:1"
    assert check("expiry").state is State.ATTENTION, "nobody has looked yet"
    look_at_certificate()
    assert check("expiry").state is State.BROKEN, "nobody answers there"
    for days, state in ((60, State.GOOD), (20, State.ATTENTION), (3, State.BROKEN)):
        cache.set(expiry.KEY, expiry.Certificate(NOW, NOW + timedelta(days=days)))
        assert check("expiry").state is state, days
    cache.set(expiry.KEY, expiry.Certificate(NOW, NOW + timedelta(days=60)))
    settings.KEYS_EXPIRE = {"stripe": (NOW + timedelta(days=10)).date()}
    assert check("expiry").state is State.ATTENTION
    page = sign_in("publisher").get("/desk/health/").content.decode()
    assert "<code>stripe</code>" in page
    settings.KEYS_EXPIRE = {"stripe": date(2020, 1, 1)}
    assert check("expiry").state is State.BROKEN
    settings.KEYS_EXPIRE = {}
    assert check("expiry", NOW + timedelta(days=4)).state is State.ATTENTION, "seen long ago"


def test_metrics_are_read_with_the_token_alone_and_say_what_health_says(
    client: Client, settings: Settings
) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    tallies.add(
        tallies.Counter({"status:2xx": 3, "status:5xx": 1, "milliseconds": 700, "within:0.3": 3})
    )
    tallies.fail("a page", ValueError())
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer.headers["Cache-Control"]
    text = answer.content.decode()
    for line in text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) waylight_\w+ .+|waylight_\w+(\{\w+="[^"]*"\})? -?[\d.]+', line
        ), line
    assert 'waylight_answers_total{status="5xx"} 1' in text
    assert 'waylight_answer_seconds_bucket{le="0.3"} 3' in text
    assert "waylight_answer_seconds_count 4" in text
    assert "waylight_failures 1" in text
    assert 'waylight_part_state{part="errors"} 1' in text
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    without = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert 'waylight_part_state{part="redis"} 2' in without.content.decode()


def test_answers_are_counted_by_the_site_itself(client: Client, settings: Settings) -> None:
    from django.http import HttpResponse

    counting = tallies.CountAnswers(lambda _request: HttpResponse(status=404))
    counting._next = 0
    counting(None)  # type: ignore[arg-type]
    found = tallies.answers()
    assert (found["status:4xx"], found["within:10.0"]) == (1, 1)
    assert "newsroom.edge.tallies.CountAnswers" in settings.MIDDLEWARE


PRIVATE = [
    "ida.harrow+x@example.org",
    "sk_live_51Habcdefghijk",
    "rk_test_51Habcdefghijk",
    "whsec_abcdefghijklmn",
    "4242 4242 4242 4242",
    "Bearer abcdefghijkl",
    "hunter2secret",
]


def test_the_log_holds_no_address_no_key_and_no_card_in_either_format() -> None:
    words = (
        "mail to ida.harrow+x@example.org with sk_live_51Habcdefghijk rk_test_51Habcdefghijk "
        "whsec_abcdefghijklmn card 4242 4242 4242 4242 sent 'Bearer abcdefghijkl' "
        "at postgresql://way:hunter2secret@db/way and /give/thanks/AbCdEfGhIjKlMnOpQr/?token=abc123"
    )
    try:
        raise ValueError(words)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, words, None, sys.exc_info())
    record.donor = "ida.harrow+x@example.org"
    lines = [LineFormatter("{message}", style="{").format(record), JsonFormatter().format(record)]
    for line in lines:
        for secret in (*PRIVATE, "AbCdEfGhIjKlMnOpQr", "abc123"):
            assert secret not in line, (secret, line)
    said = json.loads(lines[1])
    assert said["level"] == "ERROR"
    assert said["exception"].startswith("Traceback")
    assert datetime.fromisoformat(said["at"]).tzinfo is not None
    for harmless in ("payment pi_3NabcDEF received, 2 ledger entries", "donation 123456 of 2500"):
        assert struck(harmless) == harmless
