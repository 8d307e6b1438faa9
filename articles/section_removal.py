"""A section goes from the site: its stories move to another one first, or go along, each on its
own record."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from articles.going_public import Leaving, Refused
from articles.models import Article, RemovalRequest, RequestState, Section
from articles.removal_requests import agree, ask
from articles.removals import public_under
from newsroom.audit import log
from newsroom.readers.models import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many stories went or moved, how many wait for a second person, and whether the section
    itself went."""

    done: int
    waiting: int
    section_gone: bool


def move_stories(section: Section, to: Section, by: Reader) -> Outcome:
    """Move all stories of a section to another of the same language, drafts and removed ones too,
    and take the empty section off the site. Raises `Refused`; then nothing is moved."""
    if to.pk == section.pk or to.locale_id != section.locale_id or not to.live:
        raise Refused(_("Choose another section of the same language that is on the site."))
    with transaction.atomic():
        stories = list(Article.objects.child_of(section).order_by("path"))
        there = set(to.get_children().values_list("slug", flat=True))
        for story in stories:
            if story.slug in there:
                raise Refused(
                    _(
                        "“%(headline)s” cannot be moved: a story in that section has the same "
                        "last part of its address. Change one of the two first."
                    )
                    % {"headline": story.title}
                )
            story.move(Section.objects.get(pk=to.pk), "last-child", user=by)
        return Outcome(len(stories), 0, _take_off(section, by))


def take_along(section: Section, why: Leaving) -> Outcome:
    """Remove the section's public stories, each with its own row, or ask a second person for those
    that need one; the section goes with the last of them. Raises `Refused` as `ask`."""
    with transaction.atomic():
        asked = waiting_under(section).values("article")
        removed = sum(
            ask(story, why) is not None for story in public_under(section).exclude(pk__in=asked)
        )
        return Outcome(removed, waiting_under(section).count(), _take_off(section, why.by))


def agree_to_all(section: Section, by: Reader) -> Outcome:
    """The second person agrees to every removal asked for under the section. Raises `Refused`."""
    with transaction.atomic():
        requests = list(waiting_under(section).exclude(asked_by=by).order_by("pk"))
        if not requests:
            raise Refused(_("A second person has to agree: you asked for this yourself."))
        for asked in requests:
            agree(asked.pk, by)
        return Outcome(len(requests), waiting_under(section).count(), _take_off(section, by))


def waiting_under(section: Section) -> "QuerySet[RemovalRequest]":
    """What was asked for and waits, of public stories of a section as a whole."""
    return RemovalRequest.objects.filter(
        article__in=public_under(section),
        state=RequestState.WAITING,
        version__isnull=True,
        due_at__isnull=True,
    )


def _take_off(section: Section, by: Reader | None) -> bool:
    page = Section.objects.get(pk=section.pk)
    if public_under(page).exists():
        return False
    if page.live:
        page.unpublish(user=by)
        log.record(by, "removed section", page, page.title)
    return True
