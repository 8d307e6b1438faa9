"""Errors that readers of the demo reported, what came of them, and who follows which story."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.utils import timezone

from articles.following import ask_to_follow, confirm
from articles.models import Article, Correction, ErrorReport, Follow, ReportState
from articles.reports import Wish, close_corrected, close_duplicate, close_unchanged, report_error
from newsroom.demo import READER
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.corrections import first_published
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Report
from newsroom.readers.models import Reader

# The editor writes the answer when the entry is out, and sleeps on what stays as it is.
ANSWERED_AFTER: Final = timedelta(minutes=25)
DECIDED_AFTER: Final = timedelta(hours=6)
# By address: the story, and whether updates are wanted too.
FOLLOWERS: Final = {
    READER: ("the-last-winter-on-barlow-spit", True),
    "yvon.laberge@letters.example": ("flood-maps-left-out-towns-that-flooded", True),
    "ottoline.greaves@letters.example": ("lithium-mine-moved-its-tailings", False),
    "dag.ferreira@post.example": ("stone-weir-buys-the-wind-farm", True),
}


def missing(content: DemoContent, articles: dict[str, int]) -> list[Report]:
    """Reports not made yet, or not closed as they were; in their order, originals first."""
    there = dict(ErrorReport.objects.values_list("problem", "state"))
    return [
        each
        for each in content.reports
        if there.get(each.problem) != each.outcome and each.story in articles
    ]


def report_all(
    owed: list[Report],
    content: DemoContent,
    articles: dict[str, int],
    calendar: Calendar,
    editor: Reader,
    on_each: Callable[[], None],
) -> None:
    """Report each at its moment, and let the editor close it or leave it."""
    stories = Article.objects.in_bulk(articles.values())
    for told in owed:
        first = first_published(content.story(told.story), calendar)
        moment = calendar.past(first + timedelta(minutes=told.minutes_after))
        article = stories[articles[told.story]]
        report = ErrorReport.objects.filter(article=article, problem=told.problem).first()
        if report is None:
            wish = Wish(told.sentence, told.problem, told.email)
            report = report_error(article, wish, moment)
        _close(report, told, editor, calendar)
        on_each()


def follow_some(articles: dict[str, int]) -> None:
    """A few addresses follow a few stories from now on, as if each had confirmed."""
    now = timezone.now()
    for email, (slug, updates_too) in FOLLOWERS.items():
        article = Article.objects.get(pk=articles[slug])
        if Follow.objects.filter(article=article, email=email).exists():
            continue
        reader = Reader.objects.filter(email=email).first()
        follow = ask_to_follow(article, email, now, updates_too=updates_too, reader=reader)
        confirm(follow, now)


def _close(report: ErrorReport, told: Report, editor: Reader, calendar: Calendar) -> None:
    match told.outcome:
        case ReportState.CORRECTED:
            entry = Correction.objects.get(article=report.article_id, number=told.entry)
            answered = calendar.past(entry.issued_at + ANSWERED_AFTER)
            close_corrected(report, entry, editor, answered, told.words)
        case ReportState.UNCHANGED:
            decided = calendar.past(report.reported_at + DECIDED_AFTER)
            close_unchanged(report, told.words, editor, decided)
        case ReportState.DUPLICATE:
            original = ErrorReport.objects.get(
                article=report.article_id, problem__startswith=told.repeats
            )
            closed = calendar.past(report.reported_at + ANSWERED_AFTER)
            close_duplicate(report, original, editor, closed)
