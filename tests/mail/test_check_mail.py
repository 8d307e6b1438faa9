"""`manage.py check_mail` tells a domain that is set up from one that is not."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from django.core.management import call_command

from newsroom.mail.domain import GOOD, UNKNOWN, WRONG, Records, judge

WHOLE = {
    ("news.example.", "TXT"): ['"v=spf1 include:post.example -all"', '"some other text"'],
    ("_dmarc.news.example.", "TXT"): ['"v=DMARC1; p=none; rua=mailto:d@news.example"'],
    ("pm._domainkey.news.example.", "TXT"): ['"k=rsa; p=MIGf" "MA0G"'],
    ("mail.news.example.", "A"): ["192.0.2.7"],
    ("7.2.0.192.in-addr.arpa.", "PTR"): ["mail.news.example."],
}


@contextmanager
def nameserver(records: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    """A real one, on a free port."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            asked = dns.message.from_wire(data)
            answer = dns.message.make_response(asked)
            question = asked.question[0]
            kind = dns.rdatatype.to_text(question.rdtype)
            found = records.get((str(question.name), kind))
            if found:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
            socket.sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def run(records: dict[tuple[str, str], list[str]], settings) -> tuple[str, int]:
    settings.DEFAULT_FROM_EMAIL = settings.LETTERS_FROM_EMAIL = "News <news@news.example>"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.news.example", 1
    said, code = StringIO(), 0
    with nameserver(records) as address:
        try:
            call_command("check_mail", "--selector", "pm", "--nameserver", address, stdout=said)
        except SystemExit as end:
            code = int(end.code or 0)
    return said.getvalue(), code


def test_a_domain_that_is_set_up_is_called_good(settings) -> None:
    said, code = run(WHOLE, settings)
    assert code == 0, said
    for part in ("SPF", "DKIM", "DMARC", "From", "PTR"):
        assert f"good  {part}:" in said


def test_each_record_that_is_missing_is_named(settings) -> None:
    for missing, part in (
        (("news.example.", "TXT"), "SPF"),
        (("_dmarc.news.example.", "TXT"), "DMARC"),
        (("pm._domainkey.news.example.", "TXT"), "DKIM"),
        (("7.2.0.192.in-addr.arpa.", "PTR"), "PTR"),
    ):
        said, code = run({key: value for key, value in WHOLE.items() if key != missing}, settings)
        assert code == 1
        wrong = [line.split()[1] for line in said.splitlines() if "WRONG" in line]
        assert wrong == [f"{part}:"]


@pytest.mark.parametrize(
    ("records", "part", "state"),
    [
        (Records(spf=["v=spf1 +all"]), "SPF", WRONG),
        (Records(spf=["v=spf1 -all", "v=spf1 ~all"]), "SPF", WRONG),
        (Records(spf=None), "SPF", UNKNOWN),
        (Records(dkim=["v=DKIM1; p="]), "DKIM", WRONG),
        (Records(dmarc=["v=DMARC1"]), "DMARC", WRONG),
        (Records(dmarc=["v=DMARC1; p=reject"]), "DMARC", GOOD),
        (Records(tls=False), "TLS", WRONG),
        (Records(tls=None), "TLS", UNKNOWN),
    ],
)
def test_what_receivers_would_ignore_is_no_record(records, part, state) -> None:
    found = {each.what: each.state for each in judge("a.example", "m.a.example", "x", records)}
    assert found[part] == state


def test_letters_from_a_strange_domain_are_told() -> None:
    found = {f.what: f.state for f in judge("a.example", "b.example", "x", Records())}
    assert found["From"] == WRONG
