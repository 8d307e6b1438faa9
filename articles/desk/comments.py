"""Readers' comments on the desk: what is held, oldest first, each approved or rejected."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from articles.addresses import current_path
from articles.comments import (
    LONGEST_REASON,
    NoReason,
    anchor,
    approve,
    headline_of,
    next_held,
    reject,
)
from articles.models import Comment, CommentState


class CommentIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[Comment]:
        return super().get_base_queryset().select_related("reader", "article__current_version")


class DecideView(InspectView):
    """GET shows one comment; POST `decision` ("approve", or "reject" with `reason`)."""

    page_title = gettext_lazy("Comment")

    def get_page_subtitle(self) -> str:
        return headline_of(self.object.article)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        editor = request.user
        if not editor.is_authenticated or not self.user_has_permission("change"):
            raise PermissionDenied
        comment, reason = self.object, request.POST.get("reason", "")
        try:
            if request.POST.get("decision") == "approve":
                approve(comment, editor, timezone.now())
                messages.success(request, _("Approved: it is shown under the story."))
            else:
                reject(comment, editor, reason, timezone.now())
                messages.success(request, _("Rejected: its writer sees the reason."))
        except NoReason as refusal:
            context = self.get_context_data(error=str(refusal))
            return self.render_to_response(context, status=422)
        following = next_held(after=comment)
        if following is not None:
            return redirect("comments_desk:inspect", following.pk)
        return redirect("comments_desk:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        comment = self.object
        story = current_path(comment.article)
        return super().get_context_data(
            comment=comment,
            headline=headline_of(comment.article),
            story_url=f"{story}#{anchor(comment.pk)}" if story else "",
            story_desk_url=reverse("wagtailadmin_pages:edit", args=[comment.article_id]),
            longest_reason=LONGEST_REASON,
            can_decide=self.user_has_permission("change"),
            **kwargs,
        )


class HeldMenuItem(MenuItem):
    """The menu's line, with how many comments wait."""

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        held = Comment.objects.filter(state=CommentState.HELD).count()
        component = super().render_component(request)
        if held:
            component.label = f"{self.label} ({held})"
        return component


class CommentViewSet(ModelViewSet):
    model = Comment
    name = "comments_desk"
    url_prefix = "comments"
    icon = "comment"
    menu_label = gettext_lazy("Comments")
    menu_order = 250
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_template_name = "articles/desk/comment.html"
    index_view_class = CommentIndex
    inspect_view_class = DecideView
    list_per_page = 50
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

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        shown_by_permission = super().menu_item_class
        return type("CommentMenuItem", (HeldMenuItem, shown_by_permission), {})

    @cached_property
    def menu_url(self) -> str:
        return f"{reverse('comments_desk:index')}?state={CommentState.HELD}"

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """No pages that add, change or delete: readers write, editors decide."""
        unused = ("add", "edit", "delete", "history", "usage")
        return super().get_common_view_kwargs(**kwargs) | {
            f"{name}_url_name": None for name in unused
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]
