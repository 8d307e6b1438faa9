"""Reports and corrections as readers and editors make them, in few words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from articles.corrections import Entry, Record
from articles.models import Article, Correction, ErrorReport
from articles.reports import Wish, report_error
from newsroom.mail.models import OutboxMail
from tests.articles import newsroom

SENTENCE = "It carried forty people."


def now() -> datetime:
    return datetime.now(UTC)


def report(story: Article, problem: str = "There were fifty.", **fields: Any) -> ErrorReport:
    moment = fields.pop("moment", None) or now()
    return report_error(story, Wish(fields.pop("sentence", SENTENCE), problem, **fields), moment)


def correct(story: Article, kind: str = "correction", **fields: Any) -> Correction:
    """Publish the story with an entry, and other words; `noticed_at` is of the entry."""
    noticed_at = fields.pop("noticed_at", None)
    said = Entry(kind, "We wrote forty.", "It carried fifty people.", noticed_at=noticed_at)
    record = Record([said])
    count = story.versions.count() if story.current_version_id else 0
    paragraphs = [f"The ferry left Barlow Spit. It carried fifty people ({count})."]
    story.refresh_from_db()
    body = newsroom.body(newsroom.text(*paragraphs))
    version = newsroom.edit(story, record=record, body=body, **fields)
    return Correction.objects.get(after=version)


def mails(kind: str = "") -> list[OutboxMail]:
    found = OutboxMail.objects.order_by("id")
    return list(found.filter(kind=kind) if kind else found)


HOUR = timedelta(hours=1)
