"""Whether what readers see, and what stands on the page, is the last version of each story."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from articles.models import Article, Version
from articles.shapes import shape_of
from articles.versions import Content, content_of, things_hash, words_hash

CHUNK: Final = 100

# A story's id and a sentence about it.
Found = tuple[int, str]


def check_pages() -> Iterator[Found]:
    """Each live story: its row, its people's names, its pictures and embeds against its last
    version. Streamed."""
    last = Version.objects.filter(article=OuterRef("pk")).order_by("-number").values("pk")[:1]
    live = Article.objects.filter(live=True).annotate(last_version=Subquery(last))
    stories = live.select_related("locale", "lead_image").order_by("pk")
    for chunk in _chunks(stories.iterator(chunk_size=CHUNK)):
        versions = Version.objects.defer("body_html").in_bulk(
            [story.last_version for story in chunk if story.last_version]
        )
        for story in chunk:
            yield from _check_page(story, versions.get(story.last_version))


def _check_page(story: Article, last: Version | None) -> Iterator[Found]:
    if last is None:
        yield story.pk, "it is public and has no version."
        return
    if story.current_version_id != last.pk:
        yield story.pk, f"readers are not shown the last version, {last.number}."
    stands = content_of(story, files=False)
    if words_hash(stands) != last.words_hash:
        yield story.pk, f"the page does not have the words of version {last.number}."
    if _shown(stands) != _shown(last.content):
        yield story.pk, f"the page has another picture or embed than version {last.number}."
    elif not _same_things(stands, last.content):
        yield story.pk, f"the page shows things with other words than version {last.number}."


def _shown(content: Content) -> list[Any]:
    """Which picture files and embeds a reader sees, in order."""
    blocks = (block for block in content["body"] if block["kind"] in ("image", "embed"))
    shown = [content["lead_image"], *blocks]
    return [
        each and (each.get("image"), each.get("file"), each.get("url")) for each in _bare(shown)
    ]


def _same_things(stands: Content, recorded: Content) -> bool:
    # Only where they look different is it worth asking which addresses lead to one story.
    return things_hash(stands, {}) == things_hash(recorded, {}) or (
        shape_of(stands).things == shape_of(recorded).things
    )


def _bare(shown: list[Content | None]) -> Iterator[Content | None]:
    """A picture's address is that of a rendition, made whenever it is first needed."""
    for each in shown:
        is_picture = each is not None and "image" in each
        yield {**each, "url": None} if each is not None and is_picture else each


def _chunks(stories: Iterator[Any]) -> Iterator[list[Any]]:
    chunk = []
    for story in stories:
        chunk.append(story)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
