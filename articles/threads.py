"""Comments as everybody sees them: threads one level deep, page by page; the oldest thread first,
or the newest, or those alone that editors picked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from articles.comments import anchor
from articles.models import Comment, CommentState, WriterIs
from newsroom.prepared import Prepared

PER_PAGE: Final = 30
OLDEST, NEWEST, PICKS = "", "newest", "picks"
ORDERS: Final = (OLDEST, NEWEST, PICKS)


@dataclass(frozen=True)
class CommentShown:
    """A comment as everybody sees it under the story. `text` is plain, not HTML.

    `answers` is the anchor of the comment it replies to, `answers_name` that one's writer; both
    empty where it is none, or that one is not shown any more (then `answers_gone`). `badge` says
    that an editor or the story's reporter wrote it; `asks` that it is a question to the reporter,
    `answered` that they answered it.
    """

    name_shown: str
    text: str
    created_at: datetime
    anchor: str
    id: int = 0
    answers: str = ""
    answers_name: str = ""
    answers_gone: bool = False
    badge: str = ""
    asks: bool = False
    answered: bool = False
    picked: bool = False
    edited: bool = False

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


def discussion(
    article_id: int, after: int = 0, per_page: int = PER_PAGE, order: str = OLDEST
) -> Discussion | None:
    """The comments under a story that follow the one `after` (its id) in `order`, in one query;
    with `after` two. None when there is no such comment under the story."""
    if after:
        found = _in_order(article_id, order)
        # The type checker's plugin does not know what an annotation adds.
        place: Any = found.filter(pk=after)
        key: Any = place.values_list("thread_at", "thread", "is_reply", "created_at").first()
        if key is None:
            return None
        rows = list(_counted(_following(found, key, after, order))[: per_page + 1])
    elif per_page == PER_PAGE and order == OLDEST:
        rows = _FIRST.all(article_id)
    else:
        rows = list(_counted(_in_order(article_id, order))[: per_page + 1])
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


def _in_order(article_id: int, order: str = OLDEST) -> "QuerySet[Comment]":
    approved = Comment.objects.filter(article_id=article_id, state=CommentState.APPROVED)
    if order == PICKS:
        approved = approved.exclude(picked_at=None)
    newest = "-" if order == NEWEST else ""
    by_byline = Comment.objects.filter(
        parent=OuterRef("pk"), writer_is=WriterIs.BYLINE, state=CommentState.APPROVED
    )
    return (
        approved.select_related("reader", "parent__reader")
        .annotate(
            thread_at=Coalesce("parent__created_at", "created_at"),
            thread=Coalesce("parent_id", "pk"),
            is_reply=Q(parent__isnull=False),
            answered=Exists(by_byline),
        )
        .order_by(f"{newest}thread_at", f"{newest}thread", "is_reply", "created_at", "pk")
    )


def _counted(found: "QuerySet[Comment]") -> "QuerySet[Comment]":
    return found.annotate(count=Window(Count("pk")))


# Every story's page asks it.
_FIRST: Final = Prepared(lambda article: _counted(_in_order(article))[: PER_PAGE + 1], int)


def _following(
    found: "QuerySet[Comment]",
    key: tuple[datetime, int, bool, datetime],
    pk: int,
    order: str = OLDEST,
) -> "QuerySet[Comment]":
    thread_at, thread, is_reply, created_at = key
    later_here = Q(created_at__gt=created_at) | Q(created_at=created_at, pk__gt=pk)
    if not is_reply:
        later_here = Q(is_reply=True)
    if order == NEWEST:
        further = Q(thread_at__lt=thread_at) | Q(thread_at=thread_at, thread__lt=thread)
    else:
        further = Q(thread_at__gt=thread_at) | Q(thread_at=thread_at, thread__gt=thread)
    return found.filter(further | (Q(thread=thread, is_reply=True) & later_here))


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
        badge=comment.writer_is,
        asks=comment.asks_byline,
        answered=comment.answered,  # type: ignore[attr-defined]
        picked=comment.picked_at is not None,
        edited=comment.edited_at is not None,
    )
