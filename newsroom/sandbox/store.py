"""Everything the sandbox remembers, in one SQLite file with one writer.

Objects are kept as the JSON Stripe would answer (ids not expanded), beside a private part that no
answer shows. All calls happen on the event loop's thread, inside `transaction()` when they write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    data TEXT NOT NULL,
    private TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS objects_newest ON objects (type, created, seq);
CREATE INDEX IF NOT EXISTS objects_intent
    ON objects (type, json_extract(data, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_charge ON objects (type, json_extract(data, '$.charge'));
CREATE INDEX IF NOT EXISTS objects_source ON objects (type, json_extract(data, '$.source'));
CREATE INDEX IF NOT EXISTS objects_customer ON objects (type, json_extract(data, '$.customer'));
CREATE INDEX IF NOT EXISTS sessions_open ON objects (json_extract(data, '$.expires_at'))
    WHERE type = 'checkout.session' AND json_extract(data, '$.status') = 'open';
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL, event_type TEXT NOT NULL, endpoint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'held', 'delivered', 'failed', 'dropped')),
    hold TEXT CHECK (hold IN ('burst', 'reversed')),
    next_at REAL NOT NULL, made_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    wrong_signatures INTEGER NOT NULL DEFAULT 0,
    payload TEXT, signed_at REAL, last_status INTEGER, last_error TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at, seq) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_held ON deliveries (hold, seq) WHERE state = 'held';
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS settlements (charge TEXT PRIMARY KEY, due_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS paid_out (movement TEXT PRIMARY KEY, payout TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS paid_out_by_payout ON paid_out (payout);
CREATE TABLE IF NOT EXISTS debits (charge TEXT PRIMARY KEY, due_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS objects_invoice ON objects (type, json_extract(data, '$.invoice'));
CREATE INDEX IF NOT EXISTS objects_paid_by
    ON objects (type, json_extract(data, '$.payment.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_subscription
    ON objects (type, json_extract(data, '$.parent.subscription_details.subscription'));
CREATE TABLE IF NOT EXISTS planned (thing TEXT PRIMARY KEY, moment INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS planned_next ON planned (moment, thing);
"""
_FILTERS = frozenset(
    {
        "payment_intent", "charge", "customer", "source", "type", "currency", "status", "email",
        "payout", "customer_details.email", "invoice", "payment.payment_intent", "product",
        "subscription",
        "parent.subscription_details.subscription",
    }
)  # fmt: skip
_BOUNDS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA busy_timeout = 5000")
        self.db.executescript(_SCHEMA)

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Not nested."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, thing: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> None:
        self.db.execute(
            "INSERT INTO objects (id, type, created, data, private) VALUES (?, ?, ?, ?, ?)",
            (
                thing["id"],
                thing["object"],
                thing.get("created", 0),
                _dumps(thing),
                _dumps(private or {}),
            ),
        )

    def save(self, thing: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> None:
        """Keep the new state of an object; its private part stays unless a new one is given."""
        if private is None:
            self.db.execute(
                "UPDATE objects SET data = ? WHERE id = ?", (_dumps(thing), thing["id"])
            )
        else:
            self.db.execute(
                "UPDATE objects SET data = ?, private = ? WHERE id = ?",
                (_dumps(thing), _dumps(private), thing["id"]),
            )

    def find(self, object_id: str, kind: str | None = None) -> dict[str, Any] | None:
        row = self.db.execute(
            "SELECT type, data FROM objects WHERE id = ?", (object_id,)
        ).fetchone()
        return json.loads(row["data"]) if row and kind in (None, row["type"]) else None

    def private(self, object_id: str) -> dict[str, Any]:
        row = self.db.execute("SELECT private FROM objects WHERE id = ?", (object_id,)).fetchone()
        return json.loads(row["private"]) if row else {}

    def remove(self, object_id: str) -> None:
        self.db.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def select(
        self,
        kind: str,
        where: Mapping[str, str | None] | None = None,
        *,
        created: Mapping[str, int] | None = None,
        types: Sequence[str] = (),
        after: str | None = None,
        before: str | None = None,
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Objects of a kind, newest first. `after` and `before` are ids that exist.

        `types` are event types, with `*` as a wildcard.
        """
        clauses = ["type = ?"]
        values: list[str | int] = [kind]
        for name, wanted in (where or {}).items():
            if name not in _FILTERS:
                raise LookupError(name)
            if wanted is not None and name == "payout":
                clauses.append("id IN (SELECT movement FROM paid_out WHERE payout = ?)")
                values.append(wanted)
            elif wanted is not None:
                clauses.append(f"json_extract(data, '$.{name}') = ?")
                values.append(wanted)
        for bound, moment in (created or {}).items():
            clauses.append(f"created {_BOUNDS[bound]} ?")
            values.append(moment)
        if types:
            clauses.append(
                "(" + " OR ".join("json_extract(data, '$.type') GLOB ?" for _ in types) + ")"
            )
            values.extend(types)
        for cursor, sign in ((after, "<"), (before, ">")):
            if cursor:
                clauses.append(
                    f"(created, seq) {sign} (SELECT created, seq FROM objects WHERE id = ?)"
                )
                values.append(cursor)
        order = "ASC" if before else "DESC"
        rows = self.db.execute(
            f"SELECT data FROM objects WHERE {' AND '.join(clauses)}"
            f" ORDER BY created {order}, seq {order} LIMIT ?",
            (*values, limit),
        ).fetchall()
        found = [json.loads(row["data"]) for row in rows]
        return found[::-1] if before else found

    def overdue_sessions(self, now: int) -> list[dict[str, Any]]:
        # Asked at each turn of the background: left to itself SQLite reads every session there is.
        rows = self.db.execute(
            "SELECT data FROM objects INDEXED BY sessions_open WHERE type = 'checkout.session'"
            " AND json_extract(data, '$.status') = 'open'"
            " AND json_extract(data, '$.expires_at') <= ? ORDER BY seq",
            (now,),
        ).fetchall()
        return [json.loads(row["data"]) for row in rows]

    def plan(self, thing: str, moment: int | None) -> None:
        """Something is to happen to this object at the sandbox's `moment`; None: nothing is."""
        if moment is None:
            self.db.execute("DELETE FROM planned WHERE thing = ?", (thing,))
        else:
            self.db.execute(
                "INSERT INTO planned VALUES (?, ?) ON CONFLICT (thing) DO UPDATE SET moment = ?2",
                (thing, moment),
            )

    def next_planned(self, now: int) -> tuple[str, int] | None:
        """The first object and moment planned up to `now`."""
        row = self.db.execute(
            "SELECT thing, moment FROM planned WHERE moment <= ? ORDER BY moment, thing LIMIT 1",
            (now,),
        ).fetchone()
        return (row["thing"], row["moment"]) if row else None

    def forget_all(self, keep: tuple[str, ...]) -> None:
        """Start afresh: every object but those of the kinds kept, and all that is owed."""
        marks = ",".join("?" for _ in keep)
        self.db.execute(f"DELETE FROM objects WHERE type NOT IN ({marks})", keep)
        for table in ("deliveries", "idempotency", "settlements", "debits", "planned", "paid_out"):
            self.db.execute(f"DELETE FROM {table}")
        self.db.execute("DELETE FROM settings WHERE name NOT IN ('account', 'began')")

    def setting(self, name: str, default: Any = None) -> Any:
        row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row["value"]) if row else default

    def set(self, name: str, value: Any) -> None:
        self.db.execute(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?2",
            (name, json.dumps(value)),
        )


def _dumps(thing: Mapping[str, Any]) -> str:
    return json.dumps(thing, separators=(",", ":"), ensure_ascii=False)
