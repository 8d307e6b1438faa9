"""Whether a form came from our own pages, where pages carry no token.

Cacheable pages are the same bytes for everybody, so their forms have no CSRF token. Instead the
browser says where a POST comes from: `Sec-Fetch-Site`, else `Origin`
(https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site). A browser that says neither
is shown a page with a token form.
"""

from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


class Came(Enum):
    """Where a POST came from."""

    FROM_US = "from us"
    FROM_ELSEWHERE = "from elsewhere"
    UNSAID = "unsaid"


def came(request: HttpRequest) -> Came:
    """What the browser says of where this request came from."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if site:
        return Came.FROM_US if site == "same-origin" else Came.FROM_ELSEWHERE
    if not origin:
        return Came.UNSAID
    ours = urlsplit(settings.BASE_URL)
    try:
        theirs = urlsplit(origin)
    except ValueError:
        return Came.FROM_ELSEWHERE
    same = (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
    return Came.FROM_US if same else Came.FROM_ELSEWHERE
