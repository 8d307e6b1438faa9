"""The edge's own connection to Redis: a reader's request waits for its answers, so not for long."""

from functools import cache
from typing import Final

from django.conf import settings
from redis import Redis

ANSWER_SECONDS: Final = 0.3


def redis() -> Redis:
    """The client of this process; its calls raise RedisError within `ANSWER_SECONDS`."""
    return _client(settings.REDIS_URL.replace("redis+socket://", "unix://"))


@cache
def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
