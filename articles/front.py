"""The front page: its lead, the latest stories, opinion, and the latest of each section."""

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from articles.listing import Card, cards, published
from articles.models import Article, FrontPage
from articles.models.article import Label
from articles.navigation import navigation

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
    news = cards(listed.exclude(current_version__content__label=Label.OPINION), LATEST + 1)
    lead = next(iter(cards(listed.filter(pk=chosen), 1)), None) if chosen else None
    lead = lead or (news[0] if news else None)
    return Front(
        lead=lead,
        cards=[card for card in news if lead is None or card.id != lead.id][:LATEST],
        opinion=cards(listed.filter(current_version__content__label=Label.OPINION), OPINION),
        sections=_by_section(listed, language),
    )


def _chosen_lead(language: str) -> int | None:
    found = FrontPage.objects.filter(locale__language_code=language, live=True)
    return found.values_list("lead", flat=True).first()


def _by_section(listed: "QuerySet[Article]", language: str) -> list[tuple[str, str, list[Card]]]:
    sections = navigation(language).sections
    arms = [
        listed.filter(current_version__content__section__url=url).values("pk")[:IN_SECTION]
        for _title, url in sections
    ]
    if not arms:
        return []
    first, *others = arms
    chosen = first.union(*others) if others else first
    found = cards(Article.objects.filter(pk__in=chosen).order_by("-first_published_at", "-pk"))
    return [
        (title, url, of_section)
        for title, url in sections
        if (of_section := [card for card in found if card.section_url == url])
    ]
