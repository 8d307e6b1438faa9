"""What is known of where a gift was begun: checked before it is believed.

No cookie and no identifier: the link says the story and the place (`?from=<id>&via=banner`),
the visit's first story, how it came and on what device come from the reader's own tab, as one of
a few classes each: nobody is told by them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from articles.models import Article

# How a visit came: by the host of the first page's referrer, or by a letter's link.
REFERRERS: Final = ("direct", "search", "social", "letter", "other", "ours")
DEVICES: Final = ("phone", "tablet", "desktop")
# While a holdout runs: whether the banner stood on the story.
ARMS: Final = ("shown", "held")
_VIA = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Ids of stories that exist and were published, or None; `via` is a short plain word."""

    article: int | None = None
    first_article: int | None = None
    via: str = ""
    referrer: str = ""
    device: str = ""
    arm: str = ""


def origin_of(fields: Mapping[str, str]) -> Origin:
    """Read `from`, `first`, `via`, `came`, `device` and `arm`; what is not well-formed, no story or
    of no class of ours is left out."""
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
        via=plain_via(via),
        referrer=one_of(REFERRERS, fields.get("came", "")),
        device=one_of(DEVICES, fields.get("device", "")),
        arm=one_of(ARMS, fields.get("arm", "")),
    )


def plain_via(text: str) -> str:
    """The place of a give link; "" for what is none of ours."""
    return text if _VIA.fullmatch(text) else ""


def one_of(known: tuple[str, ...], text: str) -> str:
    return text if text in known else ""


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else None
