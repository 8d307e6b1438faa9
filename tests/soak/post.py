"""A mail server that takes mail, and now and then refuses, hangs or breaks off after DATA."""

import asyncio
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
HANG_SECONDS = 3.0
FAULTS = (
    "mail refused for now (RCPT 451)",
    "mail refused for now (DATA 451)",
    "mail server hung",
    "reply to DATA lost",
)


@dataclass
class Post:
    """What came, by Message-ID: how many copies, to whom. `unanswered` are those whose reply to
    DATA was lost, `cut` those under way when the server closed: of these alone it may get a second
    copy."""

    port: int
    seed: int
    copies: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    cut: set[str] = field(default_factory=set)
    struck: Counter[str] = field(default_factory=Counter)
    chance: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.seed}:post")
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        self._kept_at: dict[str, float] = {}

    def open(self) -> None:
        """Listen; connections are refused while it does not."""
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True
        )
        self._controller.start()

    def close(self) -> None:
        if self._controller:
            began = time.monotonic()
            self._controller.stop()
            self.cut |= {name for name, kept in self._kept_at.items() if kept > began - 1}
            self._controller = None

    def _strikes(self, fault: str) -> bool:
        with self._lock:
            struck = self._random.random() < self.chance
            self.struck[fault] += struck
        return struck

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._strikes(FAULTS[0]):
            return "451 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._strikes(FAULTS[1]):
            return "451 Come back later"
        if self._strikes(FAULTS[2]):
            await asyncio.sleep(HANG_SECONDS)
            return "451 Come back later"
        found = _ID.search(envelope.original_content or b"")
        name = found[1].decode() if found else "none"
        self.copies[name] += 1
        self._kept_at[name] = time.monotonic()
        if self._strikes(FAULTS[3]):
            self.unanswered[name] += 1
            server.transport.close()
        return "250 OK"
