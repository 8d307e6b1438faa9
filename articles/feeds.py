"""Atom feeds: stories of the site and of a section, and the corrections."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from articles.addresses import absolute
from articles.entries import EntryLine
from articles.listing import Card

CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
# A name, not an address that is fetched.
HEADS_NAMESPACE: Final = "tag:waylight,2026:record"
STORIES: Final = 30
ENTRIES: Final = 50


def stories_feed(title: str, page: str, feed: str, language: str, cards: Iterable[Card]) -> bytes:
    """`page` and `feed` are the addresses (paths) of the listing and of the feed itself."""
    made = _feed(title, page, feed, language)
    for card in cards:
        made.add_item(
            title=clean_text(card.headline),
            link=absolute(card.url),
            description=clean_text(card.dek),
            author_name=", ".join(name for name, _url in card.authors) or None,
            pubdate=card.published_at,
            updateddate=card.modified_at,
            unique_id=absolute(card.url),
            categories=[card.section_title],
        )
    return _bytes(made)


class _CorrectionsAtom(Atom1Feed):
    """With the record's signed heads, as elements of a namespace of our own."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:waylight": HEADS_NAMESPACE}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for line in self.feed["heads"]:
            handler.addQuickElement("waylight:record-head", line)


def corrections_feed(
    title: str,
    page: str,
    feed: str,
    language: str,
    entries: Iterable[EntryLine],
    heads: Sequence[str] = (),
) -> bytes:
    """`heads` are the record's signed lines (`articles/heads.py`), newest first."""
    made = _feed(title, page, feed, language, _CorrectionsAtom, heads=heads)
    for entry in entries:
        address = f"{absolute(entry.story_url)}#{entry.anchor}"
        made.add_item(
            title=clean_text(entry_title(entry)),
            link=address,
            description=clean_text(entry_said(entry)),
            author_name=entry.signature,
            pubdate=entry.issued_at,
            updateddate=entry.issued_at,
            unique_id=address,
            categories=[entry.kind],
        )
    return _bytes(made)


def _feed(
    title: str,
    page: str,
    feed: str,
    language: str,
    form: type[Atom1Feed] = Atom1Feed,
    **more: Any,
) -> Atom1Feed:
    return form(
        title=clean_text(title),
        link=absolute(page),
        description="",
        language=language,
        feed_url=absolute(feed),
        feed_guid=absolute(feed),
        **more,
    )


def entry_title(entry: EntryLine) -> str:
    return _("%(kind)s: %(headline)s") % {
        "kind": entry.kind_shown,
        "headline": entry.story_headline,
    }


def entry_said(entry: EntryLine) -> str:
    """What was wrong and what is right, in one text."""
    if not entry.was:
        return entry.now
    return _("What was wrong: %(was)s What is right: %(now)s") % {
        "was": entry.was,
        "now": entry.now,
    }


def clean_text(text: str) -> str:
    """`text` as XML can hold it."""
    # XML has no way to write most control characters.
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _bytes(feed: Atom1Feed) -> bytes:
    return feed.writeString("utf-8").encode()
