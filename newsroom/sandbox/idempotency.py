"""Idempotency keys: the first answer to a key is kept for a day and given again.

Stripe's rules: whatever came of a request that began is kept, a 500 too; the same key with other
parameters is refused; a second request while the first is being worked on gets a 409.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .errors import IdempotencyMismatch, InvalidRequest, KeyInUse
from .state import Sandbox

KEPT = 86_400  # seconds, by the sandbox's clock
LONGEST = 255
_in_work: set[str] = set()


@dataclass(frozen=True)
class Stored:
    status: int
    body: bytes
    request_id: str


def fingerprint(method: str, path: str, encoded: str) -> str:
    ordered = "&".join(sorted(encoded.split("&")))
    return f"{method} {path} {hashlib.sha256(ordered.encode()).hexdigest()}"


@contextmanager
def holding(key: str | None) -> Iterator[None]:
    """This key's request is being worked on: another with it is refused meanwhile."""
    if key is None:
        yield
        return
    if key in _in_work:
        raise KeyInUse(
            f"There is currently another in-progress request using this Idempotent Key: {key}.",
            code="idempotency_key_in_use",
        )
    _in_work.add(key)
    try:
        yield
    finally:
        _in_work.discard(key)


def recall(sandbox: Sandbox, key: str, path: str, request: str) -> Stored | None:
    """The answer this key had. Raises IdempotencyMismatch, KeyInUse, InvalidRequest."""
    if len(key) > LONGEST:
        raise InvalidRequest(f"Idempotency keys hold at most {LONGEST} characters.")
    with holding(key):
        row = sandbox.store.db.execute("SELECT * FROM idempotency WHERE key = ?", (key,)).fetchone()
    if row is None or sandbox.clock.now() - row["created"] >= KEPT:
        return None
    if row["request"] != request:
        theirs = row["request"].split(" ")[1]
        same = theirs == path
        raise IdempotencyMismatch(
            f"Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Use a key other than '{key}' for another request."
            if same
            else f"Keys for idempotent requests can only be used for the same endpoint they were"
            f" first used for ('{path}' vs '{theirs}').",
        )
    return Stored(row["status"], row["body"].encode(), row["request_id"])


def remember(
    sandbox: Sandbox, key: str, request: str, status: int, body: bytes, request_id: str
) -> None:
    sandbox.store.db.execute(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)",
        (key, request, status, body.decode(), request_id, sandbox.clock.now()),
    )
