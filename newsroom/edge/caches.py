"""The caches in front of the site: Cloudflare, Fastly, and nginx or Varnish by PURGE.

They are Wagtail's kind of frontend cache backend (`wagtail.contrib.frontend_cache`), so any other
of those can stand in `EDGE_CACHES` too. Ours have a time limit and raise NotPurged: Wagtail's own
write a line in the log, and nobody could try again (docs/decisions/0008-purges.md).
"""

import json
import logging
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.contrib.frontend_cache.utils import get_backends

log = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 10


class NotPurged(Exception):
    """A cache did not take the purge; the text names it and what it said."""


def purge(urls: Sequence[str]) -> None:
    """Tell every cache that has these addresses' host. Raises NotPurged when one did not take it,
    after all were told."""
    troubles = []
    for name, backend in get_backends(backend_settings=settings.EDGE_CACHES).items():
        wanted = [url for url in urls if backend.invalidates_hostname(urlsplit(url).hostname or "")]
        try:
            if wanted:
                backend.purge_batch(wanted)
        except NotPurged as trouble:
            troubles.append(f"{name}: {trouble}")
    if troubles:
        raise NotPurged("; ".join(troubles))


class CloudflareCache(BaseBackend):
    """Params: ZONEID, BEARER_TOKEN, API_BASE. By address, at most 30 in a call
    (https://developers.cloudflare.com/api/resources/cache/methods/purge/)."""

    MOST: Final = 30

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        base = params.get("API_BASE") or "https://api.cloudflare.com/client/v4"
        self.endpoint = f"{base}/zones/{params['ZONEID']}/purge_cache"
        self.token = params["BEARER_TOKEN"]

    def purge_batch(self, urls: Sequence[str]) -> None:
        for begun in range(0, len(urls), self.MOST):
            body = json.dumps({"files": list(urls[begun : begun + self.MOST])}).encode()
            answer = _ask(
                "POST",
                self.endpoint,
                {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
                body,
            )
            try:
                said = json.loads(answer)
            except ValueError:
                raise NotPurged("the answer is not JSON") from None
            if not isinstance(said, dict) or said.get("success") is not True:
                raise NotPurged(f"refused: {answer[:200].decode(errors='replace')}")


class PurgeCache(BaseBackend):
    """PURGE to each address: nginx (ngx_cache_purge), Varnish, Fastly. Params: LOCATION (where the
    cache listens; without it the address's own), HEADERS (such as Fastly-Key).

    404 says that the cache did not have it (ngx_cache_purge does; RFC has no word of PURGE).
    """

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.location = str(params.get("LOCATION") or "").rstrip("/")
        self.headers = dict(params.get("HEADERS") or {})

    def purge_batch(self, urls: Sequence[str]) -> None:
        for url in urls:
            parts = urlsplit(url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            to = f"{self.location}{path}" if self.location else url
            try:
                _ask("PURGE", to, self.headers | {"Host": parts.netloc}, None)
            except _Answered as answer:
                if answer.status not in (404, 412):
                    raise


class _Answered(NotPurged):
    """It answered, and not with a 2xx."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def _ask(method: str, url: str, headers: dict[str, str], body: bytes | None) -> bytes:
    request = Request(url, data=body, headers=headers, method=method)  # noqa: S310 - from settings
    host = urlsplit(url).netloc
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            read: bytes = answer.read(65_536)
            return read
    except HTTPError as error:
        raise _Answered(error.code, f"{host} answered {error.code}") from None
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise NotPurged(f"{host} did not answer ({reason})") from None
