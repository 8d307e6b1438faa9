"""The sitemap (https://www.sitemaps.org/protocol.html): listings, standing pages, stories."""

from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.db.models import F

from articles.addresses import absolute, language_prefix
from articles.listing import published
from articles.navigation import navigation

NEWEST: Final = 5_000
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


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


def _add(root: Element, path: str, changed: datetime | None = None) -> None:
    url = SubElement(root, "url")
    SubElement(url, "loc").text = absolute(path)
    if changed:
        SubElement(url, "lastmod").text = changed.isoformat(timespec="seconds")
