"""A reader signs in with an address and the code that comes in the mail, and nothing else."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from newsroom.mail.models import MailState, OutboxMail
from newsroom.readers.accounts import find_or_open, forget_unproven
from newsroom.readers.models import Reader
from tests.mail.servers import MailServer
from tests.readers.signing_in import ask_for_code, code_in_mail, sign_in, type_code

pytestmark = pytest.mark.django_db

ANN = "ann@example.org"


def signed_in_as(client: Client) -> Reader | None:
    return Reader.objects.filter(pk=client.session.get("_auth_user_id", 0)).first()


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_a_new_reader_signs_in_with_the_code_in_the_mail(server: MailServer) -> None:
    client = Client()
    answer = ask_for_code(client, ANN)
    assert (answer.status_code, answer.url) == (302, "/account/login/code/confirm/")

    answer = type_code(client, code_in_mail(server))

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert str(server.taken[0]["To"]) == ANN
    reader = signed_in_as(client)
    assert reader is not None
    assert reader.email == ANN
    assert not reader.has_usable_password()
    assert EmailAddress.objects.get(user=reader).verified
    assert client.get("/account/").status_code == 200


def test_the_same_address_in_other_letters_is_the_same_reader(server: MailServer) -> None:
    sign_in(Client(), server, ANN)
    client = Client()
    sign_in(client, server, " Ann@Example.ORG ")
    assert signed_in_as(client) == Reader.objects.get()


def test_a_reader_staff_added_signs_in_with_one_code(server: MailServer) -> None:
    reader = Reader.objects.create(email="Bea@example.org")
    client = Client()
    answer = sign_in(client, server, "bea@example.org")
    assert answer.url == "/account/"
    assert signed_in_as(client) == reader
    assert len(server.taken) == 1


def test_known_and_unknown_addresses_get_the_same_page_and_the_same_mail(
    server: MailServer,
) -> None:
    sign_in(Client(), server, ANN)
    pages, mails = [], []
    for email in (ANN, "new@example.org"):
        client = Client()
        answer = client.post("/account/login/", {"login": email}, follow=True)
        pages.append(without_tokens(answer.content.decode()).replace(email, "ADDRESS"))
        code = code_in_mail(server)
        mails.append(server.text().replace(code, "CODE"))
    assert pages[0] == pages[1]
    assert mails[0] == mails[1]


def test_a_closed_account_gets_no_code_and_the_same_page(server: MailServer) -> None:
    Reader.objects.create_user(ANN, is_active=False)
    client = Client()
    answer = ask_for_code(client, ANN)
    assert answer.url == "/account/login/code/confirm/"
    assert not OutboxMail.objects.filter(kind="sign-in").exists()


def test_a_wrong_code_signs_nobody_in_and_three_end_the_attempt(server: MailServer) -> None:
    client = Client()
    ask_for_code(client, ANN)
    code = code_in_mail(server)
    for _ in range(3):
        type_code(client, "WRONG-1")
    answer = type_code(client, code)
    assert answer.status_code == 302
    assert signed_in_as(client) is None


def test_a_code_is_good_in_the_browser_that_asked_only(server: MailServer) -> None:
    ask_for_code(Client(), ANN)
    thief = Client()
    type_code(thief, code_in_mail(server))
    assert signed_in_as(thief) is None


@pytest.mark.parametrize("text", ["", "ann", "ann@", "a b@example.org", "ann@example.org\nb: c"])
def test_what_is_no_address_is_said_beside_the_field(text: str) -> None:
    answer = ask_for_code(Client(), text)
    assert answer.status_code == 200
    assert answer.context["form"].errors["login"]
    assert not Reader.objects.exists()


@pytest.mark.parametrize("text", ["ann+news@example.org", "ann@bücher.example"])
def test_unusual_addresses_get_their_code(server: MailServer, text: str) -> None:
    client = Client()
    sign_in(client, server, text)
    assert signed_in_as(client) is not None


def test_signing_in_leads_back_to_the_story(server: MailServer) -> None:
    story = "/2026/06/03/ferry/"
    assert sign_in(Client(), server, ANN, wanted=story).url == story


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_signing_in_leads_to_no_other_site(server: MailServer, elsewhere: str) -> None:
    assert "evil" not in sign_in(Client(), server, ANN, wanted=elsewhere).url


def test_too_many_codes_for_one_address_are_refused_in_words(server: MailServer) -> None:
    for _ in range(3):
        assert ask_for_code(Client(), ANN).status_code == 302
    answer = ask_for_code(Client(), ANN)
    assert answer.status_code == 200
    assert answer.context["form"].errors["login"]
    assert OutboxMail.objects.count() == 3


@pytest.mark.parametrize("old", ["signup/", "login/code/", "password/reset/", "password/change/"])
def test_nothing_asks_for_a_password(old: str) -> None:
    answer = Client().get(f"/account/{old}", follow=True)
    assert answer.redirect_chain
    assert answer.request["PATH_INFO"] == "/account/login/"
    assert b'type="password"' not in answer.content


def test_a_code_leaves_no_trace_once_it_was_sent(server: MailServer) -> None:
    client = Client()
    ask_for_code(client, ANN)
    code = code_in_mail(server)
    mail = OutboxMail.objects.get()
    assert mail.state == MailState.SENT
    assert code not in f"{mail.subject}{mail.text}{mail.html}{mail.dedupe_key}"


def test_an_account_nobody_came_into_is_forgotten_after_a_day(server: MailServer) -> None:
    sign_in(Client(), server, ANN)
    find_or_open("typo@example.org")
    added = Reader.objects.create_user("staff@example.org")
    now = timezone.now()
    assert forget_unproven(now + timedelta(hours=23)) == 0
    assert forget_unproven(now + timedelta(hours=25)) == 1
    assert set(Reader.objects.values_list("email", flat=True)) == {ANN, added.email}
