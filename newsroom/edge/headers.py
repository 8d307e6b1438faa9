"""What caches may keep: public pages for a while, everything about one person never."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag

STALE_SECONDS = 60
FAR_SECONDS = 365 * 24 * 3600


def public(
    request: HttpRequest, response: HttpResponse, seconds: int, stale: int = STALE_SECONDS
) -> HttpResponse:
    """Let shared caches keep `response` for `seconds`, and answer 304 when nothing changed.

    A browser asks again each time (`max-age=0`), so a correction is seen on the next load; a
    shared cache may serve the old copy for `stale` seconds more while it fetches the new one
    (RFC 5861).
    """
    response["Cache-Control"] = (
        f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={stale}"
    )
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
