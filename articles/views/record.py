"""The public record: the corrections page and the chain that seals it."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.chain_log import log_page
from articles.entries import entry_lines, public_entries
from articles.models import Kind, Section
from articles.paging import page_number, page_of
from articles.story import POLICY_URL
from newsroom.edge.headers import public

FRESH_SECONDS = 30


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """All entries, newest first; `?kind=` and `?section=` (a section's slug) narrow them."""
    kind, slug = request.GET.get("kind", ""), request.GET.get("section", "")
    if kind and kind not in Kind.values:
        raise Http404
    found = public_entries(kind, _tree_path(slug) if slug else "")
    number = page_number(request)
    shown, has_next = page_of(lambda count, offset: entry_lines(found, count, offset), number)
    context = {
        "entries": shown,
        "kinds": [
            (value, shown, value == kind) for value, shown in [("", _("All")), *Kind.choices]
        ],
        "query": _query(kind, slug),
        "page_number": number,
        "has_next": has_next,
        "policy_url": POLICY_URL,
        "feed_url": "/corrections/feed.atom",
        "log_url": "/corrections/log.json",
    }
    return public(request, render(request, "articles/corrections.html", context), FRESH_SECONDS)


@require_safe
def chain_log(request: HttpRequest) -> HttpResponse:
    """The chain as JSON, oldest link first; `?after=` a sequence goes on from there."""
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return public(request, JsonResponse(log_page(int(text))), FRESH_SECONDS)


def _query(kind: str, section: str) -> str:
    """The filters in force, to stand before "page=" in a link."""
    chosen = {"kind": kind, "section": section}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{query}&" if query else ""


def _tree_path(slug: str) -> str:
    found = Section.objects.live().filter(slug=slug).values_list("path", flat=True).first()
    if found is None:
        raise Http404
    return found
