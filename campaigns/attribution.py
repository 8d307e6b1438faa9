"""Which story a gift was begun from: what the give link carries, checked before it is believed.

No cookie and no identifier: the link says the story and the place (`?from=<id>&via=banner`),
the visit's first story comes from the reader's own tab.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from articles.models import Article

_VIA = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Ids of stories that exist and were published, or None; `via` is a short plain word."""

    article: int | None = None
    first_article: int | None = None
    via: str = ""


def origin_of(fields: Mapping[str, str]) -> Origin:
    """Read `from`, `first` and `via`; what is not well-formed or not a story is left out."""
    last, first = (_number(fields.get(name, "")) for name in ("from", "first"))
    asked = {n for n in (last, first) if n}
    known = (
        set(
            Article.objects.filter(pk__in=asked, current_version__isnull=False).values_list(
                "pk", flat=True
            )
        )
        if asked
        else set()
    )
    via = fields.get("via", "")
    return Origin(
        article=last if last in known else None,
        first_article=first if first in known else None,
        via=via if _VIA.fullmatch(via) else "",
    )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else None
