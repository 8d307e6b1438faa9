"""How often one visitor may do what costs money, mail or a moderator's time.

A moving window in Redis (the `limits` library). When Redis is away nobody is held back: a
donation is worth more than the limit.
"""

import logging
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


@cache
def _limiter() -> MovingWindowRateLimiter:
    url = settings.CACHES["default"]["LOCATION"]
    return MovingWindowRateLimiter(
        storage_from_string(url.replace("unix://", "redis+unix://"), key_prefix="waylight-rates")
    )


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
