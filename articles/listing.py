"""Stories as cards: in lists, feeds and under Keep reading. Every list is one query.

A card shows the current version's own copy. Retracted stories are in no list.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from articles.addresses import language_of, person_path
from articles.models import Article, Correction, Kind
from articles.models.article import Label


@dataclass(frozen=True, slots=True)
class Card:
    """A story in a list. Addresses are relative to the site; `id` is the article's."""

    id: int
    url: str
    headline: str
    dek: str
    label: str
    label_shown: str
    section_title: str
    section_url: str
    published_at: datetime
    modified_at: datetime
    authors: list[tuple[str, str]]
    image_url: str
    image_alt: str
    image_width: int | None
    image_height: int | None
    mark: str | None


def in_force(kind: str, article: str) -> Exists:
    """Whether the story has an entry of that kind that no later one supersedes. `article` is the
    outer query's column of the article's id."""
    return Exists(
        Correction.objects.filter(article=OuterRef(article), kind=kind, superseded_by__isnull=True)
    )


def published(language: str | None = None) -> "QuerySet[Article]":
    """Stories that may be listed, newest first."""
    found = Article.objects.filter(live=True, current_version__isnull=False)
    if language:
        found = found.filter(locale__language_code=language)
    return found.filter(~in_force(Kind.RETRACTION, "pk")).order_by("-first_published_at", "-pk")


def cards(found: "QuerySet[Article]", count: int | None = None, offset: int = 0) -> list[Card]:
    """`count` cards from `offset` on, in the queryset's order; one query."""
    rows = (
        found.filter(addresses__current=True)
        .annotate(corrected=in_force(Kind.CORRECTION, "pk"))
        .values(
            "pk",
            "corrected",
            "first_published_at",
            address=F("addresses__path"),
            headline=F("current_version__headline"),
            shown_dek=F("current_version__dek"),
            modified=F("current_version__published_at"),
            shown_label=F("current_version__content__label"),
            section=F("current_version__content__section"),
            authors=F("current_version__content__bylines"),
            picture=F("current_version__content__lead_image"),
        )
    )
    stop = None if count is None else offset + count
    return [card_of(row) for row in rows[offset:stop]]


def card_of(row: dict[str, Any]) -> Card:
    """The card of a row as `cards` reads it."""
    section, picture = row["section"], row["picture"] or {}
    # Versions before there were crops have none.
    image = picture.get("card") or _smallest_wide_enough(picture)
    return Card(
        id=row["pk"],
        url=row["address"],
        headline=row["headline"],
        dek=row["shown_dek"],
        label=row["shown_label"],
        label_shown=str(Label(row["shown_label"]).label),
        section_title=section["title"],
        section_url=section["url"],
        published_at=row["first_published_at"],
        modified_at=row["modified"],
        authors=[
            (each["name"], person_path(each["slug"], language_of(row["address"])))
            for each in row["authors"]
        ],
        image_url=image.get("url", ""),
        image_alt=picture.get("alt", ""),
        image_width=image.get("width"),
        image_height=image.get("height"),
        mark=str(Kind.CORRECTION) if row["corrected"] else None,
    )


def _smallest_wide_enough(picture: dict[str, Any], width: int = 720) -> dict[str, Any]:
    sources: list[dict[str, Any]] = picture.get("sources") or []
    enough = [each for each in sources if each["width"] >= width]
    return enough[0] if enough else (sources[-1] if sources else {})
