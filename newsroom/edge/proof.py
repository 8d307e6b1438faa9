"""Work that a browser does to show that what it asks is worth some seconds to it (ALTCHA).

https://altcha.org/docs/proof-of-work: the browser looks for the number that gives a hash; a
person waits a moment, a program that asks thousands of times pays thousands of times. Nothing of
another service is loaded, and nothing is known of the reader but the address they come from.
"""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from altcha import ChallengeOptionsV1, create_challenge_v1, extract_params_v1, verify_solution_v1
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

GOOD_FOR = timedelta(minutes=10)


def challenge(purpose: str, who: str, work: int) -> dict[str, Any]:
    """What `static/js/prove-work.js` solves, as ALTCHA writes it: about `work` / 2 hashes.

    Good for ten minutes, for `purpose` and for `who` alone, once.
    """
    asked = ChallengeOptionsV1(
        max_number=work,
        hmac_key=_key(),
        expires=timezone.now() + GOOD_FOR,
        params={"for": _mark(purpose, who)},
    )
    return create_challenge_v1(asked).to_dict()


def proved(payload: str, purpose: str, who: str) -> bool:
    """Whether `payload` (as the browser sent it) solves a challenge of ours that nobody used."""
    if not payload or len(payload) > 2000:
        return False
    try:
        good, _why = verify_solution_v1(payload, _key())
        sent = json.loads(_decoded(payload))
        if not good or extract_params_v1(sent).get("for") != [_mark(purpose, who)]:
            return False
    except (ValueError, TypeError, AttributeError, KeyError):
        return False
    # By the challenge: the same solution can be written in many ways.
    return first_use(f"proof:{sent['challenge']}", GOOD_FOR)


def first_use(what: str, good_for: timedelta) -> bool:
    """True the first time within `good_for`. With Redis away it is believed: better a few tries
    too many than a reader sent away."""
    digest = hashlib.sha256(what.encode()).hexdigest()
    try:
        return bool(cache.add(f"used:{digest}", 1, int(good_for.total_seconds())))
    except RedisError:
        return True


def _decoded(payload: str) -> bytes:
    return base64.b64decode(payload, validate=True)


def _key() -> str:
    return salted_hmac("newsroom.edge.proof", "key", algorithm="sha256").hexdigest()


def _mark(purpose: str, who: str) -> str:
    """The asker's address, unreadable."""
    return salted_hmac(
        "newsroom.edge.proof.for", f"{purpose}:{who}", algorithm="sha256"
    ).hexdigest()[:24]
