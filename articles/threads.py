"""Comments as everybody sees them: threads one level deep, the oldest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from articles.comments import anchor
from articles.models import Comment, CommentState
from newsroom.prepared import Prepared

PER_PAGE: Final = 30


@dataclass(frozen=True)
class CommentShown:
    """A comment as everybody sees it under the story. `text` is plain, not HTML.

    `answers` is the anchor of the comment it replies to, `answers_name` that one's writer; both
    empty where it is none, or that one is not shown any more (then `answers_gone`).
    """

    name_shown: str
    text: str
    created_at: datetime
    anchor: str
    id: int = 0
    answers: str = ""
    answers_name: str = ""
    answers_gone: bool = False

    @property
    def is_reply(self) -> bool:
        return bool(self.answers) or self.answers_gone


@dataclass(frozen=True)
class Discussion:
    """A page of a story's comments. `count` is how many there are from this page on; `after` is
    what the next page comes after, 0 on the last."""

    comments: list[CommentShown]
    count: int
    after: int


def discussion(article_id: int, after: int = 0, per_page: int = PER_PAGE) -> Discussion | None:
    """The comments under a story that follow the one `after` (its id), in one query; with `after`
    two. None when there is no such comment under the story."""
    if after:
        found = _in_order(article_id)
        # The type checker's plugin does not know what an annotation adds.
        place: Any = found.filter(pk=after)
        key: Any = place.values_list("thread_at", "thread", "is_reply", "created_at").first()
        if key is None:
            return None
        rows = list(_counted(_following(found, key, after))[: per_page + 1])
    elif per_page == PER_PAGE:
        rows = _FIRST.all(article_id)
    else:
        rows = list(_counted(_in_order(article_id))[: per_page + 1])
    shown = rows[:per_page]
    return Discussion(
        comments=[_shown(comment) for comment in shown],
        count=rows[0].count if rows else 0,  # type: ignore[attr-defined]
        after=shown[-1].pk if len(rows) > per_page else 0,
    )


def approved_comments(article_id: int) -> list[CommentShown]:
    """The first comments under a story; one query."""
    first = discussion(article_id)
    return first.comments if first else []


def _in_order(article_id: int) -> "QuerySet[Comment]":
    approved = Comment.objects.filter(article_id=article_id, state=CommentState.APPROVED)
    return (
        approved.select_related("reader", "parent__reader")
        .annotate(
            thread_at=Coalesce("parent__created_at", "created_at"),
            thread=Coalesce("parent_id", "pk"),
            is_reply=Q(parent__isnull=False),
        )
        .order_by("thread_at", "thread", "is_reply", "created_at", "pk")
    )


def _counted(found: "QuerySet[Comment]") -> "QuerySet[Comment]":
    return found.annotate(count=Window(Count("pk")))


# Every story's page asks it.
_FIRST: Final = Prepared(lambda article: _counted(_in_order(article))[: PER_PAGE + 1], int)


def _following(
    found: "QuerySet[Comment]", key: tuple[datetime, int, bool, datetime], pk: int
) -> "QuerySet[Comment]":
    thread_at, thread, is_reply, created_at = key
    later_here = Q(created_at__gt=created_at) | Q(created_at=created_at, pk__gt=pk)
    if not is_reply:
        later_here = Q(is_reply=True)
    return found.filter(
        Q(thread_at__gt=thread_at)
        | Q(thread_at=thread_at, thread__gt=thread)
        | (Q(thread=thread, is_reply=True) & later_here)
    )


def _shown(comment: Comment) -> CommentShown:
    parent = comment.parent
    stands = parent is not None and parent.state == CommentState.APPROVED
    return CommentShown(
        name_shown=comment.reader.name_shown,
        text=comment.text,
        created_at=comment.created_at,
        anchor=anchor(comment.pk),
        id=comment.pk,
        answers=anchor(parent.pk) if parent and stands else "",
        answers_name=parent.reader.name_shown if parent and stands else "",
        answers_gone=parent is not None and not stands,
    )
