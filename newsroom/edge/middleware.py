"""The page cache: the outermost middleware, so that a page that is kept costs next to nothing.

What is kept is what a view said any cache may keep (`headers.public`): it sets no cookie and varies
by none. Everybody gets the same bytes, so who asks does not matter. One request makes a page; the
others wait for it, or get the old one while it is still good enough. Nothing but GET makes a page.
"""

from collections.abc import Callable
from threading import Event, Lock
from typing import Final
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from newsroom.edge import generation, page_counts
from newsroom.edge.pages import Page, Store, lasts

Respond = Callable[[HttpRequest], HttpResponseBase]

# Whatever else they say, these are about one person, or not ours to keep.
_NEVER: Final = ("/desk/", "/account/", "/stripe/", "/static/", "/media/", "/healthz", "/readyz")
# What may change a page. Any other parameter but those below has the page made for it alone.
_KNOWN: Final = frozenset({"page", "before", "after", "view", "from", "via", "sort"})
# What other sites hang on to our addresses; no page of ours reads it.
_FOREIGN: Final = frozenset({"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "igshid", "si"})
_LONGEST_QUERY: Final = 200
# No address of ours is longer, and what cannot be kept is remembered by its key.
_LONGEST_KEY: Final = 1_000
# How long a request waits for another one that makes the same page, before it makes it itself.
_WAIT_SECONDS: Final = 10.0
_MOST_PASSING: Final = 10_000
_OF_THE_BODY: Final = ("content-type", "content-length", "content-encoding", "content-language")
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")

STORE: Final = Store(settings.PAGE_CACHE_BYTES)


class PageCacheMiddleware:
    """Off where `PAGE_CACHE_BYTES` is 0."""

    def __init__(self, get_response: Respond) -> None:
        if not settings.PAGE_CACHE_BYTES:
            raise MiddlewareNotUsed
        STORE.most_bytes = settings.PAGE_CACHE_BYTES
        self._inside = get_response
        self._under_way: dict[str, Event] = {}
        self._lock = Lock()
        # Addresses whose last answer could not be kept: nobody waits for them.
        self._passing: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = _key(request)
        now = generation.current()
        if key is None:
            response = self._inside(request)
            if lasts(response.get("Cache-Control", ""))[0] and generation.current() != now:
                _for_this_reader_alone(response)
            return response
        page = STORE.get(key)
        if page is not None and page.is_fresh(now):
            page_counts.hit()
            return _answer(request, page)
        if request.method == "HEAD" or key in self._passing:
            return self._inside(request) if request.method == "HEAD" else self._make(request, key)
        other = self._join(key)
        if other is None:
            try:
                return self._make(request, key)
            finally:
                self._leave(key)
        if page is not None and page.may_stand_in(now):
            page_counts.hit()
            return _answer(request, page)
        other.wait(_WAIT_SECONDS)
        page = STORE.get(key)
        if page is not None and page.is_fresh(generation.current()):
            page_counts.hit()
            return _answer(request, page)
        return self._make(request, key)

    def _make(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Ask the site, keep its answer if it may be kept, and give it."""
        # Of the time before the site looks: a change meanwhile makes it an old page.
        now = generation.current()
        passing = key in self._passing
        conditions = {name: request.META[name] for name in _CONDITIONS if name in request.META}
        if not passing:
            # A page must be had whole to be kept.
            for name in conditions:
                del request.META[name]
        response = self._inside(request)
        for name, value in conditions.items():
            request.META[name] = value
        page = _page_of(response, now)
        if page is None:
            if len(self._passing) >= _MOST_PASSING:
                self._passing.clear()
            self._passing.add(key)
            return response
        page_counts.miss()
        self._passing.discard(key)
        if generation.current() != now:
            # Its purge may have gone out while it was made: no cache in front may keep it now.
            return _for_this_reader_alone(_answer(request, page))
        STORE.put(key, page)
        return _answer(request, page)

    def _join(self, key: str) -> Event | None:
        """The event at whose end the page is made; None for who makes it."""
        with self._lock:
            under_way = self._under_way.get(key)
            if under_way is None:
                self._under_way[key] = Event()
            return under_way

    def _leave(self, key: str) -> None:
        with self._lock:
            self._under_way.pop(key).set()


def _key(request: HttpRequest) -> str | None:
    """By what a page is kept: scheme, host, path (which has the language) and the parameters that
    matter. None for what is not kept. Parameters of other sites are taken off the request."""
    meta = request.META
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in meta:
        return None
    path = request.path_info
    if path.startswith(_NEVER):
        return None
    query = meta.get("QUERY_STRING", "")
    if query:
        known = _known(query)
        if known is None:
            return None
        meta["QUERY_STRING"] = query = known
    # The path is decoded and may hold a "?"; a query holds no line break.
    key = f"{request.scheme}://{meta.get('HTTP_HOST', '')}{path}\n{query}"
    return key if len(key) <= _LONGEST_KEY else None


def _known(query: str) -> str | None:
    """The query without what other sites added; None with a parameter we do not know."""
    if len(query) > _LONGEST_QUERY:
        return None
    try:
        given = parse_qsl(query, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return None
    kept = [
        (name, value)
        for name, value in given
        if name not in _FOREIGN and not name.startswith("utm_")
    ]
    if any(name not in _KNOWN for name, _value in kept):
        return None
    return urlencode(kept) if len(kept) < len(given) else query


def _page_of(response: HttpResponseBase, now: str) -> Page | None:
    """The answer to be kept, if every cache may keep it and it is the same for everybody."""
    fresh, stale = lasts(response.get("Cache-Control", ""))
    if fresh:
        fresh, stale = getattr(response, "kept_here", (fresh, stale))
    # What a browser has already is nobody else's page.
    if response.status_code == 304:
        return None
    if not fresh or response.streaming or response.cookies or "Set-Cookie" in response:
        return None
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {""}
    if varies - {"accept-encoding"} or "Content-Encoding" in response:
        return None
    assert isinstance(response, HttpResponse)
    etag = response.get("ETag", "")
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return Page(response.status_code, headers, response.content, etag, now, fresh, stale)


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page as this request wants it: whole, compressed, its head alone, or that it is the one
    it has (RFC 9110)."""
    meta = request.META
    kept = page.encoded(meta.get("HTTP_ACCEPT_ENCODING", ""))
    if page.status == 200 and page.etag and _has_it(meta.get("HTTP_IF_NONE_MATCH", ""), page.etag):
        response = HttpResponse(status=304)
        headers = {name: said for name, said in kept.headers.items() if name not in _OF_THE_BODY}
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else kept.body, status=page.status)
        headers = kept.headers
    # They were looked over when the page was made: putting them in one by one, each looked over
    # again, costs more than all the rest. Its age is that of the generation it was held against
    # just now: a cache in front may keep it as long as one made for it.
    response.headers._store = {**headers, "age": ("Age", "0")}  # type: ignore[attr-defined]
    return response


def _for_this_reader_alone(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, max-age=0"
    return response


def _has_it(conditions: str, etag: str) -> bool:
    if not conditions:
        return False
    plain = {
        each.removeprefix("W/").partition(";")[0].strip('"') for each in parse_etags(conditions)
    }
    return "*" in plain or etag.removeprefix("W/").strip('"') in plain
