"""What readers said under the demo's stories, and what the editor decided."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from articles.comments import approve, reject, write_comment
from articles.models import Article, Comment, CommentState
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.corrections import first_published
from newsroom.demo.build.people import open_account
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Comment as Said
from newsroom.readers.models import Reader

# How long the editor takes; some read at once, some after lunch.
DECIDED_AFTER: Final = (12, 25, 41, 66, 130)


def missing(content: DemoContent, articles: dict[str, int]) -> list[Said]:
    """Comments not written yet, or not decided as they were; oldest first under each story."""
    there = {
        (article, email, text): state
        for article, email, text, state in Comment.objects.values_list(
            "article", "reader__email", "text", "state"
        )
    }
    return [
        said
        for said in content.comments
        if _owed(said, there.get((articles[said.story], said.email.lower(), said.text)))
    ]


def write_all(
    owed: list[Said],
    content: DemoContent,
    articles: dict[str, int],
    calendar: Calendar,
    editor: Reader,
    on_each: Callable[[], None],
) -> None:
    """Write each at its moment and let the editor approve, reject or leave it."""
    stories = Article.objects.in_bulk(articles.values())
    for number, said in enumerate(owed):
        first = first_published(content.story(said.story), calendar)
        moment = calendar.past(first + timedelta(minutes=said.minutes_after))
        comment = _comment(stories[articles[said.story]], said, moment)
        waited = timedelta(minutes=DECIDED_AFTER[number % len(DECIDED_AFTER)])
        decided = calendar.past(moment + waited)
        if said.state == "approved":
            approve(comment, editor, decided)
        elif said.state == "rejected":
            reject(comment, editor, said.reason, decided)
        on_each()


def _comment(article: Article, said: Said, moment: datetime) -> Comment:
    reader = open_account(said.email, said.name)
    there = Comment.objects.filter(article=article, reader=reader, text=said.text).first()
    return there or write_comment(article, reader, said.text, moment)


def _owed(said: Said, state: str | None) -> bool:
    return state is None or (state == CommentState.HELD and said.state != CommentState.HELD)
