"""What the demo's mailbox promises: what was sent can be read, whole, and can do nothing."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import RequestFactory

from newsroom.demo import launch, views
from newsroom.demo.mailbox import Mailbox, NoSuchMessage, text_of
from newsroom.engines.schema import CHECKOUT
from tests.waiting import wait_until


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    port = launch.free_port()
    command = [sys.executable, "-m", "newsroom.demo.catcher"]
    command += ["--smtp-port", str(port), "--state", str(tmp_path)]
    with subprocess.Popen(command, cwd=CHECKOUT) as catcher:
        wait_until(lambda: launch.listens(port), 20, "the catcher listens")
        yield port
        catcher.terminate()
        assert catcher.wait(10) == 0


def letter(to: str = "marcelle@readers.example", subject: str = "Your gift") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Newsroom <newsroom@waylight.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Merci, thank you. 50 $ — reçu.\n")
    message.add_alternative(
        '<p style="color: green">Thank you</p><script>alert(1)</script>', subtype="html"
    )
    return message


def send(port: int, *messages: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for message in messages:
            connection.send_message(message)


def test_a_message_sent_can_be_read_whole(port: int, tmp_path: Path) -> None:
    send(port, letter(subject="Votre don, reçu"))
    [mail] = Mailbox(tmp_path).newest()
    assert mail.subject == "Votre don, reçu"
    assert mail.recipients == ("marcelle@readers.example",)
    message = Mailbox(tmp_path).message(mail.id)
    assert text_of(message, "plain").strip() == "Merci, thank you. 50 $ — reçu."
    assert "Thank you</p>" in text_of(message, "html")


def test_the_newest_message_comes_first_and_a_persons_own_can_be_picked(
    port: int, tmp_path: Path
) -> None:
    send(port, letter(subject="first"), letter(to="Jo@readers.example", subject="second"))
    box = Mailbox(tmp_path)
    assert [mail.subject for mail in box.newest()] == ["second", "first"]
    assert [mail.subject for mail in box.newest(to="jo@READERS.example")] == ["second"]
    assert [mail.subject for mail in box.newest(most=1)] == ["second"]


@pytest.mark.parametrize("mail_id", ["../../etc/passwd", "", "00000000000000000001-00000000"])
def test_an_unknown_message_is_said_to_be_unknown(tmp_path: Path, mail_id: str) -> None:
    with pytest.raises(NoSuchMessage):
        Mailbox(tmp_path).message(mail_id)


def test_a_messages_html_is_shown_where_it_can_do_nothing(
    port: int, tmp_path: Path, rf: RequestFactory, settings: object
) -> None:
    settings.MAIL_CATCHER_DIR = str(tmp_path)  # type: ignore[attr-defined]
    send(port, letter())
    [mail] = Mailbox(tmp_path).newest()
    response = views.mail_html(rf.get("/"), mail.id)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
