"""Webhook signatures, made as Stripe makes them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def signature_header(payload: bytes, secrets: Iterable[str], moment: int) -> str:
    """The value of `Stripe-Signature` for real Unix seconds: one `v1` for each valid secret."""
    signed = str(moment).encode() + b"." + payload
    marks = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in secrets]
    return ",".join([f"t={moment}", *(f"v1={mark}" for mark in marks)])
