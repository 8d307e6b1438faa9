"""A code in the mail alone opens no desk; a second factor, used in this session, does."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from newsroom import roles
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.desk.people import person
from tests.mail.servers import MailServer
from tests.readers.signing_in import sign_in

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
DESK_PAGES = ["/desk/", "/desk/outbox/", "/desk/pages/", "/desk/account/", "/desk/reports/"]


def app_code(secret: str = SECRET) -> str:
    """What the app on a phone shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@pytest.fixture
def editor() -> Reader:
    return person(roles.EDITOR)


@pytest.fixture
def browser(editor: Reader, server: MailServer) -> Client:
    """Signed in with the code from the mail, and nothing more."""
    client = Client()
    sign_in(client, server, editor.email)
    return client


def opens_desk(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


@pytest.mark.parametrize("address", DESK_PAGES)
def test_without_a_second_factor_every_page_of_the_desk_leads_to_setting_one_up(
    browser: Client, address: str
) -> None:
    answer = browser.get(address)
    assert (answer.status_code, answer.url) == (302, "/account/2fa/")
    page = browser.get(answer.url).content.decode()
    assert "The desk opens once you have set up a second factor" in page


def test_a_post_to_the_desk_changes_nothing_either(browser: Client) -> None:
    assert browser.post("/desk/pages/1/publish/").url == "/account/2fa/"


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_desk_and_is_told_by_mail(
    browser: Client, editor: Reader
) -> None:
    secret = browser.get("/account/2fa/totp/activate/").context["form"].secret
    answer = browser.post("/account/2fa/totp/activate/", {"code": app_code(secret)})
    assert answer.url == "/account/2fa/recovery-codes/"
    assert browser.get(answer.url).status_code == 200
    assert opens_desk(browser)
    mail = OutboxMail.objects.get(kind="account notice")
    assert mail.to == editor.email
    assert "activated" in mail.text.lower()
    assert "example.com" not in mail.text


def test_a_second_factor_is_asked_for_when_signing_in(editor: Reader, server: MailServer) -> None:
    TOTP.activate(editor, SECRET)
    client = Client()
    answer = sign_in(client, server, editor.email)
    assert answer.url.startswith("/account/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302

    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not opens_desk(client)

    client.post("/account/2fa/authenticate/", {"code": app_code()})
    assert opens_desk(client)


def test_a_session_from_before_the_second_factor_is_asked_to_use_it(
    browser: Client, editor: Reader
) -> None:
    TOTP.activate(editor, SECRET)
    answer = browser.get("/desk/outbox/?state=failed")
    assert answer.url == "/account/2fa/reauthenticate/?next=/desk/outbox/%3Fstate%3Dfailed"
    answer = browser.post(answer.url, {"code": app_code()})
    assert answer.url == "/desk/outbox/?state=failed"
    assert opens_desk(browser)


def test_a_session_opened_past_the_forms_is_no_way_round(editor: Reader) -> None:
    TOTP.activate(editor, SECRET)
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/desk/").url.startswith("/account/2fa/reauthenticate/")


def test_the_desk_has_no_form_for_a_password_alone(editor: Reader) -> None:
    editor.set_password("a long password nobody guesses")
    editor.save()
    client = Client()
    answer = client.get("/desk/login/?next=/desk/pages/")
    assert answer.url == "/account/login/?next=/desk/pages/"
    data = {"username": editor.email, "password": "a long password nobody guesses"}
    assert client.post("/desk/login/", data).url.startswith("/account/login/")
    assert "_auth_user_id" not in client.session
    assert client.get("/desk/login/?next=https://evil.example/").url == (
        "/account/login/?next=/desk/"
    )


def test_strangers_are_led_to_sign_in_and_readers_are_asked_for_nothing(
    server: MailServer,
) -> None:
    assert Client().get("/desk/").url.startswith("/account/login/?next=/desk/")
    client = Client()
    sign_in(client, server, "reader@example.org")
    assert client.get("/account/").status_code == 200
    answer = client.get("/desk/")
    assert answer.status_code == 302
    assert "2fa" not in answer.url


def test_where_the_demo_switches_it_off_the_code_is_enough(browser: Client, settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    assert opens_desk(browser)
