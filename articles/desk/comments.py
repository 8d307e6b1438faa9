"""Readers' comments on the desk: what waits, oldest first, each approved or rejected."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView

from articles.addresses import current_path
from articles.appeals import SecondPersonNeeded, open_appeals
from articles.commenters import (
    CannotBan,
    ban,
    distrust,
    is_banned,
    may_be_trusted,
    standing,
    trust,
    unban,
)
from articles.comments import (
    LONGEST_REASON,
    WAITING,
    NoReason,
    anchor,
    approve,
    next_held,
    pick,
    reject,
)
from articles.desk import comment_log
from articles.models import Comment, CommentAppeal, CommentReport, CommentState
from articles.removals import headline_of
from newsroom.furniture import acting, desk_page
from newsroom.watching import WatchedViewSet

APPEALED: Final = "appealed"
QUEUE_SHOWN: Final = 50
PAST_SHOWN: Final = 20
_ON_WRITERS: Final = {
    "trust": gettext_lazy("From now on this reader's comments are shown at once."),
    "distrust": gettext_lazy("This reader's comments wait for an editor again."),
    "ban": gettext_lazy("This reader cannot comment until then, and is shown why."),
    "unban": gettext_lazy("This reader may comment again."),
}


class CommentIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[Comment]:
        return super().get_base_queryset().select_related("reader", "article__current_version")


class DecideView(InspectView):
    """GET shows one comment; POST `decision` ("approve", "reject" with `reason`, "pick",
    "unpick"), or of its writer "trust", "distrust", "unban", or "ban" with `ban_reason` and
    `until` (a day)."""

    page_title = gettext_lazy("Comment")

    def get_page_subtitle(self) -> str:
        return headline_of(self.object.article)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        editor = request.user
        if not editor.is_authenticated or not self.user_has_permission("change"):
            raise PermissionDenied
        comment, reason = self.object, request.POST.get("reason", "")
        if request.POST.get("decision") in _ON_WRITERS:
            return self._on_writer(request, request.POST["decision"])
        if (picked := request.POST.get("decision")) in ("pick", "unpick"):
            pick(comment, editor, timezone.now(), picked=picked == "pick")
            return redirect("comments_desk:inspect", comment.pk)
        try:
            if request.POST.get("decision") == "approve":
                approve(comment, editor, timezone.now())
                messages.success(request, _("Approved: it is shown under the story."))
            else:
                reject(comment, editor, reason, timezone.now())
                messages.success(request, _("Rejected: its writer sees the reason."))
        except (NoReason, SecondPersonNeeded) as refusal:
            context = self.get_context_data(error=str(refusal))
            return self.render_to_response(context, status=422)
        following = next_held(after=comment)
        if following is not None:
            return redirect("comments_desk:inspect", following.pk)
        return redirect("comments_desk:index")

    def _on_writer(self, request: HttpRequest, decision: str) -> HttpResponse:
        editor, reader, now = acting(request), self.object.reader, timezone.now()
        if not editor.has_perm("articles.change_commenter"):
            raise PermissionDenied
        try:
            match decision:
                case "trust":
                    trust(reader, editor, now)
                case "distrust":
                    distrust(reader, editor)
                case "unban":
                    unban(reader, editor)
                case _:
                    until = _end_of_day(request.POST.get("until", ""))
                    ban(reader, editor, request.POST.get("ban_reason", ""), until, now)
        except CannotBan as refusal:
            context = self.get_context_data(ban_error=str(refusal), typed=request.POST)
            return self.render_to_response(context, status=422)
        messages.success(request, _ON_WRITERS[decision])
        return redirect("comments_desk:inspect", self.object.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        comment = self.object
        how = standing(comment.reader)
        others = Comment.objects.filter(reader=comment.reader).exclude(pk=comment.pk)
        story = current_path(comment.article)
        return super().get_context_data(
            comment=comment,
            headline=headline_of(comment.article),
            story_url=f"{story}#{anchor(comment.pk)}" if story else "",
            story_desk_url=reverse("wagtailadmin_pages:edit", args=[comment.article_id]),
            longest_reason=LONGEST_REASON,
            can_decide=self.user_has_permission("change"),
            appeal=CommentAppeal.objects.filter(comment=comment).first(),
            edits=comment.edits.all(),
            reports=comment.reports.order_by("-pk")[:PAST_SHOWN],
            past=others.select_related("article__current_version").order_by("-pk")[:PAST_SHOWN],
            past_counts=_counts(others),
            how=how,
            banned=is_banned(how, timezone.now()),
            offer_trust=may_be_trusted(comment.reader),
            can_change_writer=self.request.user.has_perm("articles.change_commenter"),
            **kwargs,
        )


def queue(request: HttpRequest) -> HttpResponse:
    """Comments in one state (`?state=`), those that wait the oldest first, all others the newest
    first; POST decides on those of `comment` alike: `decision` and, to reject, `reason`."""
    if not request.user.has_perm("articles.change_comment"):
        raise PermissionDenied
    error, status = "", 200
    if request.method == "POST":
        try:
            _decide_on_many(request)
            return redirect(request.get_full_path())
        except (NoReason, SecondPersonNeeded) as refusal:
            error, status = str(refusal), 422
    state = request.GET.get("state", CommentState.HELD)
    if state not in CommentState.values:
        state = CommentState.HELD
    appealed = request.GET.get("state") == APPEALED
    # What looks like spam waits behind the rest, and nothing is left out.
    oldest_first = ("score", "created_at", "pk") if state in WAITING else ("-created_at", "-pk")
    wanted = Q(appeal__isnull=False, appeal__decided_at=None) if appealed else Q(state=state)
    found = Comment.objects.filter(wanted).select_related(
        "reader", "article__current_version", "parent__reader"
    )
    counts = dict(Comment.objects.order_by().values_list("state").annotate(Count("pk")))
    said = CommentReport.objects.filter(settled=False).order_by("pk")
    shown = found.prefetch_related(Prefetch("reports", said, "open_reports"))
    context: dict[str, Any] = {
        "comments": shown.order_by(*oldest_first)[:QUEUE_SHOWN],
        "states": [
            *(
                (value, label, counts.get(value, 0), value == state and not appealed)
                for value, label in CommentState.choices
            ),
            (APPEALED, _("appealed"), open_appeals().count(), appealed),
        ],
        "state": state,
        "chosen": request.POST.getlist("comment"),
        "error": error,
        "longest_reason": LONGEST_REASON,
        "all_url": reverse("comments_desk:index"),
    }
    page = desk_page(_("Comments"), icon="comment", **context)
    return render(request, "articles/desk/comment_queue.html", page, status=status)


def _decide_on_many(request: HttpRequest) -> None:
    """Decide on each of the chosen comments, or on none. Raises NoReason, SecondPersonNeeded."""
    editor, now = acting(request), timezone.now()
    chosen = [int(pk) for pk in request.POST.getlist("comment") if pk.isascii() and pk.isdigit()]
    approving = request.POST.get("decision") == "approve"
    with transaction.atomic():
        found = list(Comment.objects.filter(pk__in=chosen[:QUEUE_SHOWN]).order_by("pk"))
        for comment in found:
            if approving:
                approve(comment, editor, now)
            else:
                reject(comment, editor, request.POST.get("reason", ""), now)
    if not found:
        messages.error(request, _("No comment was chosen."))
    elif approving:
        messages.success(
            request,
            ngettext("%(n)d comment is shown.", "%(n)d comments are shown.", len(found))
            % {"n": len(found)},
        )
    else:
        messages.success(
            request,
            ngettext("%(n)d comment is rejected.", "%(n)d comments are rejected.", len(found))
            % {"n": len(found)},
        )


def _counts(comments: "QuerySet[Comment]") -> list[tuple[str, int]]:
    """How many of the comments are in each state that any is in, in words."""
    found = dict(comments.order_by().values_list("state").annotate(Count("pk")))
    return [(str(state.label), found[state]) for state in CommentState if state in found]


def _end_of_day(text: str) -> datetime:
    """The day's end in the newsroom's zone. Raises CannotBan."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2999:
        raise CannotBan(_("Choose a day to come."))
    end = datetime.combine(day + timedelta(days=1), time.min)
    return timezone.make_aware(end, timezone.get_default_timezone())


