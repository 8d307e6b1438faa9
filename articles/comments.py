"""What readers say under a story: written by a signed-in reader, held, decided by an editor."""

import re
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles import appeals, spam
from articles.addresses import absolute, current_path
from articles.commenters import distrust, is_banned, standing
from articles.models import (
    Address,
    Article,
    Comment,
    Commenter,
    CommentState,
    WriterIs,
)
from articles.removals import headline_of
from newsroom.audit import log
from newsroom.branding.models import Branding
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader

SHORTEST: Final = 2
LONGEST: Final = 4000
LONGEST_REASON: Final = 300
APPROVED_MAIL: Final = "comment approved"
# How long its writer may put a comment right.
EDITABLE_FOR: Final = timedelta(minutes=15)
NEW_FOR: Final = timedelta(days=1)
# What an editor is to decide on; neither is shown under the story.
WAITING: Final = (CommentState.HELD, CommentState.REPORTED)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MANY_BREAKS = re.compile(r"\n\s*\n\s*\n+")


class CommentRefused(Exception):
    """The comment is not taken; the text is the sentence for its writer."""


class CommentsClosed(CommentRefused):
    """The story takes no comments."""


class NoReason(Exception):
    """A comment is rejected only with a reason, which its writer sees."""


def takes_comments(article: Article, moment: datetime, days: int) -> bool:
    """Whether comments are open: the story's own switch, and for `days` from its first
    publication (0: for ever), or as long as the story itself says."""
    first = article.first_published_at
    if not (article.comments_open and first):
        return False
    return not days or article.comments_stay_open or moment < first + timedelta(days=days)


def write_comment(
    article: Article,
    reader: Reader,
    text: str,
    moment: datetime,
    parent: Comment | None = None,
    *,
    asks_byline: bool = False,
) -> Comment:
    """Hold a reader's comment on a story for an editor; a trusted reader's is shown at once, unless
    it looks like spam, and so is the newsroom's own.

    A reply to a reply stands beside it. Raises CommentRefused.
    """
    public = article.live and article.current_version_id
    if not (public and takes_comments(article, moment, Branding.load().comments_days)):
        raise CommentsClosed(_("Comments on this story are closed."))
    text = fitting(text)
    with transaction.atomic():
        # One at a time for each reader: a double click is one comment.
        Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
        if Comment.objects.filter(article=article, reader=reader, text=text).exists():
            raise CommentRefused(_("You have already written this under this story."))
        if parent is not None:
            # As it is now: an editor may have decided on it meanwhile.
            shown = Comment.objects.filter(article=article, state=CommentState.APPROVED)
            parent = shown.filter(pk=parent.pk).first()
            if parent is None:
                raise CommentRefused(_("The comment you answer is not shown any more."))
        trusted = _refuse_banned(reader, moment).trusted_at is not None
        writer_is = _writer_is(article, reader)
        if not writer_is:
            _refuse_too_soon(article, reader, moment)
        said = said_of(reader, text, moment)
        held_because = "" if writer_is else spam.why_held(said)
        at_once = bool(writer_is) or (trusted and not held_because)
        return Comment.objects.create(
            article=article,
            reader=reader,
            text=text,
            created_at=moment,
            parent_id=(parent.parent_id or parent.pk) if parent else None,
            state=CommentState.APPROVED if at_once else CommentState.HELD,
            writer_is=writer_is,
            asks_byline=asks_byline and parent is None and not writer_is,
            score=spam.score(said),
            held_because=held_because,
        )


def fitting(text: str) -> str:
    """`text`, tidied. Raises CommentRefused for what is too short or too long."""
    text = tidied(text)
    if len(text) < SHORTEST:
        raise CommentRefused(_("Please write a few words."))
    if len(text) > LONGEST:
        over = len(text) - LONGEST
        raise CommentRefused(
            ngettext_lazy(
                "This is %(over)d character too long: a comment has at most %(most)d.",
                "This is %(over)d characters too long: a comment has at most %(most)d.",
                over,
            )
            % {"over": over, "most": LONGEST}
        )
    return text


def said_of(reader: Reader, text: str, moment: datetime) -> spam.Said:
    """A comment as the signs of spam are looked for in it."""
    lately = Comment.objects.filter(reader=reader, created_at__gt=moment - NEW_FOR)
    return spam.Said(
        text,
        repeats=2 * lately.filter(text=text).count(),
        new_account=moment < reader.date_joined + NEW_FOR,
    )


def approve(comment: Comment, by: Reader, moment: datetime) -> Comment:
    """Show the comment under its story and owe its writer the news, once whatever happens.
    Raises SecondPersonNeeded."""
    with transaction.atomic():
        comment = _locked(comment)
        if comment.state == CommentState.APPROVED:
            return comment
        granted = appeals.settle(comment, by, moment, upheld=False)
        _decide(comment, CommentState.APPROVED, by, moment)
        log.record(by, "approved", comment, "Approved a comment", article=comment.article_id)
        owe(
            APPROVED_MAIL,
            f"comment-approved:{comment.pk}{':appeal' if granted else ''}",
            comment.reader.email,
            "comment_approved",
            _mail_context(comment),
            comment.reader.language,
        )
    return comment


