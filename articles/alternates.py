"""The same page in the site's other languages: for the switch on the page, `hreflang` and sitemap.

A story's are its public translations (`translations.py`), a section's or standing page's those that
share its `translation_key`; pages of the site itself, such as search, are in every language under
the same address but for the prefix.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from wagtail.models import Page

from articles.addresses import absolute, language_of, section_path
from articles.models import StandingPage
from articles.navigation import navigation, standing_path
from articles.translations import LANGUAGE_NAMES, Alternate
from newsroom.edge.language import language_prefix

# Names of addresses that every language has (`urls.py` here and in `campaigns`).
IN_EVERY_LANGUAGE: Final = frozenset(
    "front search corrections person campaign give_page thanks reader_account account_login".split()
)


@dataclass(frozen=True, slots=True)
class Switch:
    """A link to another language. `same` says that it leads to the same page in that language, and
    not to its front page."""

    language: str
    name: str
    url: str
    same: bool


def open_languages() -> list[str]:
    """The languages that have a front page, the main one first."""
    return [code for code, _name in settings.LANGUAGES if navigation(code).front]


def only() -> str:
    """The active language, to narrow a list to; "" while the site has no other."""
    return get_language() or "" if len(open_languages()) > 1 else ""


def site_alternates(path: str) -> list[Alternate]:
    """`path`, an address that every language has, in each of the others."""
    language = language_of(path)
    bare = path.removeprefix(language_prefix(language))
    return [
        Alternate(code, language_prefix(code) + bare)
        for code in open_languages()
        if code != language
    ]


def page_alternates(page: Page) -> list[Alternate]:
    """A section or standing page in other languages; one query."""
    if len(open_languages()) < 2:
        return []
    others = Page.objects.live().filter(translation_key=page.translation_key).exclude(pk=page.pk)
    rows = others.values_list("slug", "locale__language_code", "standingpage__purpose")
    return [
        Alternate(
            language,
            standing_path(slug, purpose, language)
            if isinstance(page, StandingPage)
            else section_path(slug, language),
        )
        for slug, language, purpose in rows
    ]


def switches(path: str, alternates: Iterable[Alternate]) -> list[Switch]:
    """A link to each other language of the site from the page at `path`."""
    here = language_of(path)
    same = {each.language: each.url for each in alternates}
    return [
        Switch(
            code,
            LANGUAGE_NAMES[code],
            same.get(code, f"{language_prefix(code)}/"),
            code in same,
        )
        for code in open_languages()
        if code != here
    ]


def hreflang(path: str, alternates: Iterable[Alternate]) -> list[tuple[str, str]]:
    """(language, absolute address) of the page at `path` and of the others, and `x-default`, the
    main language's; empty where there are no others
    (https://developers.google.com/search/docs/specialty/international/localized-versions)."""
    found = {each.language: each.absolute_url for each in alternates}
    if not found:
        return []
    found[language_of(path)] = absolute(path)
    main = found.get(settings.LANGUAGE_CODE) or absolute(path)
    return [*sorted(found.items()), ("x-default", main)]
