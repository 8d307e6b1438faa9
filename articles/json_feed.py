"""Feeds as JSON (https://www.jsonfeed.org/version/1.1/): stories, and the corrections.

What the format has no word for stands under `_waylight`, as its extensions do.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from articles.addresses import absolute
from articles.entries import EntryLine
from articles.feeds import entry_said, entry_title
from articles.listing import Card
from articles.story import policy_url

CONTENT_TYPE: Final = "application/feed+json; charset=utf-8"
VERSION: Final = "https://jsonfeed.org/version/1.1"

JSON = dict[str, Any]


def stories_feed(title: str, page: str, feed: str, language: str, cards: Iterable[Card]) -> JSON:
    """`page` and `feed` are the addresses (paths) of the listing and of the feed itself."""
    items = [
        {
            "id": absolute(card.url),
            "url": absolute(card.url),
            "title": card.headline,
            "summary": card.dek,
            "content_text": card.dek or card.headline,
            "image": absolute(card.image_url) if card.image_url else "",
            "date_published": card.published_at.isoformat(),
            "date_modified": card.modified_at.isoformat(),
            "authors": [{"name": name, "url": absolute(url)} for name, url in card.authors],
            "tags": [card.section_title],
        }
        for card in cards
    ]
    return _feed(title, page, feed, language, items)


def corrections_feed(
    title: str,
    page: str,
    feed: str,
    language: str,
    entries: Iterable[EntryLine],
    heads: Sequence[str] = (),
) -> JSON:
    """`heads` are the record's signed lines (`articles/heads.py`), newest first."""
    items = [
        {
            "id": f"{absolute(entry.story_url)}#{entry.anchor}",
            "url": f"{absolute(entry.story_url)}#{entry.anchor}",
            "title": entry_title(entry),
            "content_text": entry_said(entry),
            "date_published": entry.issued_at.isoformat(),
            "authors": [{"name": entry.signature}],
            "tags": [entry.kind],
            "_waylight": _more(
                {
                    "about": absolute(policy_url(language)),
                    "kind": entry.kind,
                    "was": entry.was,
                    "now": entry.now,
                    "recorded_at": entry.recorded_at.isoformat(),
                    "story": absolute(entry.story_url),
                    "before_and_after": absolute(entry.before_after_url or ""),
                    "supersedes": entry.supersedes,
                }
            ),
        }
        for entry in entries
    ]
    made = _feed(title, page, feed, language, items)
    return made | ({"_waylight": {"record_heads": list(heads)}} if heads else {})


def _feed(title: str, page: str, feed: str, language: str, items: list[JSON]) -> JSON:
    return {
        "version": VERSION,
        "title": title,
        "home_page_url": absolute(page),
        "feed_url": absolute(feed),
        "language": language,
        "items": [_more(item) for item in items],
    }


def _more(item: JSON) -> JSON:
    """Without what is not known."""
    return {key: value for key, value in item.items() if value not in ("", None, [])}
