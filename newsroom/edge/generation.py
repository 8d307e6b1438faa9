"""The site's generation: a word in Redis that is another one whenever what readers see has changed.

What a process keeps in memory is kept for one generation. Each process asks for it at most twice a
second, so a change is seen everywhere half a second after `advance`, whichever process made it. The
word is random: after Redis lost it no old page can be taken for one of the new generation. While
Redis is away the generation is another one every `AWAY_SECONDS` by itself.
"""

import logging
import os
import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

from django.conf import settings
from redis.exceptions import RedisError

from newsroom.edge.redis import redis

log = logging.getLogger(__name__)

KEY: Final = "waylight:generation"
CHECK_SECONDS: Final = 0.5
AWAY_SECONDS: Final = 2.0


Value = TypeVar("Value")


class Watch:
    """What this process knows of the generation."""

    def __init__(self) -> None:
        self._word = ""
        self._look_again = 0.0
        self._looking = Lock()
        # What Redis said last, and how often that was something else than before.
        self._said = ""
        self._turns = 0

    def current(self) -> str:
        """The generation, as it was at most `CHECK_SECONDS` ago."""
        now, word = time.monotonic(), self._word
        if word and now < self._look_again:
            return word
        # One thread looks; the others go on with what it found last, if it found anything.
        if not self._looking.acquire(blocking=not word):
            return word
        try:
            if not self._word or now >= self._look_again:
                said, lasts = _read()
                if said != self._said:
                    # Also where it is a word of before: Redis may come back from a copy of its own.
                    self._said, self._turns = said, self._turns + 1
                word = f"{said} {self._turns}"
                self._word, self._look_again = word, now + lasts
            return self._word or word
        finally:
            self._looking.release()

    def look_again(self) -> None:
        """Ask Redis before the next `current` is answered, however short ago it was asked."""
        self._word, self._look_again = "", 0.0


_watch = Watch()
current = _watch.current


class Kept(Generic[Value]):
    """What was read once and holds for a generation: only what changes with a purge owed
    (`purges.owe`). Nothing is kept where the site keeps no pages."""

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._state: tuple[str, dict[Hashable, Value]] = ("", {})

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """What `read` gave for `key` in this generation, else what it gives now."""
        if not settings.PAGE_CACHE_BYTES:
            return read()
        # Of the time before it is read: a change meanwhile makes it an old one.
        word = current()
        known, values = self._state
        if known != word or len(values) >= self._most:
            values = {}
            self._state = (word, values)
        if key not in values:
            values[key] = read()
        return values[key]


def advance() -> bool:
    """Begin another generation, for every process; whether Redis took it."""
    try:
        redis().set(KEY, _new_word())
    except RedisError as error:
        log.warning("generation not advanced: %s", type(error).__name__)
        return False
    finally:
        _watch.look_again()
    return True


def _read() -> tuple[str, float]:
    """The word, and for how many seconds it may be taken for the present one."""
    try:
        client = redis()
        found = client.get(KEY)
        if found is None:
            # Whoever is first says it for all.
            client.set(KEY, _new_word(), nx=True)
            found = client.get(KEY)
    except RedisError as error:
        log.warning("generation not known: %s", type(error).__name__)
        return f"away {_new_word()}", AWAY_SECONDS
    return str(found, "ascii") if isinstance(found, bytes) else "", CHECK_SECONDS


def _new_word() -> str:
    return os.urandom(12).hex()
