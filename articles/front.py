"""The front page: its lead, the latest stories, opinion, and the latest of each section."""

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from articles.addresses import section_path
from articles.listing import Card, cards, published
from articles.models import Article, FrontPage, Section
from articles.models.article import Label

LATEST: Final = 9
OPINION: Final = 4
IN_SECTION: Final = 4


@dataclass(frozen=True, slots=True)
class Front:
    """`sections`: (title, url, cards) in the desk's order, those without a story left out."""

    lead: Card | None
    cards: list[Card]
    opinion: list[Card]
    sections: list[tuple[str, str, list[Card]]]


def front_page(language: str) -> Front:
    """What the front page shows: the lead an editor chose, else the newest story. Opinion has its
    own place and leads nowhere by itself."""
    listed = published(language)
    chosen = _chosen_lead(language)
    news = cards(listed.exclude(label=Label.OPINION), LATEST + 1)
    lead = next(iter(cards(listed.filter(pk=chosen), 1)), None) if chosen else None
    lead = lead or (news[0] if news else None)
    return Front(
        lead=lead,
        cards=[card for card in news if lead is None or card.id != lead.id][:LATEST],
        opinion=cards(listed.filter(label=Label.OPINION), OPINION),
        sections=_by_section(listed, language),
    )


def _chosen_lead(language: str) -> int | None:
    found = FrontPage.objects.filter(locale__language_code=language, live=True)
    return found.values_list("lead", flat=True).first()


def _by_section(listed: "QuerySet[Article]", language: str) -> list[tuple[str, str, list[Card]]]:
    sections = list(
        Section.objects.live()
        .filter(locale__language_code=language)
        .order_by("path")
        .values_list("title", "slug", "path")
    )
    # One short arm for each section, so that the page costs the same however many stories there
    # are.
    arms = [
        listed.filter(path__startswith=path).values("pk")[:IN_SECTION]
        for _title, _slug, path in sections
    ]
    if not arms:
        return []
    first, *others = arms
    chosen = first.union(*others) if others else first
    newest = Article.objects.filter(pk__in=chosen).order_by("-first_published_at", "-pk")
    found = cards(newest)
    urls = [(title, section_path(slug, language)) for title, slug, _path in sections]
    return [
        (title, url, of_section)
        for title, url in urls
        if (of_section := [card for card in found if card.section_url == url])
    ]
