"""A rejected comment looked at once more, by somebody else than who rejected it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from articles.models import Comment, CommentAppeal, CommentState
from newsroom.audit import log
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader

LONGEST: Final = 1000
SHORTEST: Final = 3
ANSWER_MAIL: Final = "comment appeal"


class AppealRefused(Exception):
    """The text is the sentence for the writer."""


class SecondPersonNeeded(Exception):
    """Whoever rejected the comment does not decide on the appeal."""


def appeal(comment: Comment, words: str, moment: datetime) -> CommentAppeal:
    """Ask for the second look, once. Raises AppealRefused."""
    words = " ".join(words.replace("\x00", "").split())
    if len(words) < SHORTEST:
        raise AppealRefused(_("Please say why the decision was wrong."))
    if len(words) > LONGEST:
        raise AppealRefused(
            _("This is too long: please keep it to %(most)d characters.") % {"most": LONGEST}
        )
    with transaction.atomic():
        found = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        if CommentAppeal.objects.filter(comment=found).exists():
            raise AppealRefused(_("You have asked already: a second look comes once."))
        if found.state != CommentState.REJECTED:
            raise AppealRefused(_("This comment is not rejected."))
        made = CommentAppeal.objects.create(
            comment=found, words=words, asked_at=moment, against=found.decided_by
        )
        log.record(None, "appealed", found, "A rejected comment was appealed")
    return made


def settle(comment: Comment, by: Reader, moment: datetime, *, upheld: bool) -> bool:
    """Decide an open appeal with the comment; whether there was one. Call with the comment locked.
    Raises SecondPersonNeeded."""
    asked = (
        CommentAppeal.objects.select_for_update().filter(comment=comment, decided_at=None).first()
    )
    if asked is None:
        return False
    if asked.against_id == by.pk:
        raise SecondPersonNeeded(_("You rejected it: somebody else decides on the appeal."))
    asked.upheld, asked.decided_at, asked.decided_by = upheld, moment, by
    asked.save(update_fields=["upheld", "decided_at", "decided_by"])
    log.record(by, "decided appeal", comment, "Decided on an appeal", upheld=upheld)
    return True


def owe_answer(comment: Comment, reason: str, headline: str) -> None:
    """The writer is told by mail that the rejection stands, and why."""
    owe(
        ANSWER_MAIL,
        f"comment-appeal:{comment.pk}",
        comment.reader.email,
        "comment_appeal",
        {"headline": headline, "text": comment.text, "reason": reason},
        comment.reader.language,
    )


def open_appeals() -> QuerySet[CommentAppeal]:
    return CommentAppeal.objects.filter(decided_at=None)
