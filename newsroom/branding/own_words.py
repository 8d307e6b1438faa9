"""The newsroom's own short texts in the language of a page: its tagline, an appeal, what a person
writes about.

Editors write them in the main language; what they are in another stands in `OwnWords`. Kept in the
process for a minute, or for a generation where pages are kept, as navigation is: they change a few
times a year and every page shows them. The main language asks nothing.
"""

import copy
import time
from typing import Any, Final, TypeVar

from django.conf import settings
from django.utils.translation import get_language

from newsroom.branding.models import OwnWords
from newsroom.edge.generation import Kept

KEPT_SECONDS: Final = 60.0

Thing = TypeVar("Thing")

_kept: dict[str, tuple[float, dict[str, str]]] = {}
_of_the_generation: Kept[dict[str, str]] = Kept()


def own(text: str, language: str | None = None) -> str:
    """`text` in that language, the active one by default; as it is where nobody has said it."""
    return _known(language).get(text, text) if text else text


def spoken(thing: Thing, *fields: str, language: str | None = None) -> Thing:
    """`thing`, a model's instance, with what these fields say in that language: then a copy, which
    is for showing and not for saving."""
    known = _known(language)
    said = {name: known[text] for name in fields if (text := getattr(thing, name)) in known}
    if not said:
        return thing
    shown = copy.copy(thing)
    for name, text in said.items():
        setattr(shown, name, text)
    return shown


def forget(**_signal: Any) -> None:
    """Read again on the next page (this process's own changes are seen at once)."""
    _kept.clear()


def _known(language: str | None) -> dict[str, str]:
    language = language or get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return {}
    if settings.PAGE_CACHE_BYTES:
        return _of_the_generation.get(language, lambda: _read(language))
    kept = _kept.get(language)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        kept = _kept[language] = (time.monotonic(), _read(language))
    return kept[1]


def _read(language: str) -> dict[str, str]:
    return dict(OwnWords.objects.filter(language=language).values_list("source", "said"))
