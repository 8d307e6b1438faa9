"""The sandbox's time: real, running from a moment that was set, or standing at one.

Everything `created` comes from it. Webhook signatures and back-off do not: those are real time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from .store import Store

_FURTHEST = 253402300799  # the last second of the year 9999


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store
        kept = store.setting("clock", {})
        self.offset: int = kept.get("offset", 0)
        self.stands_at: int | None = kept.get("stands_at")
        self._lent: int | None = None

    def now(self) -> int:
        """Unix seconds."""
        if self._lent is not None:
            return self._lent
        return self.stands_at if self.stands_at is not None else int(time.time()) + self.offset

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """It is `moment` for the block: what was due then is done with its own date."""
        self._lent = moment
        try:
            yield
        finally:
            self._lent = None

    def stand_at(self, moment: int) -> None:
        self._keep(0, moment)

    def run_from(self, moment: int) -> None:
        self._keep(moment - int(time.time()), None)

    def advance(self, seconds: int) -> None:
        """Go forward (or back): a clock that stands goes on standing, one that runs, running."""
        if self.stands_at is None:
            self._keep(self.offset + seconds, None)
        else:
            self._keep(0, self.stands_at + seconds)

    def be_real(self) -> None:
        self._keep(0, None)

    def state(self) -> dict[str, Any]:
        now = self.now()
        return {
            "now": now,
            "iso": datetime.fromtimestamp(now, UTC).isoformat(),
            "real": self.offset == 0 and self.stands_at is None,
            "running": self.stands_at is None,
        }

    def _keep(self, offset: int, stands_at: int | None) -> None:
        moment = int(time.time()) + offset if stands_at is None else stands_at
        if not 0 <= moment <= _FURTHEST:
            raise ValueError("The clock goes from 1970 to the end of the year 9999.")
        self.offset, self.stands_at = offset, stands_at
        self._store.set("clock", {"offset": offset, "stands_at": stands_at})


def read_moment(value: Any) -> int:
    """Unix seconds or an ISO 8601 text (UTC unless it names an offset). ValueError, TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("A moment is Unix seconds or an ISO 8601 text.")
    if isinstance(value, int | float):
        return int(value)
    if value.strip().lstrip("-").isdigit():
        return int(value)
    moment = datetime.fromisoformat(value.strip())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