def reject(comment: Comment, by: Reader, reason: str, moment: datetime) -> Comment:
    """Keep the comment from the story, or take it away; the writer sees `reason`.

    Raises NoReason when it is empty, SecondPersonNeeded when an appeal is another one's to decide.
    """
    reason = " ".join(tidied(reason).split())[:LONGEST_REASON]
    if not reason:
        raise NoReason(_("Please give a reason: the writer sees it."))
    with transaction.atomic():
        comment = _locked(comment)
        if appeals.settle(comment, by, moment, upheld=True):
            appeals.owe_answer(comment, reason, headline_of(comment.article))
        _decide(comment, CommentState.REJECTED, by, moment, reason)
        log.record(by, "rejected", comment, "Rejected a comment", article=comment.article_id)
        distrust(comment.reader, by)
    return comment


def next_held(after: Comment) -> Comment | None:
    """The next comment that waits for an editor, oldest first, other than `after`."""
    held = Comment.objects.filter(state__in=WAITING).exclude(pk=after.pk)
    return held.order_by("created_at", "id").first()


def pick(comment: Comment, by: Reader, moment: datetime, *, picked: bool) -> None:
    """Put a shown comment among the editors' picks, or take it out; logged."""
    with transaction.atomic():
        comment = _locked(comment)
        if comment.state != CommentState.APPROVED or bool(comment.picked_at) == picked:
            return
        comment.picked_at = moment if picked else None
        comment.save(update_fields=["picked_at"])
        verb, words = (
            ("picked", "Picked a comment") if picked else ("unpicked", "Unpicked a comment")
        )
        log.record(by, verb, comment, words, article=comment.article_id)


def may_edit(comment: Comment, moment: datetime) -> bool:
    """Whether its writer may still put it right: for minutes, and not once it was rejected or
    reported."""
    open_ = comment.state in (CommentState.HELD, CommentState.APPROVED)
    return open_ and moment < comment.created_at + EDITABLE_FOR


def current_address() -> Subquery:
    """For annotations: the current path of a comment's story, None when it has none."""
    addresses = Address.objects.filter(article=OuterRef("article"), current=True)
    return Subquery(addresses.values("path")[:1])


def anchor(comment_id: int) -> str:
    return f"comment-{comment_id}"


def tidied(text: str) -> str:
    """`text` without control characters, with single line breaks or one empty line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _MANY_BREAKS.sub("\n\n", _CONTROL.sub("", text)).strip()


def _refuse_banned(reader: Reader, moment: datetime) -> Commenter:
    """How the reader stands. Raises CommentRefused with the reason and until when."""
    commenter = standing(reader)
    if is_banned(commenter, moment):
        until = date_format(timezone.localtime(commenter.banned_until), "DATETIME_FORMAT")
        raise CommentRefused(
            _("You cannot comment until %(until)s. The reason: %(reason)s")
            % {"until": until, "reason": commenter.ban_reason}
        )
    return commenter


def _writer_is(article: Article, reader: Reader) -> str:
    if article.bylines.filter(person__reader=reader).exists():
        return WriterIs.BYLINE
    return WriterIs.EDITOR if reader.is_staff else WriterIs.READER


def _refuse_too_soon(article: Article, reader: Reader, moment: datetime) -> None:
    """A story's own slow mode. Raises CommentRefused with the minutes to wait."""
    if not article.comments_pause:
        return
    pause = timedelta(minutes=article.comments_pause)
    latest = Comment.objects.filter(article=article, reader=reader).order_by("-created_at").first()
    if latest and moment < latest.created_at + pause:
        left = -(-(latest.created_at + pause - moment) // timedelta(minutes=1))
        raise CommentRefused(
            ngettext_lazy(
                "This conversation is slowed down: please wait %(n)d minute.",
                "This conversation is slowed down: please wait %(n)d minutes.",
                left,
            )
            % {"n": left}
        )


def _locked(comment: Comment) -> Comment:
    held = Comment.objects.select_for_update(of=("self",))
    return held.select_related("reader", "article__current_version").get(pk=comment.pk)


def _decide(
    comment: Comment, state: CommentState, by: Reader, moment: datetime, reason: str = ""
) -> None:
    comment.state, comment.reason = state, reason
    comment.decided_by, comment.decided_at = by, moment
    comment.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    comment.reports.filter(settled=False).update(settled=True)


def _mail_context(comment: Comment) -> dict[str, str]:
    story_url = absolute(current_path(comment.article) or "/")
    return {
        "headline": headline_of(comment.article),
        "text": comment.text,
        "name": comment.reader.name_shown,
        "story_url": story_url,
        "comment_url": f"{story_url}#{anchor(comment.pk)}",
    }
