"""The demo's stories as drafts: found by their slug, made where missing, pinned to each other.

They go public, and are corrected, in `corrections.py`.
"""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from articles.models import Address, Article, Byline, Pin, Section
from articles.translations import link, linked
from newsroom.demo.build.gallery import Gallery
from newsroom.demo.build.pages import list_html
from newsroom.demo.build.people import Cast
from newsroom.demo.content.blocks import (
    Block,
    Bullets,
    Embed,
    Heading,
    Image,
    PullQuote,
    Quoted,
    Related,
    Text,
)
from newsroom.demo.content.shapes import DemoContent, Story

# Blocks keep their id from edit to edit, as they do in the desk's editor.
_BLOCKS = uuid.UUID("6f2f4a52-7d3e-4d0c-9f0e-6a1d5f0c3b77")


def draft_all(
    content: DemoContent,
    sections: dict[str, Section],
    cast: Cast,
    gallery: Gallery,
    on_each: Callable[[], None],
) -> dict[str, int]:
    """Every story in the tree, oldest first; their ids by slug."""
    known = found(content)
    for story in (*reversed(content.stories), *reversed(content.french.stories)):
        if story.slug not in known:
            known[story.slug] = _draft(story, sections[story.section], cast, gallery, known)
            on_each()
    _link_translations(content, known, cast)
    _pin(content, known)
    return known


def found(content: DemoContent) -> dict[str, int]:
    """The ids of the stories there are, by slug: also of one whose slug an editor changed."""
    slugs = {story.slug for story in content.every_story}
    known = dict(Article.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    for path, article in Address.objects.values_list("path", "article"):
        slug = path.strip("/").rpartition("/")[2]
        if slug in slugs:
            known[slug] = article
    return known


def write(article: Article, story: Story, gallery: Gallery, articles: dict[str, int]) -> None:
    """Give the draft `article` (not saved here) the words of `story`. `articles` are the ids by
    slug of the stories that it may point to."""
    article.title = article.draft_title = story.headline
    article.dek = story.dek
    article.lead_image_alt = story.lead.alt
    article.lead_image_caption = story.lead.caption
    article.lead_image_credit = story.lead.credit
    article.body = [
        {
            "type": kind,
            "value": value,
            "id": str(uuid.uuid5(_BLOCKS, f"{story.slug} {number}")),
        }
        for number, (kind, value) in enumerate(
            _block(block, gallery, articles) for block in story.body
        )
    ]


def _draft(
    story: Story, section: Section, cast: Cast, gallery: Gallery, articles: dict[str, int]
) -> int:
    article = Article(
        slug=story.slug,
        label=story.label,
        location=story.location,
        lead_image=gallery.picture(story.lead),
        owner=cast.account(story.bylines[0]),
        live=False,
    )
    write(article, story, gallery, articles)
    for slug in story.bylines:
        article.bylines.add(Byline(person=cast.people[slug], kind=Byline.Kind.BYLINE))
    for name in story.credits:
        article.bylines.add(Byline(person=cast.named(name), kind=Byline.Kind.CREDIT))
    article.topics.set([cast.topics[slug] for slug in story.topics])
    section.add_child(instance=article)
    return int(article.pk)


def _link_translations(content: DemoContent, known: dict[str, int], cast: Cast) -> None:
    """Each translation with the story it translates, unless an editor linked it otherwise."""
    for story in content.french.stories:
        article = Article.objects.get(pk=known[story.slug])
        if not linked(article).exists():
            link(article, Article.objects.get(pk=known[story.translates]), cast.editor)


def _pin(content: DemoContent, known: dict[str, int]) -> None:
    """Keep reading, on stories that nobody has published yet: a draft may point to drafts."""
    pinned = set(Pin.objects.filter(article__in=known.values()).values_list("article", flat=True))
    unread = Article.objects.filter(pk__in=known.values(), current_version=None)
    by_id = {article.pk: article for article in unread.exclude(pk__in=pinned)}
    for story in content.every_story:
        if article := by_id.get(known[story.slug]):
            for slug in story.keep_reading:
                article.pins.add(Pin(story_id=known[slug]))
            article.save()


def _block(block: Block, gallery: Gallery, articles: dict[str, int]) -> tuple[str, Any]:
    match block:
        case Text():
            return "text", block.html
        case Bullets():
            return "text", list_html(block)
        case Heading(text):
            return "heading", text
        case Image(picture):
            return "image", {
                "image": gallery.picture(picture).pk,
                "alt": picture.alt,
                "caption": picture.caption,
                "credit": picture.credit,
            }
        case PullQuote():
            return "pull_quote", {
                "quote": block.quote,
                "attribution": block.attribution,
                "share_line": block.share_text,
                "accounts": " ".join(block.accounts),
                "hashtags": " ".join(f"#{tag}" for tag in block.hashtags),
            }
        case Embed():
            return "embed", asdict(block)
        case Related():
            return "related", {"story": articles[block.story], "line": block.line}
        case Quoted():
            return "reader_comment", asdict(block)
