"""Where a reader is signed in, seen and ended; codes that are old or used; names that are none."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Comment
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.mail.servers import MailServer
from tests.readers.signing_in import ask_for_code, code_in_mail, sign_in, type_code

pytestmark = pytest.mark.django_db


def test_sessions_are_listed_and_all_others_ended(server: MailServer) -> None:
    here, there = Client(HTTP_USER_AGENT="Here/1.0"), Client(HTTP_USER_AGENT="<b>There</b>/1.0")
    for client in (there, here):
        sign_in(client, server, "ann@example.org")
    page = here.get("/account/sessions/").content.decode()
    assert "Here/1.0" in page
    assert "&lt;b&gt;There&lt;/b&gt;/1.0" in page
    assert page.count("This browser") == 1
    answer = here.post("/account/sessions/", follow=True)
    assert "You are signed out everywhere else." in answer.content.decode()
    assert "You are signed in nowhere else." in answer.content.decode()
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_code_that_is_old_or_was_used_is_answered_plainly(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    ask_for_code(client, "ann@example.org")
    code = code_in_mail(server)
    later = time.time() + timedelta(minutes=16).total_seconds()
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: later)
        answer = type_code(client, code)
    assert answer.status_code < 500
    assert client.get("/account/").status_code == 302
    assert Reader.objects.get().last_login is None

    again = Client()
    ask_for_code(again, "ann@example.org")
    code = code_in_mail(server)
    assert type_code(again, code).status_code == 302
    # Typed a second time, in the same browser and in another one.
    assert type_code(again, code).status_code < 500
    other = Client()
    assert type_code(other, code).status_code == 302
    assert other.get("/account/").status_code == 302


def test_the_language_of_mails_is_chosen_and_a_name_is_shown_as_words(
    server: MailServer,
) -> None:
    client = Client()
    sign_in(client, server, "ann+news@example.org")
    form = {"public_name": "<script>alert(1)</script>", "language": "fr"}
    assert client.post("/account/", form).status_code == 302
    reader = Reader.objects.get()
    assert (reader.email, reader.language) == ("ann+news@example.org", "fr")
    assert client.post("/account/", {"public_name": "A\r\nBcc: all@example.org"}).status_code == 422
    assert client.post("/account/", form | {"language": "xx"}).status_code == 422
    # A form that does not say leaves it as it is.
    client.post("/account/", {"public_name": "<b>Ann</b>"})
    reader.refresh_from_db()
    assert (reader.public_name, reader.language) == ("<b>Ann</b>", "fr")
    story = newsroom.story(newsroom.section(), "The ferry")
    Comment.objects.create(
        article=story, reader=reader, text="Hm.", state="approved", created_at=timezone.now()
    )
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page
