"""`{% sections as sections %}`: (title, url); `{% standing_pages as pages %}`: (title, url,
purpose), in the language of the page; `{{ url|absolute }}`; `{% other_languages as languages %}`:
the same page in other languages, with `switches` to show and `hreflang` for the head."""

from typing import Any

from django import template
from django.utils.translation import get_language

from articles.addresses import absolute
from articles.alternates import IN_EVERY_LANGUAGE, hreflang, site_alternates, switches
from articles.navigation import navigation

register = template.Library()
# A canonical address is whole: crawlers pass by one without its site.
register.filter("absolute", absolute)


@register.simple_tag
def sections() -> list[tuple[str, str]]:
    return navigation(get_language() or "en").sections


@register.simple_tag
def standing_pages() -> list[tuple[str, str, str]]:
    return navigation(get_language() or "en").standing


@register.simple_tag(takes_context=True)
def other_languages(context: dict[str, Any]) -> dict[str, Any]:
    """`alternates` in the context (list of Alternate) are the page's own."""
    request = context.get("request")
    if request is None:
        return {"switches": [], "hreflang": []}
    path, found = request.path, context.get("alternates")
    if found is None:
        match = getattr(request, "resolver_match", None)
        everywhere = match is not None and match.url_name in IN_EVERY_LANGUAGE
        found = site_alternates(path) if everywhere else []
    return {"switches": switches(path, found), "hreflang": hreflang(path, found)}
