"""What is owed is sent once: whatever is asked twice, refused, cut off or killed."""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsroom.branding.models import Branding
from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from tests.mail.servers import MailServer, free_port, hung_server

APPROVED = {
    "headline": "The ferry that left <early> & empty",
    "text": "I was on it.\nIt was not empty.",
    "comment_url": "http://localhost:8000/2026/06/03/ferry/#comment-7",
}


def owe(key: str = "comment-approved:7", to: str = "reader@example.org") -> OutboxMail | None:
    return outbox.owe("comment approved", key, to, "comment_approved", APPROVED)


def owed(key: str = "comment-approved:7", to: str = "reader@example.org") -> OutboxMail:
    mail = owe(key, to)
    assert mail is not None
    return mail


def now() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def in_threads(work: Callable[[], object], count: int) -> None:
    ready = threading.Barrier(count)

    def run() -> None:
        ready.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db
def test_the_mail_that_arrives_is_the_mail_that_was_written(server: MailServer) -> None:
    Branding.objects.create(name="The Barlow Ledger", contact_email="desk@barlow.example")
    mail = owed()

    assert outbox.deliver(mail.pk, now()) == MailState.SENT

    (message,) = server.taken
    mail.refresh_from_db()
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == mail.subject
    assert message["Reply-To"] == "desk@barlow.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.message_id}@localhost>"
    assert message.get_content_type() == "multipart/alternative"
    assert server.text().splitlines() == mail.text.splitlines()
    assert "The ferry that left <early> & empty" in mail.text
    html = message.get_body(("html",)).get_content()
    assert html.splitlines() == mail.html.splitlines()
    assert "left &lt;early&gt; &amp; empty" in html
    assert "I was on it.<br>It was not empty." in html


@pytest.mark.django_db
def test_html_loads_nothing_from_anybody(server: MailServer) -> None:
    assert "googleapis" not in owed().html
    assert "@import" not in owed("another").html


@pytest.mark.django_db
def test_a_mail_asked_for_twice_is_owed_once() -> None:
    first = owed()
    assert owe() is None
    assert list(OutboxMail.objects.all()) == [first]


@pytest.mark.django_db(transaction=True)
def test_a_mail_asked_for_by_many_at_once_is_owed_once() -> None:
    in_threads(lambda: transaction.atomic()(owe)(), 6)
    assert OutboxMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_owed_when_the_act_is_rolled_back() -> None:
    with transaction.atomic():
        owe()
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_on_one_mail_send_it_once(server: MailServer) -> None:
    mail = owed()
    moment = now()
    in_threads(lambda: outbox.deliver(mail.pk, moment), 6)
    assert server.message_ids == [f"<{mail.message_id}@localhost>"]


@pytest.mark.django_db
def test_a_sent_mail_is_never_sent_again(server: MailServer) -> None:
    mail = owed()
    outbox.deliver(mail.pk, now())
    assert outbox.deliver(mail.pk, now() + timedelta(days=30)) is None
    assert len(server.taken) == 1


@pytest.mark.django_db
def test_a_refusing_server_is_asked_again_after_each_wait_and_then_takes_it(
    server: MailServer,
) -> None:
    server.refusals = [("RCPT", "451 come back later"), ("DATA", "452 disk is full")]
    mail, moment = owed(), now()

    assert outbox.deliver(mail.pk, moment) == MailState.OWED
    mail.refresh_from_db()
    assert mail.last_error == "451 come back later"
    assert mail.next_attempt_at == moment + timedelta(seconds=30)
    assert outbox.deliver(mail.pk, moment + timedelta(seconds=29)) is None

    moment += timedelta(seconds=30)
    assert outbox.deliver(mail.pk, moment) == MailState.OWED
    mail.refresh_from_db()
    assert mail.next_attempt_at == moment + timedelta(minutes=2)

    moment += timedelta(minutes=2)
    assert outbox.deliver(mail.pk, moment) == MailState.SENT
    mail.refresh_from_db()
    assert (mail.attempts, mail.last_error, mail.sent_at) == (3, "", moment)
    assert server.message_ids == [f"<{mail.message_id}@localhost>"]


