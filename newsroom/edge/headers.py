"""What caches may keep: public pages for a while, everything about one person never."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag

STALE_SECONDS = 60


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


def uncached(response: HttpResponse) -> HttpResponse:
    """About one person or one attempt: kept nowhere."""
    response["Cache-Control"] = "private, no-store"
    return response
