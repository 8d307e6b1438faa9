"""Errors that readers report: taken, held apart when they look like spam, closed with an answer.

A report is closed once: by the entry that corrected the story, without a change and with a
reason, or as a duplicate of another, which it is then answered with. Who left an address gets one
mail, whatever happens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from articles import spam
from articles.answers import KIND, answer, key_of
from articles.comments import tidied
from articles.models import Article, Correction, ErrorReport, ReportContact, ReportState, Version
from articles.models.reports import OPEN
from newsroom.audit import log
from newsroom.mail.outbox import can_be_written_to, forget, mails_to
from newsroom.readers.models import Reader

LONGEST_SENTENCE: Final = 1000
LONGEST_PROBLEM: Final = 4000
LONGEST_OUTCOME: Final = 2000
SHORTEST: Final = 3
# The same words again within this time are the same report: a reload, a second click.
SAME_WITHIN: Final = timedelta(minutes=30)
LATELY: Final = timedelta(days=2)
# How long an address is kept after its answer went out.
CONTACT_KEPT: Final = timedelta(days=90)


class ReportRefused(Exception):
    """The report is not taken; `field` is the one to mend, the text the sentence for its writer."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class CannotClose(Exception):
    """The report is not closed so; the text is a sentence for the editor."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A report as its form has it. `version` is the number that the reader read, 0 when the form
    does not say; `trap` the field that people do not see."""

    sentence: str
    problem: str
    email: str = ""
    version: int = 0
    trap: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """The median time from the moment an error was reported, or noticed by the newsroom itself, to
    the publication that corrected it, None without any."""

    median: timedelta | None
    count: int


def report_error(article: Article, wish: Wish, moment: datetime) -> ErrorReport:
    """Take a reader's report on a public story. Raises ReportRefused."""
    sentence = " ".join(tidied(wish.sentence).split())
    problem, email = tidied(wish.problem), wish.email.strip()
    _check(sentence, problem, email)
    with transaction.atomic():
        # One at a time for each story: a double click is one report.
        Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
        same = ErrorReport.objects.filter(sentence=sentence, problem=problem)
        known = same.filter(article=article, reported_at__gt=moment - SAME_WITHIN).first()
        if known is not None:
            return known
        repeats = same.filter(reported_at__gt=moment - LATELY).count()
        held = spam.why_held(spam.Said(f"{sentence}\n{problem}\n{email}", wish.trap, repeats))
        report = ErrorReport.objects.create(
            article=article,
            version=_version_read(article, wish.version, moment),
            sentence=sentence,
            problem=problem,
            state=ReportState.HELD if held else ReportState.NEW,
            held_because=held,
            reported_at=moment,
        )
        if email:
            ReportContact.objects.create(report=report, email=email.lower(), language=wish.language)
    return report


def take_up(report: ErrorReport, by: Reader) -> ErrorReport:
    """What looked like spam is a report after all. Raises CannotClose."""
    with transaction.atomic():
        report = _open(report)
        if report.state == ReportState.HELD:
            report.state = ReportState.NEW
            report.save(update_fields=["state"])
            log.record(
                by, "took up", report, "Took up a held error report", article=report.article_id
            )
    return report


def close_corrected(
    report: ErrorReport, entry: Correction, by: Reader, moment: datetime, words: str = ""
) -> ErrorReport:
    """The story was corrected by `entry`; its writer is thanked. Raises CannotClose."""
    if entry.article_id != report.article_id:
        raise CannotClose(_("Choose an entry of the story that the report is about."))
    return _close(report, ReportState.CORRECTED, by, moment, words, correction=entry)


def close_unchanged(report: ErrorReport, reason: str, by: Reader, moment: datetime) -> ErrorReport:
    """The story stands as it is, and `reason` says why. Raises CannotClose."""
    if not tidied(reason):
        raise CannotClose(_("Say why nothing changes: the reader is told."))
    people = report.article.bylines.values_list("person__reader", flat=True)
    if by.pk in set(people):
        raise CannotClose(
            _("You wrote this story: somebody else decides that nothing in it is wrong.")
        )
    return _close(report, ReportState.UNCHANGED, by, moment, reason)


def close_duplicate(
    report: ErrorReport, original: ErrorReport, by: Reader, moment: datetime
) -> ErrorReport:
    """The same as `original`, and answered with it. Raises CannotClose."""
    original = ErrorReport.objects.select_related("duplicate_of").get(pk=original.pk)
    original = original.duplicate_of or original
    if original.pk == report.pk or original.article_id != report.article_id:
        raise CannotClose(_("Choose another report on the same story."))
    with transaction.atomic():
        # Both, in one order: the original may be closed at this very moment.
        both = ErrorReport.objects.filter(pk__in=[report.pk, original.pk]).order_by("pk")
        locked = {each.pk: each for each in both.select_for_update()}
        original = locked[original.pk]
        if original.duplicate_of_id:
            raise CannotClose(_("That report was closed as a duplicate meanwhile. Choose again."))
        report.duplicates.update(duplicate_of=original)
        return _close(report, ReportState.DUPLICATE, by, moment, "", duplicate_of=original)


