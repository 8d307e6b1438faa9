"""A retracted story: the choice to take its text away, and how it is named where it is shared."""

from django.utils.translation import gettext as _

from articles.corrections import Record
from articles.entries import EntryLine
from articles.going_public import Refused
from articles.models import Correction, Kind
from articles.story import Story
from articles.versions import Content, body_taken_away


class NotRetracted(Refused):
    """A text would be taken away of a story that was not retracted."""


def refuse_body_taken_away(article: int, content: Content, record: Record) -> None:
    """Raise `NotRetracted` when the copy to be published has its text taken away and no retraction
    would be in force with `record`. Two queries at most, none without that choice."""
    if body_taken_away(content) and not _retracted_with(article, record):
        raise NotRetracted(
            _(
                "The text is taken away only of a story that is retracted. Make the entry a "
                "retraction, or choose that the text is shown."
            ),
            article,
        )


def retraction_of(story: Story, marked: EntryLine | None) -> EntryLine | None:
    """The retraction in force; `marked` as `articles.entries.marked_by` gives it."""
    return marked if story.mark == Kind.RETRACTION else None


def headline_where_shared(story: Story) -> str:
    """The headline that stands alone, as in a title or on a network: a retracted story's says so,
    once, also where its editor wrote it already."""
    said = _("Retracted:")
    if story.mark != Kind.RETRACTION or story.headline.casefold().startswith(said.casefold()):
        return story.headline
    return f"{said} {story.headline}"


def _retracted_with(article: int, record: Record) -> bool:
    if any(entry.kind == Kind.RETRACTION for entry in record.entries):
        return True
    replaced = {entry.supersedes for entry in record.entries}
    found = Correction.objects.filter(article=article, kind=Kind.RETRACTION)
    standing = found.filter(superseded_by__isnull=True).values_list("pk", flat=True)
    return any(pk not in replaced for pk in standing)
