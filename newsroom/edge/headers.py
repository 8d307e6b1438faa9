"""What caches may keep: public pages for a while, everything about one person never.

Our own page cache forgets everything at each change, so it may keep a page for long. A cache in
front is told of the addresses that a change makes old (`purges.py`), and of no other: it may keep
a page so shortly that words it was not told of are soon gone too (docs/decisions/0008-purges.md).
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag

STALE_SECONDS = 60
# What a cache in front may keep a page for, and that long once more while it asks anew.
FRONT_SECONDS = 5
FAR_SECONDS = 365 * 24 * 3600


def public(
    request: HttpRequest,
    response: HttpResponse,
    seconds: int,
    stale: int = STALE_SECONDS,
    *,
    in_front: int = FRONT_SECONDS,
) -> HttpResponse:
    """Let our own page cache keep `response` for `seconds`, caches in front for `in_front` of them,
    and answer 304 when nothing changed.

    A browser asks again each time (`max-age=0`), so a correction is seen on the next load. A cache
    may give the old copy for `stale` seconds more while it fetches the new one (RFC 5861), one in
    front for no more than `in_front`.
    """
    response["Cache-Control"] = (
        f"public, max-age=0, s-maxage={min(seconds, in_front)}, "
        f"stale-while-revalidate={min(stale, in_front)}"
    )
    response.kept_here = (seconds, stale)  # type: ignore[attr-defined]
    if response.status_code != 200 or response.streaming:
        return response
    set_response_etag(response)
    answer = get_conditional_response(request, response["ETag"], None, response)
    return answer or response


def far_kept(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For files that never change at their address: another picture, or the same in another size,
    has another one."""

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["Cache-Control"] = f"public, max-age={FAR_SECONDS}, immutable"
        return response

    return kept


def uncached(response: HttpResponse) -> HttpResponse:
    """About one person or one attempt: kept nowhere."""
    response["Cache-Control"] = "private, no-store"
    return response
