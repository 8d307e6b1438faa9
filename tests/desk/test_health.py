"""Green only when true: each part is broken in turn and seen to turn."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from articles import tasks
from articles.chain import START
from articles.heads import append_missing, heads_file, publish_head
from articles.models import RecordCheck, RecordHead
from campaigns.models import InboxEvent, Reconciliation, RollupCheck
from newsroom.desk import health as parts
from newsroom.desk.health import Check, State, health
from newsroom.desk.heartbeat import beat
from newsroom.desk.tasks import heartbeat
from newsroom.edge import purges
from newsroom.edge.models import Purge
from newsroom.mail.models import MailState, OutboxMail
from tests.articles import newsroom
from tests.desk.people import SignIn

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)
DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def well(db: None, settings: Settings, tmp_path: Path) -> None:
    """Everything is as it should be at NOW."""
    beat(NOW - timedelta(seconds=5))
    at = NOW - timedelta(minutes=20)
    Reconciliation.objects.create(started_at=at, finished_at=at, compared=3)
    settings.RECORD_HEADS_DIR = tmp_path
    a_head(at)
    RecordCheck.objects.create(started_at=at, finished_at=at, links=4)
    RollupCheck.objects.create(started_at=at, finished_at=at)


def a_head(at: datetime) -> None:
    """As `publish_head` leaves it, but told at `at`."""
    line = f"line of {at}"
    RecordHead.objects.create(
        day=at.date(), sequence=0, site_hash=START, line=line, published_at=at
    )
    append_missing(heads_file(), [line])


def check(key: str) -> Check:
    return next(check for check in health(NOW).checks if check.key == key)


def an_event(**fields: Any) -> InboxEvent:
    number = InboxEvent.objects.count()
    event = InboxEvent.objects.create(
        stripe_id=f"evt_{number}",
        type="charge.succeeded",
        object_id="pi_1",
        payload={},
        created_at=NOW,
        **fields,
    )
    InboxEvent.objects.filter(pk=event.pk).update(received_at=NOW - timedelta(seconds=3))
    return event


def a_mail(**fields: Any) -> OutboxMail:
    number = OutboxMail.objects.count()
    return OutboxMail.objects.create(
        dedupe_key=f"receipt:{number}",
        kind="receipt",
        to="a@example.org",
        subject="s",
        text="t",
        html="h",
        **{"created_at": NOW, "next_attempt_at": NOW, **fields},
    )


def test_when_all_is_well_it_says_so(well: None) -> None:
    an_event(processed_at=NOW)
    an_event()
    a_mail(state=MailState.SENT)
    a_mail()
    now = health(NOW)
    assert now.troubles == []
    assert now.state == State.GOOD


def test_an_event_that_failed_for_good_turns_it_red_and_tells_why(well: None) -> None:
    an_event(attempts=20, last_error="No such charge: ch_1")
    found = check("inbox")
    assert (found.state, found.facts["reason"]) == (State.BROKEN, "No such charge: ch_1")
    assert health(NOW).state == State.BROKEN


def test_an_event_that_waits_too_long_is_red_and_one_in_trouble_needs_a_look(well: None) -> None:
    event = an_event(attempts=2, last_error="Stripe answered 500")
    assert check("inbox").state == State.ATTENTION
    InboxEvent.objects.filter(pk=event.pk).update(received_at=NOW - timedelta(minutes=11))
    assert check("inbox").state == State.BROKEN


def test_mail_nobody_takes_up_is_red_and_mail_given_up_needs_a_look(well: None) -> None:
    given_up = a_mail(state=MailState.FAILED)
    assert check("outbox").state == State.ATTENTION
    OutboxMail.objects.filter(pk=given_up.pk).update(created_at=NOW - timedelta(days=2))
    assert check("outbox").state == State.GOOD, "an old one was looked at or never will be"
    put_off = a_mail(last_error="451", next_attempt_at=NOW + timedelta(hours=1))
    assert check("outbox").state == State.ATTENTION
    OutboxMail.objects.filter(pk=put_off.pk).update(next_attempt_at=NOW - timedelta(minutes=11))
    assert check("outbox").state == State.BROKEN


def test_a_heartbeat_that_is_stale_or_missing_is_red(well: None) -> None:
    beat(NOW - timedelta(seconds=91))
    assert check("work").state == State.BROKEN
    cache.clear()
    assert check("work").state == State.BROKEN


def test_the_worker_s_task_is_the_heartbeat(db: None) -> None:
    heartbeat()
    now = datetime.now(UTC)
    found = next(check for check in health(now).checks if check.key == "work")
    assert found.state == State.GOOD


def test_books_that_differ_are_red_and_books_not_compared_need_a_look(well: None) -> None:
    run = Reconciliation.objects.get()
    Reconciliation.objects.update(finished_at=NOW - timedelta(hours=4))
    assert check("books").state == State.ATTENTION
    Reconciliation.objects.create(started_at=NOW)
    assert check("books").facts["last"] == run, "a run cut off says nothing"
    Reconciliation.objects.create(
        started_at=NOW, finished_at=NOW, differences=[{"transaction": "txn_1"}]
    )
    assert check("books").state == State.BROKEN


def test_books_never_compared_need_a_look(db: None) -> None:
    assert check("books").state == State.ATTENTION


def test_a_record_that_differs_is_red_and_the_page_tells_the_story(
    well: None, sign_in: SignIn
) -> None:
    assert check("record").state == State.GOOD
    said = "Story 7 “Kiln”: entry 1 is not what was sealed."
    RecordCheck.objects.create(started_at=NOW, finished_at=NOW, differences=1, found=[said])
    assert check("record").state == State.BROKEN
    page = " ".join(sign_in("publisher").get("/desk/health/").content.decode().split())
    assert f"1 difference was found. {said}" in page


def test_a_record_not_verified_for_long_needs_a_look(well: None) -> None:
    RecordCheck.objects.update(finished_at=NOW - timedelta(hours=37))
    assert check("record").state == State.ATTENTION
    RecordCheck.objects.update(finished_at=None)
    assert check("record").state == State.ATTENTION, "a run cut off says nothing"


def test_a_head_not_told_for_long_or_missing_from_the_file_needs_a_look(well: None) -> None:
    heads_file().unlink()
    assert check("record").state == State.ATTENTION
    publish_head(NOW + timedelta(days=3))
    assert check("record").state == State.GOOD
    later = health(datetime.now(UTC) + timedelta(hours=37))
    found = next(each for each in later.checks if each.key == "record")
    assert (found.state, found.facts["untold"]) == (State.ATTENTION, True)


def test_the_daily_tasks_verify_the_record_and_tell_its_head(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.RECORD_HEADS_DIR = tmp_path
    for _ in range(2):
        tasks.check_record()
        tasks.publish_head()
    run = RecordCheck.objects.get()
    assert (run.differences, RecordHead.objects.count()) == (0, 1)
    now = datetime.now(UTC)
    found = next(each for each in health(now).checks if each.key == "record")
    assert found.state == State.GOOD
    story = newsroom.story(newsroom.section())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE articles_version DISABLE TRIGGER USER")
        cursor.execute("UPDATE articles_version SET dek = 'x'")
    RecordCheck.objects.update(started_at=now - timedelta(days=1))
    tasks.check_record()
    assert f"Story {story.pk} " in RecordCheck.objects.latest("pk").found[0]
    found = next(each for each in health(now).checks if each.key == "record")
    assert found.state == State.BROKEN


def test_a_redis_that_is_away_is_red_and_the_rest_is_still_told(
    well: None, settings: Settings
) -> None:
    settings.REDIS_URL = DEAD_REDIS
    states = {check.key: check.state for check in health(NOW).checks}
    assert states["redis"] == states["work"] == State.BROKEN
    assert states["database"] == states["books"] == State.GOOD


def test_tables_of_another_release_are_red(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_migrated", False)
    MigrationRecorder(connection).migration_qs.filter(app="mail").delete()
    found = check("migrations")
    assert found.state == State.BROKEN
    assert found.facts["pending"] >= 1


def test_the_page_shows_each_part_in_words(well: None, sign_in: SignIn) -> None:
    an_event(attempts=20, last_error="<b>No such charge</b>")
    page = sign_in("treasurer").get("/desk/health/").content.decode()
    assert "Something is broken." in page
    assert "1 failed for good: “&lt;b&gt;No such charge&lt;/b&gt;”." in " ".join(page.split())
    for name in parts.NAMES.values():
        assert str(name) in page


def test_healthz_asks_neither_database_nor_redis(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = DEAD_REDIS
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "alive"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_503_and_names_what_is_away(client: Client, settings: Settings) -> None:
    assert client.get("/readyz").json() == {
        "status": "ready",
        "parts": {"database": True, "redis": True, "migrations": True},
    }
    settings.REDIS_URL = DEAD_REDIS
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "parts": {"database": True, "redis": False, "migrations": True},
    }
    assert client.post("/readyz").status_code == 405


def test_the_home_page_says_what_needs_a_look_and_to_whom(well: None, sign_in: SignIn) -> None:
    an_event(attempts=20, last_error="No such charge")
    shown = " ".join(sign_in("publisher").get("/desk/").content.decode().split())
    assert "The site needs a look:" in shown
    assert "Stripe’s events" in shown
    assert "No comment is held." in shown
    reporter = " ".join(sign_in("reporter").get("/desk/").content.decode().split())
    assert "The site needs a look:" not in reporter
    assert "comment is held" not in reporter


@pytest.mark.usefixtures("well")
def test_purges_that_wait_or_were_given_up_are_seen() -> None:
    assert check("pages").state is State.GOOD
    Purge.objects.create(key="a", paths=["/a/"], created_at=NOW - timedelta(minutes=1))
    assert (check("pages").state, check("pages").facts["count"]) == (State.GOOD, 1)
    Purge.objects.update(last_error="cloudflare: refused", attempts=3)
    assert check("pages").state is State.ATTENTION
    Purge.objects.update(attempts=purges.MAX_ATTEMPTS)
    facts = check("pages").facts
    assert (facts["failed"], facts["reason"]) == (1, "cloudflare: refused")
    Purge.objects.update(attempts=0, created_at=NOW - timedelta(minutes=11))
    assert check("pages").state is State.BROKEN


@pytest.mark.usefixtures("well")
def test_the_desk_says_in_words_what_became_of_purges(sign_in: SignIn) -> None:
    Purge.objects.create(
        key="a", paths=["/a/"], attempts=purges.MAX_ATTEMPTS, last_error="cloudflare: refused"
    )
    shown = sign_in("administrator").get("/desk/health/").content.decode()
    assert "1 was given up: “cloudflare: refused”." in shown
    assert "0 purges wait." in shown
