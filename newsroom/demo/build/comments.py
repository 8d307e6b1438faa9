"""What readers said under the demo's stories and to each other, what the editor decided, and what
readers reported."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from articles.comment_reports import report_comment
from articles.commenters import standing, trust
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
TRUSTED_BEFORE: Final = timedelta(hours=1)
REPORTED_AFTER: Final = timedelta(minutes=35)


def missing(content: DemoContent, articles: dict[str, int]) -> list[Said]:
    """Comments not written yet, or not decided as they were; oldest first under each story."""
    there = {
        (article, email, text): (state, reports)
        for article, email, text, state, reports in Comment.objects.values_list(
            "article", "reader__email", "text", "state", Count("reports")
        )
    }
    return [
        said
        for said in content.every_comment
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
    """Write each at its moment and let the editor approve, reject or leave it; let readers report
    it where they did."""
    stories = Article.objects.in_bulk(articles.values())
    for number, said in enumerate(owed):
        first = first_published(content.story(said.story), calendar)
        moment = calendar.past(first + timedelta(minutes=said.minutes_after))
        comment = _comment(stories[articles[said.story]], said, moment, editor)
        waited = timedelta(minutes=DECIDED_AFTER[number % len(DECIDED_AFTER)])
        decided = calendar.past(moment + waited)
        if said.state == "rejected":
            reject(comment, editor, said.reason, decided)
        elif said.state != "held" and comment.state == CommentState.HELD:
            approve(comment, editor, decided)
        _report(comment, said, decided, calendar)
        on_each()


def _comment(article: Article, said: Said, moment: datetime, editor: Reader) -> Comment:
    reader = open_account(said.email, said.name)
    under = Comment.objects.filter(article=article)
    if there := under.filter(reader=reader, text=said.text).first():
        return there
    if said.trusted and standing(reader).trusted_at is None:
        trust(reader, editor, moment - TRUSTED_BEFORE)
    parent = under.get(text__startswith=said.answers) if said.answers else None
    return write_comment(article, reader, said.text, moment, parent)


def _report(comment: Comment, said: Said, decided: datetime, calendar: Calendar) -> None:
    """Those reports that were not made yet, each a while after the one before."""
    for number, reason in enumerate(said.reports[comment.reports.count() :], start=1):
        report_comment(comment, reason, calendar.past(decided + number * REPORTED_AFTER))


def _owed(said: Said, there: tuple[str, int] | None) -> bool:
    if there is None:
        return True
    state, reports = there
    if state == CommentState.HELD:
        return said.state != CommentState.HELD
    return state == CommentState.APPROVED and reports < len(said.reports)
