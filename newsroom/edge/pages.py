"""Whole public pages, kept in this process for those without a CDN.

The store is bounded by bytes; a page is kept for one generation of the site (`generation.py`), and
within it for as long as its own `Cache-Control` lets shared caches keep it. `middleware.py` decides
what comes in.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import brotli

# A page over this is not kept: it would push out too many.
LARGEST_BYTES: Final = 1024 * 1024
# What a page costs beside its body.
_BESIDE_BYTES: Final = 2_000
# Below this a compressed body saves nothing that a reader notices.
_SMALLEST_COMPRESSED: Final = 600
_BROTLI_QUALITY: Final = 5


@dataclass(frozen=True, slots=True)
class Encoded:
    """A page as it goes out, all but its age. `headers` by their names in small letters, each with
    its name and value."""

    body: bytes
    headers: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Page:
    """An answer as it was given: `headers` with all that middleware added, `etag` quoted.

    `fresh_seconds` it may be given out; `stale_seconds` longer while somebody makes it anew.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    etag: str
    generation: str
    fresh_seconds: int
    stale_seconds: int
    made_at: float = field(default_factory=time.monotonic)
    _encoded: dict[str, "Encoded"] = field(default_factory=dict)

    @property
    def age(self) -> float:
        return time.monotonic() - self.made_at

    @property
    def size(self) -> int:
        # Both compressed bodies together are smaller than the body.
        return 2 * len(self.body) + _BESIDE_BYTES

    def is_fresh(self, generation: str) -> bool:
        return self.generation == generation and self.age < self.fresh_seconds

    def may_stand_in(self, generation: str) -> bool:
        """Whether it may be given out while it is made anew (RFC 5861)."""
        return self.generation == generation and self.age < self.fresh_seconds + self.stale_seconds

    def encoded(self, accepted: str) -> Encoded:
        """The page in the best encoding of `accepted` (the request's Accept-Encoding), made once.
        Public pages hold no secret that their length could tell (BREACH)."""
        large = accepted and len(self.body) >= _SMALLEST_COMPRESSED
        name = _best(accepted) if large else ""
        found = self._encoded.get(name)
        if found is None:
            found = self._encoded[name] = self._encode(name)
        return found

    def _encode(self, name: str) -> Encoded:
        body = self.body
        if name == "br":
            body = brotli.compress(body, quality=_BROTLI_QUALITY)
        elif name == "gzip":
            body = gzip.compress(body, 6, mtime=0)
        headers = self.headers | {"Vary": "Accept-Encoding", "Content-Length": str(len(body))}
        if name:
            headers["Content-Encoding"] = name
            if self.etag:
                headers["ETag"] = f'{self.etag[:-1]};{name}"'
        return Encoded(body, {name.lower(): (name, value) for name, value in headers.items()})


class Store:
    """Pages by their key, the least lately asked for going first when there is no room."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: Page) -> None:
        if len(page.body) > LARGEST_BYTES:
            return
        with self._lock:
            self._forget(key)
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self.most_bytes:
                self._forget(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    @property
    def bytes(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._pages)

    def _forget(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= page.size


def lasts(cache_control: str) -> tuple[int, int]:
    """For how many seconds a shared cache may keep it, and how much longer while it asks again;
    (0, 0) for what is not public or says no time."""
    said = dict(_directives(cache_control))
    if "public" not in said or said.keys() & {"no-store", "no-cache", "private"}:
        return 0, 0
    return _seconds(said, "s-maxage"), _seconds(said, "stale-while-revalidate")


def _directives(cache_control: str) -> "list[tuple[str, str]]":
    parts = (part.strip().partition("=") for part in cache_control.lower().split(","))
    return [(name, value) for name, _sign, value in parts]


def _seconds(said: Mapping[str, str], name: str) -> int:
    value = said.get(name, "")
    return int(value) if value.isdecimal() else 0


def _best(accepted: str) -> str:
    """`br`, `gzip` or nothing; what is weighed with 0 is not accepted (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.lower().replace(" ", "").split(","):
        name, _sign, weight = part.partition(";q=")
        weights[name] = not weight or bool(weight.strip("0."))
    return next((name for name in ("br", "gzip") if weights.get(name)), "")
