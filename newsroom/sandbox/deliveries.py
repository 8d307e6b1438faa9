"""Deliveries owed to webhook endpoints: one row for each event and endpoint (and each copy).

A row is `pending` until the endpoint answers 2xx (`delivered`) or patience ends (`failed`); faults
make it `held` (in a burst or a reversed batch) or `dropped`. Rows outlive a restart.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase

from .state import JsonDict, Sandbox
from .store import Store

# Seconds of real time to the next try; after the last, the delivery has failed.
BACK_OFF = (1, 2, 5, 10, 20, 30, 60, 60, 60, 120, 120, 300)


def wants(endpoint: JsonDict, kind: str) -> bool:
    asked = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in asked or kind in asked)


def owe(sandbox: Sandbox, event: JsonDict, endpoint: JsonDict) -> None:
    """Write what is owed, as the delivery faults would have it."""

    def strikes(name: str) -> dict[str, float] | None:
        return sandbox.faults.strikes(name, event=event["type"])

    now = time.time()
    state, hold, due = "pending", None, now
    if strikes("never") is not None:
        state = "dropped"
    elif strikes("burst") is not None:
        state, hold = "held", "burst"
    elif strikes("reversed") is not None:
        state, hold = "held", "reversed"
    elif (late := strikes("late")) is not None:
        due = now + late["seconds"]
    wrong = strikes("wrong_signature") or {"attempts": 0}
    copies = (strikes("twice") or {"times": 1})["times"]
    for _ in range(int(copies)):
        sandbox.store.db.execute(
            "INSERT INTO deliveries (event, event_type, endpoint, state, hold, next_at, made_at,"
            " wrong_signatures) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event["id"],
                event["type"],
                endpoint["id"],
                state,
                hold,
                due,
                now,
                int(wrong["attempts"]),
            ),
        )
    sandbox.wake.set()


def owe_again(sandbox: Sandbox, event: JsonDict) -> list[str]:
    """Send an old event again to every endpoint that asks for its kind. Returns their ids."""
    endpoints = [
        endpoint
        for endpoint in sandbox.store.select("webhook_endpoint")
        if wants(endpoint, event["type"])
    ]
    for endpoint in endpoints:
        owe(sandbox, event, endpoint)
    return [endpoint["id"] for endpoint in endpoints]


def owe_payload(
    sandbox: Sandbox,
    endpoint: JsonDict,
    payload: str,
    kind: str,
    event_id: str,
    *,
    signed_at: float | None = None,
    wrong_signature: bool = False,
) -> int:
    """Owe a payload of someone's own making, faults aside. Returns the delivery's number."""
    now = time.time()
    cursor = sandbox.store.db.execute(
        "INSERT INTO deliveries (event, event_type, endpoint, state, next_at, made_at, payload,"
        " signed_at, wrong_signatures) VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?)",
        (
            event_id,
            kind,
            endpoint["id"],
            now,
            now,
            payload,
            signed_at,
            1000 * wrong_signature,
        ),
    )
    sandbox.wake.set()
    return int(cursor.lastrowid or 0)


def pending_for(store: Store, event_id: str) -> int:
    row = store.db.execute(
        "SELECT count(*) FROM deliveries WHERE event = ? AND state IN ('pending', 'held')",
        (event_id,),
    ).fetchone()
    return int(row[0])


def due(store: Store, now: float, busy: Sequence[int], limit: int) -> list[sqlite3.Row]:
    marks = ",".join("?" for _ in busy)
    return store.db.execute(
        "SELECT * FROM deliveries WHERE state = 'pending' AND next_at <= ?"
        f" AND seq NOT IN ({marks}) ORDER BY next_at, seq LIMIT ?",
        (now, *busy, limit),
    ).fetchall()


def next_due(store: Store, busy: Sequence[int]) -> float | None:
    marks = ",".join("?" for _ in busy)
    row = store.db.execute(
        f"SELECT min(next_at) FROM deliveries WHERE state = 'pending' AND seq NOT IN ({marks})",
        tuple(busy),
    ).fetchone()
    return None if row[0] is None else float(row[0])


def held_in_reverse(store: Store, busy: Sequence[int]) -> list[sqlite3.Row]:
    marks = ",".join("?" for _ in busy)
    return store.db.execute(
        "SELECT * FROM deliveries WHERE state = 'held' AND hold = 'reversed'"
        f" AND seq NOT IN ({marks}) ORDER BY seq",
        tuple(busy),
    ).fetchall()


def release(sandbox: Sandbox, hold: str = "burst") -> int:
    """Let go of what is held. Returns how many deliveries that were."""
    cursor = sandbox.store.db.execute(
        "UPDATE deliveries SET state = 'pending', hold = NULL, next_at = ?"
        " WHERE state = 'held' AND hold = ?",
        (time.time(), hold),
    )
    sandbox.wake.set()
    return cursor.rowcount


def record(store: Store, row: sqlite3.Row, status: int | None, error: str | None) -> None:
    """What came of one try: delivered, tried again after the back-off, or given up."""
    attempts = row["attempts"] + 1
    state, next_at = "delivered", row["next_at"]
    if error is not None:
        gives_up = attempts > len(BACK_OFF)
        state = "failed" if gives_up else "pending"
        next_at = time.time() + (0 if gives_up else BACK_OFF[attempts - 1])
    store.db.execute(
        "UPDATE deliveries SET state = ?, hold = NULL, attempts = ?, next_at = ?, last_status = ?,"
        " last_error = ? WHERE seq = ?",
        (state, attempts, next_at, status, error, row["seq"]),
    )


def drop(store: Store, row: sqlite3.Row, why: str) -> None:
    store.db.execute(
        "UPDATE deliveries SET state = 'dropped', last_error = ? WHERE seq = ?",
        (why, row["seq"]),
    )


def counts(store: Store) -> dict[str, int]:
    rows = store.db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall()
    return {"pending": 0, "held": 0, "delivered": 0, "failed": 0, "dropped": 0} | {
        row[0]: row[1] for row in rows
    }


def latest(
    store: Store, limit: int, event: str | None = None, kind: str | None = None
) -> list[JsonDict]:
    rows = store.db.execute(
        "SELECT seq AS id, event, event_type, endpoint, state, hold, attempts, next_at,"
        " last_status, last_error FROM deliveries WHERE (?1 IS NULL OR event = ?1)"
        " ORDER BY seq DESC LIMIT ?2",
        (event, limit),
    ).fetchall()
    return [dict(row) for row in rows if kind is None or fnmatchcase(row["event_type"], kind)]


def payload_of(store: Store, row: sqlite3.Row) -> bytes | None:
    """The bytes to send: the event as it was written, in Stripe's layout."""
    if row["payload"] is not None:
        return str(row["payload"]).encode()
    event = store.find(row["event"], "event")
    return None if event is None else json.dumps(event, indent=2, ensure_ascii=False).encode()