def time_to_correction(since: datetime) -> ResponseTime:
    """How long errors stood once they were known, of those corrected since then.

    Each report that led to a correction counts, save of what was already corrected when it came;
    so does each find of the newsroom's own that no reader reported.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, {"since": since})
        median, count = cursor.fetchone()
    return ResponseTime(median, count)


def open_reports() -> "QuerySet[ErrorReport]":
    """What waits for an editor, held ones apart from it."""
    return ErrorReport.objects.filter(state=ReportState.NEW)


def others_on(report: ErrorReport) -> "QuerySet[ErrorReport]":
    """The story's other reports that this one could repeat, newest first."""
    found = ErrorReport.objects.filter(article=report.article_id, duplicate_of=None)
    return found.exclude(pk=report.pk).exclude(state=ReportState.HELD)


def counts_by_state(article: int) -> dict[str, int]:
    """How many reports a story has in each state it has any in."""
    found = ErrorReport.objects.filter(article=article).order_by().values_list("state")
    return dict(found.annotate(Count("pk")))


def erase_address(email: str) -> int:
    """Forget that this address ever reported an error; the reports stay. How many it was."""
    return _forget(ReportContact.objects.filter(email__iexact=email.strip()))


def forget_contacts(now: datetime) -> int:
    """Forget addresses of reports that were closed long ago; how many."""
    answered = ReportContact.objects.filter(report__closed_at__lt=now - CONTACT_KEPT)
    # A duplicate is answered with its original, which may still be open.
    waiting = Q(report__duplicate_of__isnull=False, report__duplicate_of__closed_at=None)
    return _forget(answered.exclude(waiting))


def _forget(contacts: "QuerySet[ReportContact]") -> int:
    """Drop these addresses, also from the mails that answered them; how many."""
    with transaction.atomic():
        told = list(contacts.select_for_update(of=("self",)).values_list("pk", "report", "email"))
        for _pk, report, email in told:
            forget(mails_to(email, [KIND]).filter(dedupe_key=key_of(report)))
        ReportContact.objects.filter(pk__in=[row[0] for row in told]).delete()
    return len(told)


def _check(sentence: str, problem: str, email: str) -> None:
    if len(sentence) > LONGEST_SENTENCE:
        raise ReportRefused(
            _("Please quote one sentence, or two: at most %(most)d characters.")
            % {"most": LONGEST_SENTENCE},
            "sentence",
        )
    if len(problem) < SHORTEST:
        raise ReportRefused(_("Please tell us what is wrong."), "problem")
    if len(problem) > LONGEST_PROBLEM:
        raise ReportRefused(
            _("This is too long: please keep it to %(most)d characters.")
            % {"most": LONGEST_PROBLEM},
            "problem",
        )
    if email and not can_be_written_to(email):
        raise ReportRefused(
            _("This does not look like an e-mail address. Mend it, or leave it empty."), "email"
        )


def _version_read(article: Article, number: int, moment: datetime) -> Version:
    """The version the reader had before them; where the form says none that there is, the one
    that was public then."""
    versions = Version.objects.filter(article=article)
    read = versions.filter(number=number).first()
    if read is None:
        read = versions.filter(published_at__lte=moment).order_by("-number").first()
    return read or versions.order_by("number")[0]


def _open(report: ErrorReport) -> ErrorReport:
    found = ErrorReport.objects.select_for_update(of=("self",)).select_related("article")
    report = found.get(pk=report.pk)
    if report.state not in OPEN:
        raise CannotClose(_("This report is closed already."))
    return report


def _close(
    report: ErrorReport,
    state: ReportState,
    by: Reader,
    moment: datetime,
    words: str,
    **fields: object,
) -> ErrorReport:
    words = tidied(words)
    if len(words) > LONGEST_OUTCOME:
        raise CannotClose(_("This answer is too long to be sent."))
    with transaction.atomic():
        report = _open(report)
        report.state, report.outcome = state, words
        report.closed_by, report.closed_at = by, moment
        for name, value in fields.items():
            setattr(report, name, value)
        report.save(update_fields=["state", "outcome", "closed_by", "closed_at", *fields])
        log.record(
            by, "closed", report, f"Closed an error report: {state}", article=report.article_id
        )
        answer(report)
    return report


_MEDIAN = """
WITH known AS (
    SELECT version.published_at - report.reported_at AS stood
    FROM articles_errorreport report
    JOIN articles_correction entry ON entry.id = report.correction_id
    JOIN articles_version version ON version.id = entry.after_id
    WHERE version.published_at >= %(since)s AND version.published_at >= report.reported_at
    UNION ALL
    SELECT version.published_at - entry.noticed_at
    FROM articles_correction entry
    JOIN articles_version version ON version.id = entry.after_id
    WHERE entry.noticed_at IS NOT NULL AND version.published_at >= %(since)s
    AND NOT EXISTS (
        SELECT 1 FROM articles_errorreport report
        WHERE report.correction_id = entry.id AND report.reported_at <= version.published_at
    )
)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY stood), count(*) FROM known
"""
