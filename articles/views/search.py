"""Readers' search at `/search/`: the form, what was found, and help when nothing was."""

from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.alternates import only
from articles.listing import published
from articles.models import Person, Topic
from articles.navigation import navigation
from articles.paging import page_number
from articles.search import LAST_PAGE, LONGEST, NotUnderstood, Wish, search
from newsroom.edge.headers import public

FRESH_SECONDS = 30
# How many names a list to choose from may have.
LISTED = 500
KEPT = ("q", "section", "author", "topic", "since", "until", "order")


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """`?q=` with `section`, `author`, `topic` (slugs), `since`, `until` (days), `order=newest` and
    `page`. The same bytes for everybody; 200 also when nothing is found."""
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in KEPT}
    number = page_number(request)
    if number > LAST_PAGE:
        raise Http404
    results, error = None, ""
    if any(asked.values()):
        try:
            results = search(_wish(asked), number)
        except NotUnderstood as refusal:
            error = str(refusal)
    context = {
        "asked": asked,
        "results": results,
        "error": error,
        "longest": LONGEST,
        "choices": _choices(asked),
        "narrowed": any(asked[name] for name in KEPT[1:6]),
        "page_number": number,
        "has_next": bool(results and results.has_next),
        "query": _kept(asked),
    }
    return public(request, render(request, "articles/search.html", context), FRESH_SECONDS)


def _wish(asked: dict[str, str]) -> Wish:
    return Wish(
        words=asked["q"],
        language=get_language() or "en",
        section=asked["section"],
        author=asked["author"],
        topic=asked["topic"],
        since=_day(asked["since"]),
        until=_day(asked["until"]),
        newest=asked["order"] == "newest",
    )


def _day(text: str) -> date | None:
    """The day; None when there is none. Raises NotUnderstood."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.max
    if day and not 1900 <= day.year <= 2999:
        raise NotUnderstood(_("A day is written like this: 2026-06-03."))
    return day


def _choices(asked: dict[str, str]) -> list[tuple[str, str, str, list[tuple[str, str, bool]]]]:
    """(field, label, the line for all, (value, shown, chosen) of each) of the lists."""
    sections = [
        (url.strip("/").rpartition("/")[2], title)
        for title, url in navigation(get_language() or "en").sections
    ]
    # Who writes and what is written about in the page's language; of everybody while it is the
    # site's only one.
    people, topics = (_named(model) for model in (Person, Topic))
    return [
        (name, label, all_, [(value, shown, value == asked[name]) for value, shown in options])
        for name, label, all_, options in (
            ("section", _("Section"), _("All sections"), sections),
            ("author", _("Written by"), _("Everybody"), people),
            ("topic", _("Topic"), _("All topics"), topics),
        )
    ]


def _named(model: type[Person] | type[Topic]) -> list[tuple[str, str]]:
    found = model.objects.order_by("name")
    if language := only():
        named = "bylines__person" if model is Person else "topics"
        stories = published(language).filter(**{named: OuterRef("pk")})
        found = found.filter(Exists(stories))
    return list(found.values_list("slug", "name")[:LISTED])


def _kept(asked: dict[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"{urlencode(kept)}&" if kept else ""
