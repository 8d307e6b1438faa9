"""The demo's mail server: takes every message over real SMTP and delivers none of them.

    python -m newsroom.demo.catcher --smtp-port 2525 --state .demo/mail

Listens on 127.0.0.1 only. What it took is read at `/demo/mail/`.
"""

import argparse
import logging
import signal
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsroom.demo.mailbox import Mailbox

logger = logging.getLogger(__name__)


class Catcher:
    """What aiosmtpd calls for each message."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message, then say so: the sender may forget it only afterwards."""
        content = envelope.original_content or b""
        mail = self.mailbox.keep(content, envelope.mail_from or "", envelope.rcpt_tos)
        logger.info("mail caught id=%s bytes=%d", mail.id, len(content))
        return f"250 Kept as {mail.id}"


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m newsroom.demo.catcher")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="folder of the messages")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    asked.state.mkdir(parents=True, exist_ok=True)
    stop = {signal.SIGINT, signal.SIGTERM}
    # Blocked before the server's thread starts, so that this thread alone hears them.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    controller = Controller(
        Catcher(Mailbox(asked.state)),
        hostname="127.0.0.1",
        port=asked.smtp_port,
        enable_SMTPUTF8=True,
    )
    controller.start()
    signal.sigwait(stop)
    controller.stop()


if __name__ == "__main__":
    main()
