"""What stories hold about a reader: comments, follows, reported errors, and how it is erased."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles import following, reports
from articles.models import Comment, Commenter, ErrorReport, Follow, ReportContact
from articles.own_comments import comments_of
from articles.removals import headline_of
from newsroom.personal import Holding, Person, Row, register, struck_out
from newsroom.readers.models import Reader


def join() -> None:
    """Called once, when the app is ready."""
    register(
        Holding("comments", _("Comments"), _comments, _erase_comments),
        Holding("commenting", _("How you stand as a commenter"), _standing),
        Holding("follows", _("Stories you follow"), _follows, _erase_follows),
        Holding("error reports", _("Errors you reported"), _reports, _erase_reports),
    )


def _comments(person: Person) -> Iterator[Row]:
    if person.reader is None:
        return
    for comment in comments_of(Reader(pk=person.reader)):
        yield {
            "story": comment.headline,
            "text": comment.text,
            "written": comment.created_at.isoformat(),
            "state": comment.state,
            "reason": comment.reason,
            "appeal": comment.appeal,
        }


def _erase_comments(person: Person) -> int:
    """The comments themselves; answers of others stay, and say that what they answer is gone."""
    if person.reader is None:
        return 0
    Commenter.objects.filter(reader=person.reader).delete()
    # One by one, so that the pages that show them are purged.
    return Comment.objects.filter(reader=person.reader).delete()[1].get(Comment._meta.label, 0)


def _standing(person: Person) -> Iterator[Row]:
    for how in Commenter.objects.filter(reader=person.reader) if person.reader else ():
        yield {
            "trusted since": how.trusted_at.isoformat() if how.trusted_at else None,
            "banned until": how.banned_until.isoformat() if how.banned_until else None,
            "reason": how.ban_reason,
        }


def _follows_of(person: Person) -> Q:
    found = Q()
    for address in person.addresses:
        found |= Q(email__iexact=address)
    return found | Q(reader=person.reader) if person.reader else found


def _follows(person: Person) -> Iterator[Row]:
    wanted = _follows_of(person)
    if not wanted:
        return
    for follow in Follow.objects.filter(wanted).select_related("article__current_version"):
        yield {
            "address": follow.email,
            "story": headline_of(follow.article),
            "updates too": follow.updates_too,
            "language": follow.language,
            "asked": follow.asked_at.isoformat(),
            "confirmed": follow.confirmed_at.isoformat() if follow.confirmed_at else None,
        }


def _erase_follows(person: Person) -> int:
    return sum(following.erase_address(address) for address in person.addresses)


def _contacts(person: Person) -> Q:
    found = Q()
    for address in person.addresses:
        found |= Q(email__iexact=address)
    return found


def _reports(person: Person) -> Iterator[Row]:
    wanted = _contacts(person)
    if not wanted:
        return
    for contact in ReportContact.objects.filter(wanted).select_related(
        "report__article__current_version"
    ):
        report = contact.report
        yield {
            "address": contact.email,
            "story": headline_of(report.article),
            "sentence": report.sentence,
            "what is wrong": report.problem,
            "reported": report.reported_at.isoformat(),
            "state": report.state,
            "answer": report.outcome,
        }


def _erase_reports(person: Person) -> int:
    """What was reported stays with the story, without its writer: no address, and no name that
    was typed into it."""
    wanted = _contacts(person)
    if not wanted:
        return 0
    with transaction.atomic():
        told = ReportContact.objects.filter(wanted).values_list("report", flat=True)
        for report in ErrorReport.objects.select_for_update().filter(pk__in=list(told)):
            report.problem = struck_out(report.problem, person)
            report.outcome = struck_out(report.outcome, person)
            report.save(update_fields=["problem", "outcome"])
        return sum(reports.erase_address(address) for address in person.addresses)
