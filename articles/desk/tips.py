"""Confidential tips on the desk: which wait, one opened, one destroyed. Every reading is logged."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from articles import tips
from articles.removals import headline_of
from newsroom.edge.headers import uncached
from newsroom.furniture import acting, desk_page

SHOWN = 100


class TipsItem(MenuItem):
    """For editors, and for reporters whose stories have tips."""

    def is_shown(self, request: HttpRequest) -> bool:
        reader = acting(request)
        return reader.has_perm(tips.MAY) or tips.tips_for(reader).exists()


def menu_item() -> MenuItem:
    return TipsItem(
        gettext_lazy("Tips"), reverse_lazy("tips"), name="tips", icon_name="lock", order=255
    )


def index(request: HttpRequest) -> HttpResponse:
    """Of which stories, from which day, until when; no words."""
    reader = acting(request)
    found = tips.tips_for(reader).select_related("article__current_version").order_by("-pk")
    if not (reader.has_perm(tips.MAY) or found.exists()):
        raise PermissionDenied
    listed = [(tip, headline_of(tip.article)) for tip in found.defer("sealed")[:SHOWN]]
    page = desk_page(_("Tips"), icon="lock", tips=listed)
    return uncached(render(request, "articles/desk/tips.html", page))


def opened(request: HttpRequest, tip_id: int) -> HttpResponse:
    """POST alone opens, so that nothing that follows links counts as a reading."""
    reader = acting(request)
    tip = get_object_or_404(tips.tips_for(reader).select_related("article"), pk=tip_id)
    context: dict[str, Any] = {"tip": tip, "headline": headline_of(tip.article)}
    if request.method == "POST":
        try:
            context["contact"], context["words"] = tips.open_tip(tip, reader)
        except tips.Unreadable as trouble:
            context["trouble"] = str(trouble)
    trail = [(reverse("tips"), _("Tips"))]
    page = desk_page(_("Confidential tip"), icon="lock", trail=trail, **context)
    return uncached(render(request, "articles/desk/tip.html", page))


@require_POST
def destroyed(request: HttpRequest, tip_id: int) -> HttpResponse:
    reader = acting(request)
    tips.destroy(get_object_or_404(tips.tips_for(reader), pk=tip_id), reader)
    messages.success(request, _("The tip is destroyed."))
    return redirect("tips")


urlpatterns: list[URLPattern] = [
    path("tips/", index, name="tips"),
    path("tips/<int:tip_id>/", opened, name="tip"),
    path("tips/<int:tip_id>/destroy/", destroyed, name="tip_destroy"),
]
