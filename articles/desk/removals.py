"""Removing a story from the site and withholding a version: asked by one, agreed by another."""

import re
from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from articles.addresses import current_path
from articles.going_public import Leaving, Refused
from articles.models import (
    REMOVING,
    Article,
    Ground,
    Removal,
    RemovalKind,
    RemovalRequest,
    RequestState,
    Version,
)
from articles.removal_requests import agree, ask, decline
from articles.removals import headline_of, needs_second_person, open_removal, withheld_versions
from newsroom.furniture import NamedPage
from newsroom.readers.models import Reader
from newsroom.watching import WatchedViewSet


def is_public_story(page: Page) -> bool:
    return isinstance(page.specific, Article) and page.live


def offer_removal(request: HttpRequest, page: Page, kind: str) -> HttpResponse:
    """To where the removal is asked for, with a word why we are there."""
    messages.warning(
        request,
        _(
            "A published story stays on the record. Say why it goes from the site: readers are "
            "told."
        ),
    )
    return redirect(f"{reverse('removals_desk:story', args=[page.pk])}?kind={kind}")


def removal_button(page: Page, user: Any, view_name: str, next_url: Any = None) -> Iterator[Any]:
    """In the menu beside a story's headline."""
    story = page.specific
    if not isinstance(story, Article) or not story.current_version_id:
        return
    if page.permissions_for_user(user).can_publish() or user.has_perm("articles.agree_removal"):
        yield Button(
            _("Remove or withhold"),
            url=reverse("removals_desk:story", args=[page.pk]),
            icon_name="no-view",
            priority=65,
        )


class StoryRemovals(NamedPage, TemplateView):
    """What may be removed or withheld of one story, and what was."""

    template_name = "articles/desk/removal_story.html"
    page_title = gettext_lazy("Remove or withhold")
    header_icon = "no-view"

    @cached_property
    def article(self) -> Article:
        return get_object_or_404(Article, pk=self.kwargs["pk"], current_version__isnull=False)

    def get_page_subtitle(self) -> str:
        return headline_of(self.article)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        can = self.article.permissions_for_user(request.user)
        if not (can.can_publish() or request.user.has_perm("articles.agree_removal")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.POST
        version = None
        kind = typed.get("kind", "")
        if kind in (RemovalKind.WITHHELD, RemovalKind.LIFTED):
            number = typed.get("version", "")
            version = get_object_or_404(
                Version,
                article=self.article,
                number=int(number) if re.fullmatch(r"[0-9]{1,9}", number) else 0,
            )
        elif kind not in REMOVING:
            kind = RemovalKind.UNPUBLISHED
        why = Leaving(kind, typed.get("ground", ""), typed.get("reason", ""), request.user)
        try:
            done = ask(self.article, why, version)
        except Refused as refusal:
            context = self.get_context_data(error=str(refusal), typed=typed)
            return self.render_to_response(context, status=422)
        if done:
            messages.success(request, _("The story is off the site. Its address says why."))
            return redirect("removals_desk:story", self.article.pk)
        messages.success(request, _("Asked. It is done once a second person agrees."))
        return redirect("removals_desk:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        story = self.article
        withheld = withheld_versions(story.pk)
        versions = story.versions.order_by("-number").only("number", "published_at", "headline")
        # What readers see cannot be withheld; of a removed story they see nothing.
        others = [
            each for each in versions if not story.live or each.pk != story.current_version_id
        ]
        kind = self.request.GET.get("kind", "")
        return super().get_context_data(
            story=story,
            headline=headline_of(story),
            address=current_path(story),
            removed=open_removal(story.pk),
            second=needs_second_person(story.pk, timezone.now()),
            kind=kind if kind in REMOVING else RemovalKind.UNPUBLISHED,
            grounds=Ground.choices,
            open_versions=[each for each in others if each.number not in withheld],
            withheld=sorted(withheld.values(), key=lambda act: act.version.number),
            acts=Removal.objects.filter(article=story)
            .select_related("version", "asked_by", "agreed_by")
            .order_by("-number"),
            waiting=RemovalRequest.objects.filter(article=story, state=RequestState.WAITING),
            **kwargs,
        )


class Decide(NamedPage, TemplateView):
    """One request: agree or decline."""

    template_name = "articles/desk/removal_request.html"
    page_title = gettext_lazy("Asked for")
    header_icon = "no-view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("articles.view_removalrequest"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk, user = self.kwargs["pk"], cast("Reader", request.user)
        get_object_or_404(RemovalRequest, pk=pk)
        try:
            if request.POST.get("decision") == "agree":
                done = agree(pk, user)
                said = (
                    _("Agreed, and done.") if done else _("Agreed: it is done when its time comes.")
                )
            else:
                decline(pk, user)
                said = _("Declined: nothing changes for readers.")
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("removals_desk:decide", pk)
        messages.success(request, said)
        return redirect("removals_desk:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = get_object_or_404(
            RemovalRequest.objects.select_related(
                "article__current_version", "version", "asked_by", "decided_by"
            ),
            pk=self.kwargs["pk"],
        )
        user = self.request.user
        waits = asked.state == RequestState.WAITING
        may = user.has_perm("articles.agree_removal")
        return super().get_context_data(
            asked=asked,
            headline=headline_of(asked.article),
            address=current_path(asked.article),
            can_agree=waits and may and asked.asked_by_id != user.pk,
            can_decline=waits and (may or asked.asked_by_id == user.pk),
            own=asked.asked_by_id == user.pk,
            **kwargs,
        )


class RequestsIndex(IndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("article__current_version", "asked_by")


class RemovalsViewSet(WatchedViewSet):
    model = RemovalRequest
    name = "removals_desk"
    url_prefix = "removals"
    icon = "no-view"
    menu_label = gettext_lazy("Removals")
    menu_order = 245
    inspect_view_enabled = False
    index_view_class = RequestsIndex
    ordering = ("-id",)
    list_filter = ("state", "kind")
    search_fields = ("reason",)
    form_fields = ("reason",)
    list_display = (
        TitleColumn(
            "story",
            label=gettext_lazy("Story"),
            accessor=lambda asked: headline_of(asked.article),
            get_url=lambda asked: reverse("removals_desk:decide", args=[asked.pk]),
        ),
        Column("kind", label=gettext_lazy("What"), accessor="get_kind_display"),
        Column(
            "reason",
            label=gettext_lazy("Why"),
            accessor=lambda asked: Truncator(asked.reason).chars(100),
        ),
        Column("asked_by", label=gettext_lazy("Asked by")),
        DateColumn("asked_at", label=gettext_lazy("Asked")),
        DateColumn("due_at", label=gettext_lazy("Due")),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
    )

    def waiting(self) -> list[QuerySet[Any]]:
        return [RemovalRequest.objects.filter(state=RequestState.WAITING)]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("story/<int:pk>/", StoryRemovals.as_view(), name="story"),
            path("<int:pk>/", Decide.as_view(), name="decide"),
        ]
