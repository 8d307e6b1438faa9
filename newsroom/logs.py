"""What the log says: one line or one JSON object an event, with no address, key or card in it.

Who reads logs is not who may see donors: whatever looks like an e-mail address, a secret of
Stripe's, a token in an address or a card's number is struck out before a line is written, in
tracebacks too.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final

STRUCK: Final = "[…]"
_PRIVATE: Final = re.compile(
    r"""
    [\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+      # an e-mail address
    | \b(?:sk|rk|whsec)_[A-Za-z0-9_]{8,}       # Stripe's secrets
    | (?<=[?&])(?:token|key|code|signature|sesame)=[^&\s"']+
    | (?<=/give/thanks/)[\w-]{16,}             # who holds it sees a gift
    | (?<=//)[^/\s:@]+:[^/\s@]+(?=@)           # user and password of an address
    | (?i:bearer|basic)\s+[\w.~+/=-]{8,}
    | \b\d(?:[ -]?\d){12,18}\b                 # a card's number
    """,
    re.VERBOSE,
)
# What a record has of its own; anything else was passed as `extra`.
_OWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def struck(text: str) -> str:
    """`text` without what looks like an address, a secret or a card's number."""
    return _PRIVATE.sub(STRUCK, text)


class LineFormatter(logging.Formatter):
    """One line a record, struck."""

    def format(self, record: logging.LogRecord) -> str:
        return struck(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at` (UTC), `level`, `logger`, `message`, what was passed as
    `extra`, `trace` while one is recorded, `exception` with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": struck(record.getMessage()),
        }
        for name, value in record.__dict__.items():
            # Django passes the request; its words are not ours to keep.
            if name not in _OWN and isinstance(value, str | int | float | bool):
                said[name] = struck(value) if isinstance(value, str) else value
        if record.exc_info:
            said["exception"] = struck(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)
