"""`/steps/`: a page's script says that it was loaded. Answers nothing, whatever is counted."""

import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from campaigns import steps
from campaigns.tries import mark
from newsroom.edge.headers import uncached
from newsroom.edge.origin import Came, came
from newsroom.edge.rates import address_of, count

log = logging.getLogger(__name__)

MOST_BYTES: Final = 1_000
# From one address: a school or an office has many readers.
A_MINUTE: Final = 600


@csrf_exempt
@require_POST
def step(request: HttpRequest) -> HttpResponse:
    """Count one page load. 413, 403, 429 and 400 say why it is not counted; a bot's is left out
    without a word."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return uncached(HttpResponse(status=413))
    if came(request) is not Came.FROM_US:
        return uncached(HttpResponse(status=403))
    if steps.is_bot(request.headers.get("User-Agent", "")):
        return uncached(HttpResponse(status=204))
    if count("steps", "minute", mark(address_of(request))) > A_MINUTE:
        return uncached(HttpResponse(status=429))
    load = steps.read(request.POST)
    if load is None:
        return uncached(HttpResponse(status=400))
    try:
        steps.count(load, timezone.now())
    except RedisError:
        log.info("a page load was not counted: Redis is away")
    return uncached(HttpResponse(status=204))
