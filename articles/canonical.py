"""One way to write a value down, so that the same value always has the same hash."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """`value` (dicts, lists, strings, integers, booleans, None) as UTF-8 JSON with sorted keys and
    no spaces. Floats are refused with TypeError: their text differs between languages."""
    _refuse_floats(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256(*parts: bytes | str) -> str:
    """Hexadecimal SHA-256 of the parts, each preceded by its length so that none can slide."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A float has no canonical form.")
    if isinstance(value, dict):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)
