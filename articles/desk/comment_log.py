"""What was decided on comments and their writers, and a story's comments as a file for lawyers."""

from collections.abc import Iterator
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from articles.models import Article, Comment
from newsroom.audit import log
from newsroom.audit.models import AuditEntry
from newsroom.furniture import acting, desk_page
from newsroom.paging import page_by_key
from newsroom.spreadsheet import Cell, csv_response

SHOWN: Final = 50
VERBS: Final = ("trusted", "stopped trusting", "banned", "unbanned")


def log_page(request: HttpRequest) -> HttpResponse:
    """Each act on comments, the newest first, with who did it."""
    if not request.user.has_perm("articles.change_comment"):
        raise PermissionDenied
    about = Q(target__startswith="articles.comment:") | Q(verb__in=VERBS)
    slice_ = page_by_key(
        AuditEntry.objects.filter(about).select_related("actor"), request.GET.dict()
    )
    page = desk_page(
        _("What was decided on comments"), icon="comment", page=slice_, rows=slice_.rows
    )
    return render(request, "articles/desk/comment_log.html", page)


def story_csv(request: HttpRequest, article_id: int) -> HttpResponseBase:
    """Every comment of a story whatever its state, with words before a change, reports, reasons and
    who decided. For those who may keep readers from commenting; taking it is logged."""
    if not request.user.has_perm("articles.change_commenter"):
        raise PermissionDenied
    article = get_object_or_404(Article, pk=article_id)
    log.record(acting(request), "exported", article, "Took a story’s comments as a file")
    headings = [
        _("Comment"), _("Answers"), _("Written"), _("Changed"), _("By"), _("E-mail"), _("State"),
        _("Text"), _("Before"), _("Reason"), _("Decided"), _("Decided by"), _("Reports"),
        _("Appeal"),
    ]  # fmt: skip
    return csv_response(f"comments-{article_id}", headings, _rows(article_id))


def _rows(article_id: int) -> Iterator[list[Cell]]:
    found = Comment.objects.filter(article=article_id).select_related(
        "reader", "decided_by", "appeal"
    )
    for comment in (
        found.prefetch_related("edits", "reports").order_by("pk").iterator(chunk_size=500)
    ):
        appeal = getattr(comment, "appeal", None)
        yield [
            comment.pk,
            comment.parent_id,
            comment.created_at.isoformat(),
            comment.edited_at.isoformat() if comment.edited_at else "",
            comment.reader.name_shown,
            comment.reader.email,
            comment.state,
            comment.text,
            " / ".join(edit.text for edit in comment.edits.all()),
            comment.reason,
            comment.decided_at.isoformat() if comment.decided_at else "",
            str(comment.decided_by or ""),
            " / ".join(report.reason for report in comment.reports.all()),
            appeal.words if appeal else "",
        ]
