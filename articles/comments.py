"""What readers say under a story: written by a signed-in reader, held, decided by an editor."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles.addresses import absolute, current_path
from articles.models import Address, Article, Comment, CommentState
from newsroom.audit import log
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader

SHORTEST: Final = 2
LONGEST: Final = 4000
LONGEST_REASON: Final = 300

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MANY_BREAKS = re.compile(r"\n\s*\n\s*\n+")


class CommentRefused(Exception):
    """The comment is not taken; the text is the sentence for its writer."""


class CommentsClosed(CommentRefused):
    """The story takes no comments."""


class NoReason(Exception):
    """A comment is rejected only with a reason, which its writer sees."""


@dataclass(frozen=True)
class CommentShown:
    """A comment as everybody sees it under the story. `text` is plain, not HTML."""

    name_shown: str
    text: str
    created_at: datetime
    anchor: str


@dataclass(frozen=True)
class OwnComment:
    """A comment as its writer sees it, whatever was decided. `reason` only when rejected."""

    text: str
    created_at: datetime
    state: str
    state_shown: str
    reason: str
    headline: str
    url: str


def write_comment(article: Article, reader: Reader, text: str, moment: datetime) -> Comment:
    """Hold a reader's comment on a story for an editor. Raises CommentRefused."""
    if not (article.live and article.current_version_id and article.comments_open):
        raise CommentsClosed(_("Comments on this story are closed."))
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
    with transaction.atomic():
        # One at a time for each reader: a double click is one comment.
        Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
        if Comment.objects.filter(article=article, reader=reader, text=text).exists():
            raise CommentRefused(_("You have already written this under this story."))
        return Comment.objects.create(article=article, reader=reader, text=text, created_at=moment)


def approve(comment: Comment, by: Reader, moment: datetime) -> Comment:
    """Show the comment under its story and owe its writer the news, once whatever happens."""
    with transaction.atomic():
        comment = _locked(comment)
        if comment.state == CommentState.APPROVED:
            return comment
        _decide(comment, CommentState.APPROVED, by, moment)
        log.record(by, "approved", comment, "Approved a comment", article=comment.article_id)
        owe(
            "comment approved",
            f"comment-approved:{comment.pk}",
            comment.reader.email,
            "comment_approved",
            _mail_context(comment),
            comment.reader.language,
        )
    return comment


def reject(comment: Comment, by: Reader, reason: str, moment: datetime) -> Comment:
    """Keep the comment from the story, or take it away; the writer sees `reason`.

    Raises NoReason when it is empty.
    """
    reason = " ".join(tidied(reason).split())[:LONGEST_REASON]
    if not reason:
        raise NoReason(_("Please give a reason: the writer sees it."))
    with transaction.atomic():
        comment = _locked(comment)
        _decide(comment, CommentState.REJECTED, by, moment, reason)
        log.record(by, "rejected", comment, "Rejected a comment", article=comment.article_id)
    return comment


def next_held(after: Comment) -> Comment | None:
    """The next comment that waits for an editor, oldest first, other than `after`."""
    held = Comment.objects.filter(state=CommentState.HELD).exclude(pk=after.pk)
    return held.order_by("created_at", "id").first()


def approved_comments(article_id: int) -> list[CommentShown]:
    """The comments shown under a story, oldest first; one query."""
    found = (
        Comment.objects.filter(article_id=article_id, state=CommentState.APPROVED)
        .select_related("reader")
        .only(
            "text",
            "created_at",
            "reader__public_name",
            "reader__first_name",
            "reader__last_name",
        )
        .order_by("created_at", "id")
    )
    return [
        CommentShown(
            name_shown=comment.reader.name_shown,
            text=comment.text,
            created_at=comment.created_at,
            anchor=anchor(comment.pk),
        )
        for comment in found
    ]


def comments_of(reader: Reader, article_id: int | None = None) -> list[OwnComment]:
    """All a reader wrote, newest first; with `article_id` only under that story. One query."""
    found = Comment.objects.filter(reader=reader).order_by("-created_at", "-id")
    if article_id is not None:
        found = found.filter(article_id=article_id)
    return [
        OwnComment(
            text=comment.text,
            created_at=comment.created_at,
            state=comment.state,
            state_shown=comment.get_state_display(),
            reason=comment.reason if comment.state == CommentState.REJECTED else "",
            headline=headline_of(comment.article),
            url=comment.article_url or "",  # type: ignore[attr-defined]
        )
        for comment in found.select_related("article__current_version").annotate(
            article_url=current_address()
        )
    ]


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


def headline_of(article: Article) -> str:
    """The headline as readers see it."""
    version = article.current_version
    return version.headline if version else article.title


def _locked(comment: Comment) -> Comment:
    held = Comment.objects.select_for_update(of=("self",))
    return held.select_related("reader", "article__current_version").get(pk=comment.pk)


def _decide(
    comment: Comment, state: CommentState, by: Reader, moment: datetime, reason: str = ""
) -> None:
    comment.state, comment.reason = state, reason
    comment.decided_by, comment.decided_at = by, moment
    comment.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _mail_context(comment: Comment) -> dict[str, str]:
    story_url = absolute(current_path(comment.article) or "/")
    return {
        "headline": headline_of(comment.article),
        "text": comment.text,
        "name": comment.reader.name_shown,
        "story_url": story_url,
        "comment_url": f"{story_url}#{anchor(comment.pk)}",
    }
