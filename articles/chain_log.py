"""The chain as it is published at /corrections/log.json."""

from typing import Any, Final

from django.db.models import F

from articles.addresses import absolute
from articles.chain import START
from articles.models import Seal

LINKS_A_PAGE: Final = 500
LOG_PATH: Final = "/corrections/log.json"


def log_page(after: int) -> dict[str, Any]:
    """Up to `LINKS_A_PAGE` links that follow link `after`, and the addresses around them.

    `next` is the page after this one as soon as this one is full, also while it is still empty,
    so that a full page never changes; `prev` the one before. Each link says which version, entry or
    removal of which story it seals, its commitment and both chain hashes. `start` is what the first
    link is chained to.
    """
    rows = list(
        Seal.objects.filter(sequence__gt=after)
        .order_by("sequence")
        .values(
            "sequence",
            "story_sequence",
            "commitment",
            "story_hash",
            "site_hash",
            "recorded_at",
            story=F("article"),
            version_number=F("version__number"),
            entry_number=F("correction__number"),
            removal_number=F("removal__number"),
        )[:LINKS_A_PAGE]
    )
    full = len(rows) == LINKS_A_PAGE
    return {
        "start": START,
        "links": [_link(dict(row)) for row in rows],
        "prev": _page(max(0, after - LINKS_A_PAGE)) if after else None,
        "next": _page(rows[-1]["sequence"]) if full else None,
    }


def _page(after: int) -> str:
    return absolute(f"{LOG_PATH}?after={after}" if after else LOG_PATH)


def _link(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {kind: row.pop(f"{kind}_number") for kind in ("version", "entry", "removal")}
    seals = next(kind for kind, number in numbers.items() if number is not None)
    return {
        **row,
        "recorded_at": row["recorded_at"].isoformat(),
        "seals": seals,
        "number": numbers[seals],
    }
