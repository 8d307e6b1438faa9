"""The sitemap (https://www.sitemaps.org/protocol.html): listings, standing pages, stories; and the
news sitemap of the last two days
(https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.db.models import F

from articles.addresses import absolute
from articles.alternates import hreflang, open_languages, site_alternates
from articles.feeds import clean_text
from articles.listing import published
from articles.models.article import Label
from articles.navigation import navigation
from articles.translations import Alternate, public_alternates, read_alternates
from newsroom.edge.language import language_prefix

NEWEST: Final = 5_000
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML: Final = "http://www.w3.org/1999/xhtml"
NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
NEWS_AGE: Final = timedelta(days=2)
NEWS_MOST: Final = 1_000


def sitemap_xml() -> bytes:
    """In each language the front page, what every page links to, and the `NEWEST` stories with
    their last change; each with its translations, as `xhtml:link`
    (https://developers.google.com/search/docs/specialty/international/localized-versions#sitemap).
    """
    root = Element("urlset", {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})
    for language in open_languages():
        pages = navigation(language)
        front = f"{language_prefix(language)}/"
        _add(root, front, others=site_alternates(front))
        for path in [url for _title, url in pages.sections] + [row[1] for row in pages.standing]:
            _add(root, path)
        for path, changed, others in _stories(language):
            _add(root, path, changed, read_alternates(others))
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _stories(language: str) -> Iterator[tuple[str, datetime, list[dict[str, str]]]]:
    stories = published(language).filter(addresses__current=True)
    rows = stories.values_list(
        "addresses__path", F("current_version__published_at"), public_alternates("")
    )
    yield from rows[:NEWEST].iterator(chunk_size=1_000)


def news_sitemap_xml(newsroom: str, now: datetime) -> bytes:
    """The stories of every language first published in the two days before `now`; advertising is
    not news."""
    root = Element("urlset", {"xmlns": NAMESPACE, "xmlns:news": NEWS})
    stories = published().filter(
        addresses__current=True, first_published_at__gt=now - NEWS_AGE, first_published_at__lte=now
    )
    rows = stories.exclude(current_version__content__label=Label.SPONSORED).values_list(
        "addresses__path",
        "current_version__headline",
        "first_published_at",
        "locale__language_code",
    )
    for path, headline, moment, language in rows[:NEWS_MOST]:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = absolute(path)
        news = SubElement(url, "news:news")
        publication = SubElement(news, "news:publication")
        SubElement(publication, "news:name").text = clean_text(newsroom)
        SubElement(publication, "news:language").text = language
        SubElement(news, "news:publication_date").text = moment.isoformat(timespec="seconds")
        SubElement(news, "news:title").text = clean_text(headline)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _add(
    root: Element, path: str, changed: datetime | None = None, others: Sequence[Alternate] = ()
) -> None:
    url = SubElement(root, "url")
    SubElement(url, "loc").text = absolute(path)
    if changed:
        SubElement(url, "lastmod").text = changed.isoformat(timespec="seconds")
    for language, address in hreflang(path, others):
        link = {"rel": "alternate", "hreflang": language, "href": address}
        SubElement(url, "xhtml:link", link)
