"""The site's sections and standing pages, for every page's header and footer.

Kept in the process for a minute, or for a generation where pages are kept: they change a few times
a year and every page shows them.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page

from articles.addresses import section_path
from articles.models import Purpose
from articles.story import policy_url
from newsroom.edge.generation import Kept
from newsroom.edge.language import language_prefix

KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Navigation:
    """`sections` (title, url) in the order of the desk; `standing` (title, url, purpose); `front`
    says whether the language has a front page that readers see."""

    sections: list[tuple[str, str]]
    standing: list[tuple[str, str, str]]
    front: bool = True
    read_at: float = field(default_factory=time.monotonic)


_kept: dict[str, Navigation] = {}
_of_the_generation: Kept[Navigation] = Kept()


def navigation(language: str) -> Navigation:
    """What `language`'s pages link to, at most `KEPT_SECONDS` old. One query when not kept."""
    if settings.PAGE_CACHE_BYTES:
        return _of_the_generation.get(language, lambda: _read(language))
    kept = _kept.get(language)
    if kept is None or time.monotonic() - kept.read_at > KEPT_SECONDS:
        kept = _kept[language] = _read(language)
    return kept


def forget(**_signal: Any) -> None:
    """Read again on the next page (this process's own changes are seen at once)."""
    _kept.clear()


def _read(language: str) -> Navigation:
    rows = (
        Page.objects.live()
        .filter(
            Q(section__isnull=False) | Q(standingpage__isnull=False) | Q(frontpage__isnull=False)
        )
        .filter(locale__language_code=language)
        .order_by("path")
        .values_list("title", "slug", "standingpage__purpose", "frontpage")
    )
    return Navigation(
        sections=[
            (title, section_path(slug, language))
            for title, slug, purpose, front in rows
            if not purpose and not front
        ],
        standing=[
            (title, standing_path(slug, purpose, language), purpose)
            for title, slug, purpose, _front in rows
            if purpose
        ],
        front=any(front for _title, _slug, _purpose, front in rows),
    )


def standing_path(slug: str, purpose: str, language: str) -> str:
    if purpose == Purpose.CORRECTIONS:
        return policy_url(language)
    return f"{language_prefix(language)}/{slug}/"
