"""The corrections on the desk: to read and to search, since entries are never changed."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView

from articles.models import Correction
from newsroom.watching import WatchedViewSet


class CorrectionIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[Correction]:
        found: QuerySet[Correction] = super().get_base_queryset()
        return found.select_related("article__current_version", "after")


def _story_on_desk(entry: Correction) -> str:
    return reverse("wagtailadmin_pages:edit", args=[entry.article_id])


class CorrectionsViewSet(WatchedViewSet):
    model = Correction
    name = "corrections_desk"
    url_prefix = "corrections"
    icon = "form"
    menu_label = gettext_lazy("Corrections")
    menu_order = 240
    inspect_view_enabled = False
    index_view_class = CorrectionIndex
    ordering = ("-issued_at", "-id")
    list_filter = ("kind", "issued_at")
    search_fields = ("was", "now")
    form_fields = ("kind",)
    list_display = (
        TitleColumn(
            "now",
            label=gettext_lazy("What is right"),
            accessor=lambda entry: Truncator(entry.now).chars(120),
            get_url=_story_on_desk,
        ),
        Column("was", label=gettext_lazy("What was wrong"), accessor=lambda entry: entry.was[:120]),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column(
            "story",
            label=gettext_lazy("Story"),
            accessor=lambda entry: entry.article.current_version.headline,
        ),
        Column("signature", label=gettext_lazy("Signed")),
        DateColumn("issued_at", label=gettext_lazy("Issued"), sort_key="issued_at"),
    )
