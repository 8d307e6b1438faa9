"""What a reader wrote, as they see it themselves, whatever was decided."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from articles.comments import current_address, may_edit
from articles.models import Comment, CommentAppeal, CommentReport, CommentState
from articles.removals import headline_of
from newsroom.readers.models import Reader


@dataclass(frozen=True)
class OwnComment:
    """A comment as its writer sees it, whatever was decided. `reason` is why it was rejected, or
    what readers said who reported it; `appeal` how an appeal stands: "may" be asked for, "open",
    "upheld" or "granted", else empty."""

    text: str
    created_at: datetime
    state: str
    state_shown: str
    reason: str
    headline: str
    url: str
    id: int = 0
    article_id: int = 0
    appeal: str = ""
    editable: bool = False


def comments_of(reader: Reader, article_id: int | None = None) -> list[OwnComment]:
    """All a reader wrote, newest first; with `article_id` only under that story. One query."""
    now = timezone.now()
    found = Comment.objects.filter(reader=reader).order_by("-created_at", "-id")
    if article_id is not None:
        found = found.filter(article_id=article_id)
    return [
        OwnComment(
            text=comment.text,
            created_at=comment.created_at,
            state=comment.state,
            state_shown=comment.get_state_display(),
            reason=_why(comment),
            headline=headline_of(comment.article),
            url=comment.article_url or "",  # type: ignore[attr-defined]
            id=comment.pk,
            article_id=comment.article_id,
            appeal=_appeal_of(comment),
            editable=may_edit(comment, now),
        )
        for comment in found.select_related("article__current_version", "appeal").annotate(
            article_url=current_address(), said=_open_reasons()
        )
    ]


def _open_reasons() -> Subquery:
    """For annotations: the reasons of the reports that no editor has decided on."""
    reports = CommentReport.objects.filter(comment=OuterRef("pk"), settled=False).order_by()
    reasons = reports.values("comment").annotate(all=StringAgg("reason", "; ", distinct=True))
    return Subquery(reasons.values("all"))


def _why(comment: Comment) -> str:
    match comment.state:
        case CommentState.REJECTED:
            return comment.reason
        case CommentState.HELD:
            return comment.held_because
        case CommentState.REPORTED:
            return comment.said or ""  # type: ignore[attr-defined]
    return ""


def _appeal_of(comment: Comment) -> str:
    asked: CommentAppeal | None = getattr(comment, "appeal", None)
    if asked is None:
        return "may" if comment.state == CommentState.REJECTED else ""
    if asked.upheld is None:
        return "open"
    return "upheld" if asked.upheld else "granted"
