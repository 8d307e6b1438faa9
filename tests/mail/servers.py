"""Mail servers of the tests: real SMTP on a free port, that take mail, refuse it or hang."""

import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """Keeps what it took in `taken`. The next mails get the answers of `refusals` first.

    A refusal is a stage ("RCPT" or "DATA") and the server's answer there.
    """

    host: str
    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    conversations: int = 0

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        self.conversations += 1
        if self.refusals and self.refusals[0][0] == "RCPT":
            return self.refusals.pop(0)[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusals and self.refusals[0][0] == "DATA":
            return self.refusals.pop(0)[1]
        self.envelopes.append(envelope)
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]

    def text(self, number: int = -1) -> str:
        """The plain text of one of the mails taken."""
        part = self.taken[number].get_body(("plain",))
        assert part is not None
        return part.get_content()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer("127.0.0.1", free_port())
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def hung_server() -> Iterator[tuple[str, int]]:
    """Takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(listener.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()
