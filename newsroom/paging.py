"""Lists paged by key: the next page starts after the last row shown, so no page counts or skips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

PAGE_SIZE = 50
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class PageByKey:
    """Rows from the newest to the oldest; the two links are query strings, or empty."""

    rows: Sequence[Any]
    older: str
    newest: str


def page_by_key(
    queryset: QuerySet[Any], asked: Mapping[str, str], size: int = PAGE_SIZE
) -> PageByKey:
    """The page of `queryset` that `asked` (a request's GET) names with `before`, newest first.

    Anything but a row's id in `before` gives the newest page. The other keys of `asked` travel
    along in the links.
    """
    before = _key(asked.get("before", ""))
    if before is not None:
        queryset = queryset.filter(pk__lt=before)
    rows = list(queryset.order_by("-pk")[: size + 1])
    shown = rows[:size]
    kept = {name: value for name, value in asked.items() if name != "before" and value}
    return PageByKey(
        rows=shown,
        older="?" + urlencode(kept | {"before": shown[-1].pk}) if len(rows) > size else "",
        newest="?" + urlencode(kept) if before is not None else "",
    )


def _key(text: str) -> int | None:
    if text.isascii() and text.isdecimal() and int(text[:20]) <= LARGEST_KEY:
        return int(text[:20])
    return None
