"""How often one visitor may do what costs money, mail or a moderator's time.

A moving window in Redis (the `limits` library). When Redis is away nobody is held back: a
donation is worth more than the limit.
"""

import logging
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from limits import parse
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# More than anybody does within a window: a counter that holds nobody back.
_UNCOUNTABLE = 10_000_000


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(_storage())


def allowed(what: str, rate: str, *who: str) -> bool:
    """Count one act of `who`; False when it is one more than `rate` ("20/10 minutes") allows."""
    try:
        return _limiter().hit(parse(rate), what, *who)
    except RedisError:
        log.warning("rate of %s not counted: Redis is away", what)
        return True


def address_of(request: HttpRequest) -> str:
    """The visitor's address: the last one our own proxy added, or the connection's."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


def count(what: str, window: str, *who: str) -> int:
    """Count one act of `who` and say how many there were within `window` ("10 minutes"), this one
    included. 0 when Redis is away."""
    item = parse(f"{_UNCOUNTABLE}/{window}")
    try:
        _counter().hit(item, what, *who)
        return _UNCOUNTABLE - _counter().get_window_stats(item, what, *who).remaining
    except RedisError:
        log.warning("%s not counted: Redis is away", what)
        return 0


def counted(what: str, window: str, *who: str) -> int:
    """How many acts of `who` were counted within `window`, without one more."""
    item = parse(f"{_UNCOUNTABLE}/{window}")
    try:
        return _UNCOUNTABLE - _counter().get_window_stats(item, what, *who).remaining
    except RedisError:
        return 0


@cache
def _counter() -> SlidingWindowCounterRateLimiter:
    # Two numbers for each window, however many acts: an attack must not fill Redis.
    return SlidingWindowCounterRateLimiter(_storage())


@cache
def _storage() -> Storage:
    url = settings.CACHES["default"]["LOCATION"]
    made = storage_from_string(url.replace("unix://", "redis+unix://"), key_prefix="waylight-rates")
    assert isinstance(made, Storage)
    return made
