"""Signing in as people do: ask for the code, read it in the mail, type it."""

import re

from django.http import HttpResponse
from django.test import Client

from tests.mail.post import deliver_due
from tests.mail.servers import MailServer

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def ask_for_code(client: Client, email: str, wanted: str = "") -> HttpResponse:
    query = f"?next={wanted}" if wanted else ""
    return client.post(f"/account/login/{query}", {"login": email})


def code_in_mail(server: MailServer) -> str:
    deliver_due()
    found = CODE.search(server.text())
    assert found is not None, server.text()
    return found[0]


def type_code(client: Client, code: str, wanted: str = "") -> HttpResponse:
    data = {"code": code} | ({"next": wanted} if wanted else {})
    return client.post("/account/login/code/confirm/", data)


def sign_in(client: Client, server: MailServer, email: str, wanted: str = "") -> HttpResponse:
    ask_for_code(client, email, wanted)
    return type_code(client, code_in_mail(server), wanted)
