"""`{% sections as sections %}`: (title, url); `{% standing_pages as pages %}`: (title, url,
purpose). In the language of the page."""

from django import template
from django.utils.translation import get_language

from articles.navigation import navigation

register = template.Library()


@register.simple_tag
def sections() -> list[tuple[str, str]]:
    return navigation(get_language() or "en").sections


@register.simple_tag
def standing_pages() -> list[tuple[str, str, str]]:
    return navigation(get_language() or "en").standing
