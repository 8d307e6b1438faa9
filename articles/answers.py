"""What a reader who reported an error is answered, once, when they left an address."""

from django.utils.translation import override

from articles.addresses import absolute, current_path
from articles.entries import entry_lines
from articles.models import Correction, ErrorReport, ReportContact, ReportState
from articles.removals import headline_of
from articles.story import policy_url
from newsroom.mail.outbox import owe

KIND = "error report answered"


def answer(report: ErrorReport) -> None:
    """Owe the writer of a closed report, and of those that repeat it, what came of it.

    A duplicate of a report that is still open hears when that one closes.
    """
    decided = report.duplicate_of or report
    if decided.closed_at is None:
        return
    told = [report.pk, *decided.duplicates.values_list("pk", flat=True)]
    for contact in ReportContact.objects.filter(report__in=told).select_related("report"):
        _owe(contact, decided)


def key_of(report: int) -> str:
    """The answer's key in the outbox."""
    return f"report-answer:{report}"


def _owe(contact: ReportContact, decided: ErrorReport) -> None:
    story_url = absolute(current_path(decided.article) or "/")
    with override(contact.language):
        # As a line: what is withheld meanwhile is not mailed either.
        lines = entry_lines(Correction.objects.filter(pk=decided.correction_id or 0))
        entry = lines[0] if lines else None
        context = {
            "headline": headline_of(decided.article),
            "sentence": contact.report.sentence,
            "reported_at": contact.report.reported_at,
            "corrected": decided.state == ReportState.CORRECTED,
            "entry": entry,
            "kind_shown": entry.kind_shown if entry else "",
            "outcome": decided.outcome,
            "story_url": story_url,
            "entry_url": f"{story_url}#{entry.anchor}" if entry else story_url,
            "policy_url": absolute(policy_url(contact.language)),
        }
    owe(
        KIND,
        key_of(contact.report_id),
        contact.email,
        "report_answered",
        context,
        contact.language,
    )
