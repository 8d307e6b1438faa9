"""What machines read: Atom feeds, the sitemap, robots.txt."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import feeds
from articles.addresses import absolute, section_path
from articles.entries import entry_lines, public_entries
from articles.listing import cards, published
from articles.models import Section
from articles.sitemap import sitemap_xml
from newsroom.branding.models import Branding
from newsroom.edge.headers import public

FRESH_SECONDS = 60


def _language() -> str:
    return get_language() or "en"


def _atom(request: HttpRequest, body: bytes) -> HttpResponse:
    return public(request, HttpResponse(body, content_type=feeds.CONTENT_TYPE), FRESH_SECONDS)


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    shown = cards(published(_language()), feeds.STORIES)
    return _atom(request, feeds.stories_feed(name, "/", request.path, _language(), shown))


@require_safe
def section_feed(request: HttpRequest, slug: str) -> HttpResponse:
    found = Section.objects.live().filter(slug=slug, locale__language_code=_language()).first()
    if found is None:
        raise Http404(_("There is no such section."))
    name = Branding.load(request_or_site=request).name
    listed = published().filter(path__startswith=found.path)
    page = section_path(found.slug, _language())
    body = feeds.stories_feed(
        f"{name}: {found.title}", page, request.path, _language(), cards(listed, feeds.STORIES)
    )
    return _atom(request, body)


@require_safe
def corrections_feed(request: HttpRequest) -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    title = _("%(newsroom)s: corrections") % {"newsroom": name}
    entries = entry_lines(public_entries(), feeds.ENTRIES)
    body = feeds.corrections_feed(title, "/corrections/", request.path, _language(), entries)
    return _atom(request, body)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    body = sitemap_xml(_language())
    return public(request, HttpResponse(body, content_type="application/xml"), FRESH_SECONDS)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /desk/",
        "Disallow: /account/",
        "Disallow: /give/thanks/",
        f"Sitemap: {absolute('/sitemap.xml')}",
        "",
    ]
    return public(request, HttpResponse("\n".join(lines), content_type="text/plain"), FRESH_SECONDS)
