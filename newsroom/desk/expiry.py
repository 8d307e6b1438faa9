"""What ends on a day: the certificate that browsers see, and keys whose day was written down."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

KEY: Final = "certificate"
SOON: Final = timedelta(days=21)
NOW: Final = timedelta(days=3)
SECONDS: Final = 10
# Looked at each day; older than this nobody has looked.
STALE: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Certificate:
    """As it was at `seen_at`: the end of its validity, or why none could be seen."""

    seen_at: datetime
    ends_at: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate or key that ends on a day, and how many days are left."""

    name: str
    day: date
    days: int


def needed() -> bool:
    """Whether readers come by https at all."""
    return urlsplit(settings.BASE_URL).scheme == "https"


def look(moment: datetime) -> Certificate:
    """Shake hands with the site as a browser does, and keep what was seen."""
    address = urlsplit(settings.BASE_URL)
    host, port = address.hostname or "localhost", address.port or 443
    try:
        seen = Certificate(moment, _ends_at(host, port))
    except (OSError, ValueError) as error:
        # The reason is a sentence of the TLS library's: "certificate has expired".
        said = getattr(error, "verify_message", "") or type(error).__name__
        seen = Certificate(moment, None, said)
    cache.set(KEY, seen, None)
    return seen


def certificate() -> Certificate | None:
    """What was seen last."""
    found: Certificate | None = cache.get(KEY)
    return found


def endings(today: date) -> list[Ending]:
    """The certificate and the keys of `WAYLIGHT_KEYS_EXPIRE`, the next to end first."""
    found = [Ending(name, day, (day - today).days) for name, day in settings.KEYS_EXPIRE.items()]
    seen = certificate() if needed() else None
    if seen and seen.ends_at:
        day = seen.ends_at.date()
        found.append(Ending("certificate", day, (day - today).days))
    return sorted(found, key=lambda each: each.day)


def _ends_at(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        shown = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