class CommentViewSet(WatchedViewSet):
    model = Comment
    name = "comments_desk"
    url_prefix = "comments"
    icon = "comment"
    menu_label = gettext_lazy("Comments")
    menu_order = 250
    inspect_template_name = "articles/desk/comment.html"
    index_view_class = CommentIndex
    inspect_view_class = DecideView
    ordering = ("created_at", "id")
    list_filter = ("state",)
    search_fields = ("text",)
    list_display = (
        TitleColumn(
            "text",
            label=gettext_lazy("Comment"),
            accessor=lambda comment: Truncator(comment.text).chars(140),
            url_name="comments_desk:inspect",
        ),
        Column(
            "story",
            label=gettext_lazy("Story"),
            accessor=lambda comment: headline_of(comment.article),
        ),
        Column("name", label=gettext_lazy("By"), accessor="reader.name_shown"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda comment: comment.state == CommentState.HELD,
            sort_key="state",
        ),
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
    )

    def waiting(self) -> list[QuerySet[Any]]:
        return [Comment.objects.filter(state__in=WAITING), open_appeals()]

    @cached_property
    def menu_url(self) -> str:
        return reverse("comments_desk:queue")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("queue/", queue, name="queue"),
            path("log/", comment_log.log_page, name="log"),
            path("log/story/<int:article_id>.csv", comment_log.story_csv, name="story_csv"),
            *super().get_urlpatterns(),
        ]
