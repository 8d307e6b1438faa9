"""Where the article's model hands over to the rules, at the moment its words become public.

Models call nobody; but the one funnel that every publication passes is `Article.save()`. So the
model announces here, and the rules (`articles/publishing.py`) are told of it. They are joined in
`articles/apps.py`; without them an announcement fails rather than lets words through.
Why it sits here: docs/decisions/0004-where-the-guard-sits.md.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from django.db.models import Model

    from articles.models import Article


class Refused(Exception):
    """Something that the record does not allow; `str()` is a sentence for the editor.

    `article` is the story's id, when one is concerned.
    """

    def __init__(self, sentence: str, article: int | None = None) -> None:
        super().__init__(sentence)
        self.article = article


Witness = Callable[["Article"], AbstractContextManager[None]]
_witness: Witness | None = None
_witness_of_leaving: Witness | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What whoever publishes knows and the page does not: who it is, and the moment it counts
    from (aware; None is now)."""

    by: Model | None = None
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why a story goes from the site: `kind` and `ground` as in `models/removals.py`, `reason` as
    readers are told, who asked and which second person agreed (accounts)."""

    kind: str
    ground: str
    reason: str
    by: Any = None
    agreed_by: Any = None


def witnessed_by(witness: Witness, leaving: Witness) -> None:
    """`witness(article)` surrounds every save that shows words to readers, `leaving(article)`
    each that may take them away."""
    global _witness, _witness_of_leaving
    _witness, _witness_of_leaving = witness, leaving


def going_public(article: Article) -> AbstractContextManager[None]:
    """Surrounds the save of a page that is, or becomes, live. May raise a domain error."""
    if _witness is None:
        raise ImproperlyConfigured("Nobody witnesses publications: is `articles` installed?")
    return _witness(article)


def leaving(article: Article) -> AbstractContextManager[None]:
    """Surrounds the save of a page that is not live and may have been. May raise `Refused`."""
    if _witness_of_leaving is None:
        raise ImproperlyConfigured("Nobody witnesses removals: is `articles` installed?")
    return _witness_of_leaving(article)
