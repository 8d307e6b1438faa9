"""The demo's mailbox: every message the catcher took, as files in one folder.

A message is two files named by its id: `<id>.eml`, what came over SMTP byte for byte, and
`<id>.json`, its entry in the index (envelope and the headers a list shows). The entry is written
last and whole, so a message that can be listed can be read.
"""

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

ID = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


class NoSuchMessage(LookupError):
    """No message in the mailbox has this id."""


@dataclass(frozen=True)
class CaughtMail:
    """One message in the list. `received_at` is aware, UTC; addresses are the envelope's."""

    id: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str


class Mailbox:
    """The messages in `folder`, written by the catcher, read by the demo's pages and the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, content: bytes, sender: str, recipients: Sequence[str]) -> CaughtMail:
        """Store one message as it came and give its entry."""
        self.folder.mkdir(parents=True, exist_ok=True)
        moment = time.time_ns()
        headers = message_from_bytes(content, policy=policy.default)
        mail = CaughtMail(
            id=f"{moment:020d}-{secrets.token_hex(4)}",
            received_at=datetime.fromtimestamp(moment / 1e9, UTC),
            sender=sender,
            recipients=tuple(recipients),
            subject=str(headers["subject"] or ""),
        )
        entry = asdict(mail) | {"received_at": mail.received_at.isoformat()}
        self._write(f"{mail.id}.eml", content)
        self._write(f"{mail.id}.json", json.dumps(entry).encode())
        return mail

    def newest(self, *, to: str = "", most: int | None = None) -> list[CaughtMail]:
        """The messages, newest first; only those `to` an address when one is given."""
        found: list[CaughtMail] = []
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            mail = _read_entry(path)
            if not to or to.lower() in (address.lower() for address in mail.recipients):
                found.append(mail)
            if most is not None and len(found) == most:
                break
        return found

    def entry(self, mail_id: str) -> CaughtMail:
        """One message's entry. Raises NoSuchMessage."""
        return _read_entry(self._path(mail_id, "json"))

    def message(self, mail_id: str) -> EmailMessage:
        """The whole message. Raises NoSuchMessage."""
        parsed = message_from_bytes(self._path(mail_id, "eml").read_bytes(), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def _path(self, mail_id: str, ending: str) -> Path:
        path = self.folder / f"{mail_id}.{ending}"
        if not ID.fullmatch(mail_id) or not path.is_file():
            raise NoSuchMessage(mail_id)
        return path

    def _write(self, name: str, content: bytes) -> None:
        whole = self.folder / f".{name}.new"
        whole.write_bytes(content)
        whole.replace(self.folder / name)


def _read_entry(path: Path) -> CaughtMail:
    entry = json.loads(path.read_text())
    return CaughtMail(
        id=entry["id"],
        received_at=datetime.fromisoformat(entry["received_at"]),
        sender=entry["sender"],
        recipients=tuple(entry["recipients"]),
        subject=entry["subject"],
    )


def text_of(message: EmailMessage, kind: str) -> str:
    """The message's part of a kind ("plain" or "html") as text; empty when it has none."""
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
