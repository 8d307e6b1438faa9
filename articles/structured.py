"""The story for machines: JSON-LD as schema.org has it (https://schema.org/NewsArticle)."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from articles.addresses import absolute
from articles.entries import EntryLine, marked_by
from articles.models import Kind
from articles.story import NamedLink, Story, policy_url
from articles.translations import Alternate

# A script element ends at the first "</script", whatever the JSON around it.
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}

_TYPES = {
    "analysis": "AnalysisNewsArticle",
    "opinion": "OpinionNewsArticle",
    "explainer": "BackgroundNewsArticle",
    "sponsored": "AdvertiserContentArticle",
}


def news_article(story: Story, entries: list[EntryLine], newsroom: str) -> dict[str, Any]:
    """The story as a schema.org article; `newsroom` is the publisher's name.

    Each correction entry is a CorrectionComment (https://schema.org/correction). "With files
    from" are contributors.
    """
    organization = {
        "@type": "NewsMediaOrganization",
        "name": newsroom,
        "url": absolute("/"),
        "correctionsPolicy": absolute(policy_url(story.language)),
        "publishingPrinciples": absolute(policy_url(story.language)),
    }
    known = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(story.label, "NewsArticle"),
        "@id": story.absolute_url,
        "url": story.absolute_url,
        "mainEntityOfPage": story.absolute_url,
        "headline": story.headline,
        "description": _description(story, entries),
        "inLanguage": story.language,
        "datePublished": story.published_at.isoformat(),
        "dateModified": (story.modified_at or story.published_at).isoformat(),
        "author": [_person(link) for link in story.bylines],
        "contributor": [_person(link) for link in story.credits],
        "articleSection": story.section_title,
        "keywords": [name for name, _url in story.topics],
        "wordCount": story.word_count,
        "dateline": "" if story.label == "sponsored" else story.location,
        "image": _image(story.lead_image),
        "isAccessibleForFree": True,
        "publisher": organization,
        "publishingPrinciples": absolute(policy_url(story.language)),
        "correction": [_correction(story, entry, newsroom) for entry in entries],
        **_translations(story),
    }
    return {key: value for key, value in known.items() if value not in ("", None, [])}


def as_script(data: dict[str, Any]) -> SafeString:
    """`data` as JSON that can stand in a script element."""
    # Every character that could end the element is written as an escape.
    text = json.dumps(data, ensure_ascii=False).translate(_UNSAFE)
    return mark_safe(text)  # noqa: S308


def _description(story: Story, entries: list[EntryLine]) -> str:
    """The dek; of a retracted story what was said when it was withdrawn."""
    marked = marked_by(entries) if story.mark == Kind.RETRACTION else None
    return marked.now if marked else story.dek


def _translations(story: Story) -> dict[str, Any]:
    """The language in which the story came first is the work, the others are its translations."""
    if not story.alternates:
        return {}
    first = min(story.alternates, key=lambda each: each.published_at or story.published_at)
    if first.published_at and first.published_at < story.published_at:
        return {"translationOfWork": _in_language(first)}
    return {"workTranslation": [_in_language(each) for each in story.alternates]}


def _in_language(other: Alternate) -> dict[str, str]:
    return {
        "@type": "NewsArticle",
        "@id": other.absolute_url,
        "url": other.absolute_url,
        "inLanguage": other.language,
        "headline": other.headline,
    }


def _person(link: NamedLink) -> dict[str, str]:
    name, url = link
    return {"@type": "Person", "name": name, "url": absolute(url)}


def _image(picture: dict[str, Any] | None) -> dict[str, Any] | None:
    if not picture:
        return None
    return {
        "@type": "ImageObject",
        "url": picture["absolute_url"],
        "width": picture["width"],
        "height": picture["height"],
        "caption": picture["caption"],
        "creditText": picture["credit"],
    }


def _correction(story: Story, entry: EntryLine, newsroom: str) -> dict[str, Any]:
    # Where nobody was named the newsroom itself signed.
    signed = "Organization" if entry.signature == newsroom else "Person"
    text = f"{entry.was} → {entry.now}" if entry.was else entry.now
    return {
        "@type": "CorrectionComment",
        "@id": f"{story.absolute_url}#{entry.anchor}",
        "url": f"{story.absolute_url}#{entry.anchor}",
        "name": entry.kind_shown,
        "text": text,
        "datePublished": entry.issued_at.isoformat(),
        "author": {"@type": signed, "name": entry.signature},
    }
