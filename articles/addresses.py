"""Public addresses: of stories (fixed at first publication), sections, people and topics.

A story's address is `/<yyyy>/<mm>/<dd>/<slug>/` with the day of its first publication in the
newsroom's zone. When its slug changes the old address redirects for ever; an address that was
ever a story's is given to no other.
"""

from datetime import datetime
from itertools import count

from django.conf import settings
from django.utils import timezone

from articles.models import Address, Article
from newsroom.edge.language import language_prefix


def absolute(path: str) -> str:
    """`path` with the site's own scheme and host; an address elsewhere is given back as it is."""
    return f"{settings.BASE_URL}{path}" if path.startswith("/") else path


def language_of(path: str) -> str:
    """The language of the page at that address, by its prefix."""
    first = path.split("/")[1] if path.startswith("/") else ""
    known = (code for code, _name in settings.LANGUAGES)
    return first if first in known else settings.LANGUAGE_CODE


def section_path(slug: str, language: str) -> str:
    return f"{language_prefix(language)}/{slug}/"


def person_path(slug: str, language: str) -> str:
    return f"{language_prefix(language)}/people/{slug}/"


def story_path(first_published_at: datetime, slug: str, language: str) -> str:
    """The address a story first published at that moment would have, were it free."""
    day = timezone.localtime(first_published_at, timezone.get_default_timezone())
    return f"{language_prefix(language)}/{day:%Y/%m/%d}/{slug}/"


def current_path(article: Article) -> str | None:
    """The story's current address, or None before its first publication."""
    return (
        Address.objects.filter(article=article, current=True).values_list("path", flat=True).first()
    )


def settle_address(
    article: Article, first_published_at: datetime, slug: str, moment: datetime
) -> str:
    """Give `article` the address its slug asks for and return it; call it in a transaction.

    Its earlier address stays as a redirect. When another story has, or once had, the address,
    "-2" (then "-3" …) is added.
    """
    language = article.locale.language_code
    held = dict(Address.objects.filter(article=article).values_list("path", "current"))
    for number in count(1):
        wanted = slug if number == 1 else f"{slug}-{number}"
        path = story_path(first_published_at, wanted, language)
        if held.get(path):
            return path
        if path in held:
            _make_current(article, path)
            return path
        if not Address.objects.filter(path=path).exists():
            Address.objects.filter(article=article, current=True).update(current=False)
            Address.objects.create(path=path, article=article, created_at=moment)
            return path
    raise AssertionError("count() ends only by a return")


def _make_current(article: Article, path: str) -> None:
    Address.objects.filter(article=article, current=True).update(current=False)
    Address.objects.filter(article=article, path=path).update(current=True)
