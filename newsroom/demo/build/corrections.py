"""Every publication of every story, in the order of their moments: first ones, corrections,
clarifications, updates, the retraction, minor edits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db.models import Count

from articles.corrections import Entry, Record
from articles.models import Article, Version
from articles.publishing import publish
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.gallery import Gallery
from newsroom.demo.build.people import Cast
from newsroom.demo.build.stories import write
from newsroom.demo.content import DemoContent, publications
from newsroom.demo.content.shapes import Edit, Story


@dataclass(frozen=True, slots=True)
class Publication:
    """A story as it stood from `moment` on; `edit` is None for the first publication."""

    number: int
    moment: datetime
    story: Story
    edit: Edit | None


def first_published(story: Story, calendar: Calendar) -> datetime:
    return calendar.moment(story.days_ago, story.hour, story.minute)


def in_order(content: DemoContent, calendar: Calendar) -> list[Publication]:
    """All publications, oldest first: so the chain of the record grows as it did in life."""
    return sorted(_all(content, calendar), key=attrgetter("moment", "number"))


def missing(
    content: DemoContent, articles: dict[str, int], calendar: Calendar
) -> list[Publication]:
    """Those still to be made: a story with two versions has had its first two publications."""
    counted = Version.objects.filter(article__in=articles.values()).values_list("article")
    done = dict(counted.annotate(Count("pk")))
    return [
        each
        for each in in_order(content, calendar)
        if each.number > done.get(articles[each.story.slug], 0)
    ]


def replay(
    owed: list[Publication],
    articles: dict[str, int],
    cast: Cast,
    gallery: Gallery,
    on_each: Callable[[], None],
) -> None:
    """Publish each at its own moment, through the rule that refuses silent edits."""
    for each in owed:
        article = Article.objects.get(pk=articles[each.story.slug])
        write(article, each.story, gallery, articles)
        issuer = cast.account(each.edit.issued_by) if each.edit else cast.editor
        publish(article, by=issuer, moment=each.moment, record=_record(each.edit))
        on_each()


def _all(content: DemoContent, calendar: Calendar) -> Iterator[Publication]:
    for story in content.every_story:
        first = first_published(story, calendar)
        for number, (words, edit) in enumerate(publications(story), start=1):
            after = timedelta(minutes=edit.minutes_after if edit else 0)
            yield Publication(number, calendar.past(first + after), words, edit)


def _record(edit: Edit | None) -> Record | None:
    if edit is None:
        return None
    return Record(
        entries=[Entry(entry.kind, entry.was_wrong, entry.is_right) for entry in edit.entries],
        minor_reason=edit.minor_reason,
    )
