"""The newsletters that pages offer: kept for a generation, since every story's page shows one."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from articles.addresses import section_path
from newsroom.edge.generation import Kept
from newsroom.letters.models import Newsletter

KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A newsletter as a sign-up form shows it; `section` is its section's address, or empty."""

    id: int
    slug: str
    name: str
    description: str
    cadence: str
    section: str


_of_the_generation: Kept[tuple[Offer, ...]] = Kept()


def offered(language: str) -> tuple[Offer, ...]:
    """What readers of pages in `language` may sign up to, the site's own before the sections'."""
    if settings.PAGE_CACHE_BYTES:
        return _of_the_generation.get(language, lambda: _read(language))
    try:
        known: tuple[Offer, ...] | None = cache.get(_key(language))
        if known is None:
            known = _read(language)
            cache.set(_key(language), known, KEPT_SECONDS)
    except RedisError:
        return _read(language)
    return known


def best_for(language: str, section: str = "") -> Offer | None:
    """The one to show where there is room for one: the section's own, else the site's first."""
    found = offered(language)
    own = [each for each in found if section and each.section == section]
    return next(iter(own or [each for each in found if not each.section] or found), None)


def forget(**_signal: Any) -> None:
    """Read again on the next page."""
    try:
        cache.delete_many([_key(code) for code, _name in settings.LANGUAGES])
    except RedisError:
        return


def _read(language: str) -> tuple[Offer, ...]:
    rows = Newsletter.objects.filter(open=True, language=language).select_related("section")
    return tuple(
        Offer(
            each.pk,
            each.slug,
            each.name,
            each.description,
            each.get_cadence_display(),
            section_path(each.section.slug, language) if each.section else "",
        )
        for each in sorted(rows, key=lambda each: (each.section_id is not None, each.pk))
    )


def _key(language: str) -> str:
    return f"newsletters:{language}"
