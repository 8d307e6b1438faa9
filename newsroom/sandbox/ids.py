"""Ids as Stripe writes them: a prefix that says the kind, then letters and digits."""

from __future__ import annotations

import secrets
import string

_SIGNS = string.ascii_letters + string.digits


def make(prefix: str, length: int = 24) -> str:
    return f"{prefix}_" + "".join(secrets.choice(_SIGNS) for _ in range(length))
