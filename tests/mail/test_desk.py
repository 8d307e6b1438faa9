"""Staff see what was owed, what went out and what did not, and change nothing of it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from newsroom import roles
from newsroom.audit.models import AuditEntry
from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from tests.desk.people import person
from tests.mail.servers import MailServer
from tests.mail.test_outbox import now, owed

pytestmark = pytest.mark.django_db

DESK = "/desk/outbox/"


@pytest.fixture(autouse=True)
def one_factor_is_enough(settings) -> None:
    settings.STAFF_SECOND_FACTOR = False


def of(role: str) -> Client:
    client = Client()
    client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def given_up(server: MailServer) -> OutboxMail:
    server.refusals = [("RCPT", "550 no such person here")]
    mail = owed()
    outbox.deliver(mail.pk, now())
    return mail


def test_the_list_shows_each_mail_with_its_state(server: MailServer) -> None:
    given_up(server)
    outbox.deliver(owed("other", "bea@example.org").pk, now())
    page = of(roles.ADMINISTRATOR).get(DESK).content.decode()
    for word in ("reader@example.org", "given up", "bea@example.org", "sent"):
        assert word in page


def test_the_list_is_found_by_state(server: MailServer) -> None:
    given_up(server)
    owed("other", "bea@example.org")
    page = of(roles.ADMINISTRATOR).get(DESK, {"state": "failed"}).content.decode()
    assert "reader@example.org" in page
    assert "bea@example.org" not in page


def test_one_mail_is_shown_as_it_was_sent_and_can_run_no_script(server: MailServer) -> None:
    mail = owed()
    outbox.deliver(mail.pk, now())
    page = of(roles.PUBLISHER).get(f"{DESK}{mail.pk}/").content.decode()
    frame = re.search(r'<iframe sandbox srcdoc="([^"]+)"', page)
    assert unescape(frame[1]).splitlines() == mail.html.splitlines()
    assert "I was on it.\nIt was not empty." in page
    assert f"&lt;{mail.message_id}@localhost&gt;" in page


def test_the_reason_of_a_given_up_mail_is_shown(server: MailServer) -> None:
    mail = given_up(server)
    page = of(roles.PUBLISHER).get(f"{DESK}{mail.pk}/").content.decode()
    assert "550 no such person here" in page


def test_an_administrator_tries_a_given_up_mail_again(server: MailServer) -> None:
    mail = given_up(server)
    client = of(roles.ADMINISTRATOR)
    answer = client.post(f"{DESK}{mail.pk}/try-again/")
    assert (answer.status_code, answer.url) == (302, f"{DESK}{mail.pk}/")
    assert outbox.deliver(mail.pk, now()) == MailState.SENT
    assert server.message_ids == [f"<{mail.message_id}@localhost>"]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target) == ("tried again", f"mail.outboxmail:{mail.pk}")


def test_a_sent_mail_is_not_sent_again_by_the_desk(server: MailServer) -> None:
    mail = owed()
    outbox.deliver(mail.pk, now())
    of(roles.ADMINISTRATOR).post(f"{DESK}{mail.pk}/try-again/")
    assert outbox.deliver(mail.pk, timezone.now() + timedelta(days=1)) is None
    assert len(server.taken) == 1


def test_a_bad_address_is_not_tried_again() -> None:
    mail = owed(to="reader@example.org\nBcc: all@example.org")
    of(roles.ADMINISTRATOR).post(f"{DESK}{mail.pk}/try-again/")
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def test_the_code_of_a_sign_in_mail_is_shown_to_nobody(server: MailServer) -> None:
    context = {"code": "QX7P-9PLM", "minutes": 15}
    mail = outbox.owe(outbox.SIGN_IN, "k", "reader@example.org", "sign_in_code", context)
    client = of(roles.ADMINISTRATOR)
    for address in (DESK, f"{DESK}{mail.pk}/"):
        assert "QX7P-9PLM" not in client.get(address).content.decode()
    server.refusals = [("RCPT", "550 no such person here")]
    outbox.deliver(mail.pk, now())
    assert "try-again" not in client.get(f"{DESK}{mail.pk}/").content.decode()
    client.post(f"{DESK}{mail.pk}/try-again/")
    mail.refresh_from_db()
    assert (mail.state, mail.text) == (MailState.FAILED, "")


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_those_whose_role_sees_the_outbox_do(server: MailServer, role: str) -> None:
    mail = given_up(server)
    client = of(role)
    seen = "mail.view_outboxmail" in roles.PERMISSIONS[role]
    again = "mail.change_outboxmail" in roles.PERMISSIONS[role]
    assert (client.get(DESK).status_code == 200) == seen
    assert (client.get(f"{DESK}{mail.pk}/").status_code == 200) == seen
    client.post(f"{DESK}{mail.pk}/try-again/")
    mail.refresh_from_db()
    assert mail.state == (MailState.OWED if again else MailState.FAILED)
