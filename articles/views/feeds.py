"""What machines read: feeds (Atom and JSON Feed), the sitemaps, robots.txt."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import feeds, json_feed
from articles.addresses import absolute, section_path
from articles.entries import entry_lines
from articles.finding import Sought, find_entries
from articles.heads import recent_lines
from articles.listing import cards, published
from articles.models import Section
from articles.sitemap import news_sitemap_xml, sitemap_xml
from newsroom.branding.models import Branding
from newsroom.edge.headers import public
from newsroom.edge.language import language_prefix

FRESH_SECONDS = 60


def _language() -> str:
    return get_language() or "en"


def _answer(request: HttpRequest, made: bytes | dict[str, Any]) -> HttpResponse:
    """`made` as Atom or, when it is no text yet, as JSON Feed."""
    if isinstance(made, bytes):
        response = HttpResponse(made, content_type=feeds.CONTENT_TYPE)
    else:
        text = json.dumps(made, ensure_ascii=False)
        response = HttpResponse(text, content_type=json_feed.CONTENT_TYPE)
    return public(request, response, FRESH_SECONDS)


@require_safe
def site_feed(request: HttpRequest, form: str = "atom") -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    shown = cards(published(_language()), feeds.STORIES)
    page = f"{language_prefix(_language())}/"
    return _answer(request, _stories(form)(name, page, request.path, _language(), shown))


@require_safe
def section_feed(request: HttpRequest, slug: str, form: str = "atom") -> HttpResponse:
    found = _section(slug)
    name = Branding.load(request_or_site=request).name
    listed = published().filter(path__startswith=found.path)
    page = section_path(found.slug, _language())
    title, shown = f"{name}: {found.title}", cards(listed, feeds.STORIES)
    return _answer(request, _stories(form)(title, page, request.path, _language(), shown))


@require_safe
def corrections_feed(request: HttpRequest, form: str = "atom") -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    title = _("%(newsroom)s: corrections") % {"newsroom": name}
    # The main language's feed is the record's: every entry, whatever language its story is in.
    language = "" if _language() == settings.LANGUAGE_CODE else _language()
    shown = entry_lines(find_entries(Sought(language=language)), feeds.ENTRIES)
    page = reverse("corrections")
    made = _corrections(form)(title, page, request.path, _language(), shown, recent_lines())
    return _answer(request, made)


@require_safe
def section_corrections_feed(request: HttpRequest, slug: str, form: str = "atom") -> HttpResponse:
    found = _section(slug)
    name = Branding.load(request_or_site=request).name
    title = _("%(newsroom)s: corrections in %(section)s") % {
        "newsroom": name,
        "section": found.title,
    }
    shown = entry_lines(find_entries(Sought(section_path=found.path)), feeds.ENTRIES)
    page = f"{reverse('corrections')}?section={found.slug}"
    return _answer(request, _corrections(form)(title, page, request.path, _language(), shown))


def _stories(form: str) -> Callable[..., bytes | dict[str, Any]]:
    return json_feed.stories_feed if form == "json" else feeds.stories_feed


def _corrections(form: str) -> Callable[..., bytes | dict[str, Any]]:
    return json_feed.corrections_feed if form == "json" else feeds.corrections_feed


def _section(slug: str) -> Section:
    found = Section.objects.live().filter(slug=slug, locale__language_code=_language()).first()
    if found is None:
        raise Http404(_("There is no such section."))
    return found


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    body = sitemap_xml()
    return public(request, HttpResponse(body, content_type="application/xml"), FRESH_SECONDS)


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    body = news_sitemap_xml(name, timezone.now())
    return public(request, HttpResponse(body, content_type="application/xml"), FRESH_SECONDS)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /desk/",
        "Disallow: /account/",
        "Disallow: /give/thanks/",
        f"Sitemap: {absolute('/sitemap.xml')}",
        f"Sitemap: {absolute('/news-sitemap.xml')}",
        "",
    ]
    return public(request, HttpResponse("\n".join(lines), content_type="text/plain"), FRESH_SECONDS)