@pytest.mark.django_db
def test_after_the_last_wait_the_mail_is_given_up_with_its_reason(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    mail, moment = owed(), now()
    for wait in outbox.WAITS:
        assert outbox.deliver(mail.pk, moment) == MailState.OWED
        moment += wait
    assert outbox.deliver(mail.pk, moment) == MailState.FAILED
    mail.refresh_from_db()
    assert mail.attempts == len(outbox.WAITS) + 1
    assert "refused" in mail.last_error


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_an_address_refused_for_good_is_not_tried_again(server: MailServer, stage: str) -> None:
    server.refusals = [(stage, "550 no such person here")]
    mail = owed()
    assert outbox.deliver(mail.pk, now()) == MailState.FAILED
    mail.refresh_from_db()
    assert mail.last_error == "550 no such person here"
    assert outbox.deliver(mail.pk, now() + timedelta(days=9)) is None
    assert server.taken == []


@pytest.mark.django_db
def test_a_server_that_hangs_is_left_after_the_time_limit(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.2
    with hung_server() as (host, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
        mail = owed()
        assert outbox.deliver(mail.pk, now()) == MailState.OWED
    mail.refresh_from_db()
    assert "timed out" in mail.last_error


@pytest.mark.django_db
def test_the_mail_of_a_killed_worker_goes_out_after_its_lease_under_the_same_id(
    server: MailServer,
) -> None:
    mail, moment = owed(), now()
    assert outbox._claim(mail.pk, moment) is not None  # and here the worker is killed

    assert outbox.deliver(mail.pk, moment + outbox.LEASE - timedelta(seconds=1)) is None
    assert outbox.sweep(moment + timedelta(seconds=1)) == 0
    assert outbox.deliver(mail.pk, moment + outbox.LEASE) == MailState.SENT
    assert server.message_ids == [f"<{mail.message_id}@localhost>"]


@pytest.mark.django_db
def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    server: MailServer,
) -> None:
    mail, moment = owed(), now()
    slow = outbox._claim(mail.pk, moment)
    outbox.deliver(mail.pk, moment + outbox.LEASE)

    outbox._put_off(slow, "too late", moment)

    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (MailState.SENT, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "reader@example.org\r\nBcc: all@example.org",
        "reader@example.org\nSubject: other",
        "reader@example.org, all@example.org",
        '"Reader" <reader@example.org>',
        "reader@example.org ",
        "reader",
        "",
    ],
)
def test_what_is_no_single_address_is_kept_as_failed_and_never_sent(
    server: MailServer, address: str
) -> None:
    mail = owed(to=address)
    assert (mail.state, mail.last_error) == (MailState.FAILED, outbox.BAD_ADDRESS)
    assert outbox.deliver(mail.pk, now()) is None
    assert outbox.sweep(now()) == 0
    assert server.taken == []


@pytest.mark.django_db
def test_a_headline_with_line_breaks_adds_no_header(server: MailServer) -> None:
    context = APPROVED | {"headline": "Ferry\r\nBcc: all@example.org\r\n\r\nBuy now\u2028now"}
    mail = outbox.owe("comment approved", "k", "reader@example.org", "comment_approved", context)
    outbox.deliver(mail.pk, now())
    (message,) = server.taken
    assert message["Bcc"] is None
    assert server.envelopes[0].rcpt_tos == ["reader@example.org"]
    assert message["Subject"].endswith("Ferry Bcc: all@example.org Buy now now")


@pytest.mark.django_db
def test_plus_signs_and_foreign_domains_arrive(server: MailServer) -> None:
    for number, address in enumerate(["ann+news@example.org", "ann@bücher.example"]):
        assert outbox.deliver(owed(str(number), address).pk, now()) == MailState.SENT
    assert [envelope.rcpt_tos for envelope in server.envelopes] == [
        ["ann+news@example.org"],
        ["ann@xn--bcher-kva.example"],
    ]


@pytest.mark.django_db
def test_a_mail_in_french_is_written_in_french_for_whoever_asked() -> None:
    mail = outbox.owe("t", "k", "reader@example.org", "comment_approved", APPROVED, language="fr")
    assert mail.language == "fr"
    assert '<html lang="fr"' in mail.html


@pytest.mark.django_db
def test_a_sign_in_code_is_forgotten_once_it_is_sent(server: MailServer) -> None:
    context = {"code": "QX7-9PL", "minutes": 15}
    mail = outbox.owe(outbox.SIGN_IN, "k", "reader@example.org", "sign_in_code", context)
    assert "QX7-9PL" not in mail.subject
    outbox.deliver(mail.pk, now())
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")
    assert "QX7-9PL" in server.text()


@pytest.mark.django_db
def test_logs_name_no_address(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    server.refusals = [("RCPT", "451 reader@example.org is busy")]
    mail = owed()
    outbox.deliver(mail.pk, now())
    outbox.deliver(mail.pk, now() + timedelta(hours=1))
    ours = [record.getMessage() for record in caplog.records if "newsroom" in record.name]
    assert len(ours) == 2
    assert not any("@" in line for line in ours)


@pytest.mark.django_db(transaction=True)
def test_a_mail_the_server_took_while_the_database_was_restarted_is_not_sent_again(
    server: MailServer, monkeypatch
) -> None:
    mail = owed()
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    taken = server.handle_DATA

    async def cut(*asked: object) -> str:
        # As a restart does: every connection is ended, whatever it was used for.
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [backend])
        return await taken(*asked)

    monkeypatch.setattr(server, "handle_DATA", cut)
    assert outbox.deliver(mail.pk, now()) == MailState.SENT
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert outbox.deliver(mail.pk, now() + outbox.LEASE) is None
    assert len(server.taken) == 1
