"""A story as it stood after each of its edits. Pure: a story in, a story out."""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
from newsroom.demo.content.shapes import Change, Edit, Field, Story


class EditDoesNotFit(ValueError):
    """The words an edit replaces do not occur exactly once in the story as it stands."""


def words(story: Story, field: Field) -> tuple[str, ...]:
    """The texts of one field: a single one for the headline, dek and lead caption; for the body
    every paragraph, subheading, list item, caption, quotation, and what an embed or a related
    story is called, in reading order."""
    match field:
        case "headline":
            return (story.headline,)
        case "dek":
            return (story.dek,)
        case "lead_caption":
            return (story.lead.caption,)
        case "body":
            return tuple(text for block in story.body for text in _texts(block))


def apply_edit(story: Story, edit: Edit) -> Story:
    """The story after ``edit``. Raises ``EditDoesNotFit``."""
    for change in edit.changes:
        story = _apply(story, change)
    return story


def publications(story: Story) -> Iterator[tuple[Story, Edit | None]]:
    """Every publication in order: the story as first published with ``None``, then the story
    after each edit with that edit."""
    yield story, None
    for edit in story.edits:
        story = apply_edit(story, edit)
        yield story, edit


def _apply(story: Story, change: Change) -> Story:
    count = sum(text.count(change.old) for text in words(story, change.field))
    if count != 1:
        raise EditDoesNotFit(f"{story.slug}: {change.old!r} occurs {count} times")

    def put(text: str) -> str:
        return text.replace(change.old, change.new)

    match change.field:
        case "headline":
            return replace(story, headline=put(story.headline))
        case "dek":
            return replace(story, dek=put(story.dek))
        case "lead_caption":
            return replace(story, lead=replace(story.lead, caption=put(story.lead.caption)))
        case "body":
            return replace(story, body=tuple(_each(block, put) for block in story.body))


def _texts(block: Block) -> tuple[str, ...]:
    match block:
        case Text(paragraphs):
            return paragraphs
        case Heading(text):
            return (text,)
        case Bullets(items, _):
            return items
        case Image(picture):
            return (picture.caption,)
        case PullQuote():
            return (block.quote,)
        case Embed():
            return (block.title, block.caption)
        case Related():
            return (block.line,)
        case Quoted():
            return (block.text,)


def _each(block: Block, put: Callable[[str], str]) -> Block:
    match block:
        case Text(paragraphs):
            return Text(tuple(put(paragraph) for paragraph in paragraphs))
        case Heading(text):
            return Heading(put(text))
        case Bullets(items, ordered):
            return Bullets(tuple(put(item) for item in items), ordered)
        case Image(picture):
            return Image(replace(picture, caption=put(picture.caption)))
        case PullQuote():
            return replace(block, quote=put(block.quote))
        case Embed():
            return replace(block, title=put(block.title), caption=put(block.caption))
        case Related():
            return replace(block, line=put(block.line))
        case Quoted():
            return replace(block, text=put(block.text))
