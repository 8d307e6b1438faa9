"""The sitemap (https://www.sitemaps.org/protocol.html): listings, standing pages, stories; and the
news sitemap of the last two days
(https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

from datetime import datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.db.models import F

from articles.addresses import absolute, language_prefix
from articles.feeds import clean_text
from articles.listing import published
from articles.models.article import Label
from articles.navigation import navigation

NEWEST: Final = 5_000
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
NEWS_AGE: Final = timedelta(days=2)
NEWS_MOST: Final = 1_000


def sitemap_xml(language: str) -> bytes:
    """The front page, what every page links to, and the `NEWEST` stories with their last change."""
    root = Element("urlset", xmlns=NAMESPACE)
    pages = navigation(language)
    _add(root, f"{language_prefix(language)}/")
    for path in [url for _title, url in pages.sections] + [row[1] for row in pages.standing]:
        _add(root, path)
    stories = published(language).filter(addresses__current=True)
    rows = stories.values_list("addresses__path", F("current_version__published_at"))
    for path, changed in rows[:NEWEST].iterator(chunk_size=1_000):
        _add(root, path, changed)
    return tostring(root, encoding="utf-8", xml_declaration=True)


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


def _add(root: Element, path: str, changed: datetime | None = None) -> None:
    url = SubElement(root, "url")
    SubElement(url, "loc").text = absolute(path)
    if changed:
        SubElement(url, "lastmod").text = changed.isoformat(timespec="seconds")
