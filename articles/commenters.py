"""How a reader stands with the desk: trusted, so that comments need no approval, or kept from
commenting for a time and a reason, which the reader is shown."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Comment, Commenter, CommentState
from newsroom.audit import log
from newsroom.branding.models import Branding
from newsroom.readers.models import Reader

LONGEST_REASON: Final = 300


class CannotBan(Exception):
    """The text is the sentence for the editor."""


def standing(reader: Reader) -> Commenter:
    """How the reader stands; a row not saved yet where nobody ever decided anything."""
    return Commenter.objects.filter(reader=reader).first() or Commenter(reader=reader)


def is_banned(commenter: Commenter, moment: datetime) -> bool:
    return commenter.banned_until is not None and moment < commenter.banned_until


def trust(reader: Reader, by: Reader, moment: datetime) -> Commenter:
    """From now on the reader's comments are shown at once."""
    return _change(reader, by, "trusted", "Trusted a commenter", trusted_at=moment)


def distrust(reader: Reader, by: Reader) -> Commenter:
    """The reader's comments wait for an editor again; nothing when they did already."""
    if standing(reader).trusted_at is None:
        return standing(reader)
    return _change(reader, by, "stopped trusting", "Trusts a commenter no more", trusted_at=None)


def ban(reader: Reader, by: Reader, reason: str, until: datetime, moment: datetime) -> Commenter:
    """Keep the reader from commenting until then. Raises CannotBan."""
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise CannotBan(_("Please give a reason: the reader sees it."))
    if until <= moment:
        raise CannotBan(_("Choose a day to come."))
    if reader.is_staff or reader.is_superuser:
        raise CannotBan(_("This is one of the newsroom's own people."))
    return _change(
        reader,
        by,
        "banned",
        "Kept a reader from commenting",
        banned_until=until,
        ban_reason=reason,
        trusted_at=None,
    )


def unban(reader: Reader, by: Reader) -> Commenter:
    """Let the reader comment again; nothing when nothing kept them from it."""
    if standing(reader).banned_until is None:
        return standing(reader)
    return _change(
        reader, by, "unbanned", "Lets a reader comment again", banned_until=None, ban_reason=""
    )


def may_be_trusted(reader: Reader) -> bool:
    """Whether so many of the reader's comments were approved, and none rejected since, that the
    desk is offered to trust them."""
    wanted = Branding.load().comments_trust_after
    if not wanted or standing(reader).trusted_at is not None:
        return False
    decided = Comment.objects.filter(reader=reader).exclude(decided_at=None)
    latest = decided.order_by("-decided_at", "-pk").values_list("state", flat=True)[:wanted]
    return list(latest) == [CommentState.APPROVED] * wanted


def _change(reader: Reader, by: Reader, verb: str, summary: str, **fields: object) -> Commenter:
    with transaction.atomic():
        commenter, _made = Commenter.objects.update_or_create(reader=reader, defaults=fields)
        log.record(by, verb, reader, summary)
    return commenter
