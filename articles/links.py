"""Whether the links of a story lead somewhere: our own looked up, others as last asked.

Other sites are asked by the work queue after a draft was saved (`check_outside`), a few at a time
and with patience for none; the answer is kept in the cache for a week, where the form reads it.
"""

import hashlib
import ipaddress
import re
import socket
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.urls import Resolver404, resolve
from wagtail.models import Page

from articles.checks import LinkState
from articles.models import Address

MOST: Final = 40
SECONDS: Final = 5
KEPT_SECONDS: Final = 7 * 24 * 3600
# A site may refuse a program what it shows to people.
_NO_ANSWER: Final = {401, 403, 405, 406, 408, 429, 451, 503}
_STORY: Final = re.compile(r"^(/\w\w)?/\d{4}/\d\d/\d\d/[\w-]+/")


def states_of(urls: Iterable[str]) -> dict[str, LinkState]:
    """How each address was found; one that was never asked counts as good."""
    wanted = list(dict.fromkeys(urls))
    paths = {url: _own_path(url) for url in wanted}
    stories = [match[0] for path in paths.values() if path and (match := _STORY.match(path))]
    live = dict(Address.objects.filter(path__in=stories).values_list("path", "article__live"))
    outside = cache.get_many([_key(url) for url in wanted if paths[url] is None])
    return {
        url: (_own_state(path, live) if path is not None else outside.get(_key(url), "good"))
        for url, path in paths.items()
    }


def check_outside(urls: Iterable[str]) -> dict[str, LinkState]:
    """Ask other sites for the first `MOST` of `urls` and keep what they answered."""
    wanted = [url for url in dict.fromkeys(urls) if _own_path(url) is None][:MOST]
    found: dict[str, LinkState] = {url: "good" if _answers(url) else "outside" for url in wanted}
    cache.set_many({_key(url): state for url, state in found.items()}, KEPT_SECONDS)
    return found


def _own_path(url: str) -> str | None:
    """The path of an address of this site, "" for a link to a page that is gone, else None."""
    if url.startswith(settings.BASE_URL + "/"):
        url = url.removeprefix(settings.BASE_URL)
    if not url or (url.startswith("/") and not url.startswith("//")):
        return url.partition("#")[0].partition("?")[0]
    return None


def _own_state(path: str, live: dict[str, bool]) -> LinkState:
    if match := _STORY.match(path):
        known = live.get(match[0])
        return "broken" if known is None else "good" if known else "removed"
    try:
        name = resolve(path).url_name if path else None
    except Resolver404:
        return "broken"
    if name != "wagtail_serve":
        return "good" if name else "broken"
    slug = path.rstrip("/").rpartition("/")[2]
    return "good" if Page.objects.live().filter(slug=slug).exists() else "broken"


def _answers(url: str) -> bool:
    for method in ("HEAD", "GET"):
        try:
            request = urllib.request.Request(  # noqa: S310 (`_refuse_private` allows http alone)
                url, method=method, headers={"User-Agent": "Waylight link check"}
            )
            _refuse_private(url)
            with _opener.open(request, timeout=SECONDS):
                return True
        except HTTPError as error:
            if error.code in _NO_ANSWER and method == "GET":
                return True
            if error.code not in _NO_ANSWER | {404, 501}:
                return False
        except (OSError, ValueError, HTTPException):
            return False
    return False


def _refuse_private(url: str) -> None:
    """A draft must not make our worker knock at the doors of our own network."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("Only addresses of the web are asked.")
    for *_rest, address in socket.getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(str(address[0])).is_global and settings.LINKS_PUBLIC_ONLY:
            raise ValueError("Addresses of private networks are not asked.")


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        _refuse_private(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = urllib.request.build_opener(_Redirects)


def _key(url: str) -> str:
    return "link:" + hashlib.sha256(url.encode()).hexdigest()
