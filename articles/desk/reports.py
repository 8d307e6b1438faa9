"""Readers' reports on the desk: story by story, each with its sentence in place, until it is
closed by an entry, with a reason, or as a duplicate."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.models import Page

from articles import reports
from articles.addresses import current_path
from articles.models import Correction, ErrorReport, Kind, ReportState, Version
from articles.models.reports import OPEN
from articles.quoting import place
from articles.removals import headline_of
from articles.versions import text_paragraphs
from newsroom.furniture import acting
from newsroom.watching import WatchedViewSet

# In the session: {story's id: [report's id, when its editor went to the story]}.
IN_HAND: Final = "error_reports_in_hand"
SHOWN: Final = 30


class ReportIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[ErrorReport]:
        """Story by story, and first the story that has waited longest."""
        of_the_story = ErrorReport.objects.filter(article=OuterRef("article"), state__in=OPEN)
        waiting = of_the_story.order_by().values("article").annotate(Min("reported_at"))
        found: QuerySet[ErrorReport] = super().get_base_queryset()
        return found.select_related("article__current_version").annotate(
            waiting_since=Subquery(waiting.values("reported_at__min"))
        )


class DecideView(InspectView):
    """GET shows one report; POST `decision`: "correct" goes to the story, "corrected" with `entry`,
    "unchanged" with `words`, "duplicate" with `original`, "take-up"."""

    page_title = gettext_lazy("Error report")

    def get_page_subtitle(self) -> str:
        return headline_of(self.object.article)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        if request.POST.get("decision") == "correct":
            return _to_the_story(request, self.object)
        try:
            said = self._decide(request, request.POST.get("decision", ""))
        except reports.CannotClose as refusal:
            context = self.get_context_data(error=str(refusal))
            return self.render_to_response(context, status=422)
        messages.success(request, said)
        waiting = reports.open_reports().filter(article=self.object.article_id)
        following = waiting.order_by("reported_at").first()
        if following is not None:
            return redirect("reports_desk:inspect", following.pk)
        return redirect("reports_desk:index")

    def _decide(self, request: HttpRequest, decision: str) -> str:
        """Do it, and say so. Raises CannotClose."""
        editor, now, words = acting(request), timezone.now(), request.POST.get("words", "")
        match decision:
            case "corrected":
                found = Correction.objects.filter(article=self.object.article_id)
                entry = found.filter(pk=_number(request, "entry")).first()
                if entry is None:
                    raise reports.CannotClose(_("Choose the entry that corrected it."))
                reports.close_corrected(self.object, entry, editor, now, words)
                _put_down(request, self.object)
                return _("Closed by the correction. Its reader is thanked, if we can.")
            case "unchanged":
                reports.close_unchanged(self.object, words, editor, now)
                return _("Closed without a change. Its reader is told why, if we can.")
            case "duplicate":
                others = reports.others_on(self.object)
                original = others.filter(pk=_number(request, "original")).first()
                if original is None:
                    raise reports.CannotClose(_("Choose the report that it repeats."))
                reports.close_duplicate(self.object, original, editor, now)
                return _("Closed as a duplicate: answered together with the other.")
            case "take-up":
                reports.take_up(self.object, editor)
                return _("Taken up: it waits with the others now.")
        raise reports.CannotClose(_("Say what comes of this report."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: ErrorReport = self.object
        current, read = report.article.current_version, report.version
        contact = getattr(report, "contact", None)
        may_see = self.request.user.has_perm("articles.view_reportcontact")
        return super().get_context_data(
            report=report,
            headline=headline_of(report.article),
            story_url=current_path(report.article) or "",
            story_desk_url=reverse("wagtailadmin_pages:edit", args=[report.article_id]),
            in_story=_placed(report, current),
            in_version_read=_placed(report, read) if read != current else [],
            wants_answer=contact is not None,
            address=contact.email if contact and may_see else "",
            entries=self._entries(report),
            chosen=_chosen(self.request, report),
            others=list(reports.others_on(report)[:SHOWN]),
            counts=reports.counts_by_state(report.article_id),
            can_decide=self.user_has_permission("change") and report.state in OPEN,
            words=self.request.POST.get("words", ""),
            longest=reports.LONGEST_OUTCOME,
            **kwargs,
        )

    def _entries(self, report: ErrorReport) -> list[Correction]:
        found = Correction.objects.filter(article=report.article_id)
        return list(found.order_by("-issued_at", "-pk")[:SHOWN])


def offer_to_close(request: HttpRequest, page: Page) -> HttpResponse | None:
    """After a save of a story whose editor came from a report: is there an entry now, the report is
    shown again with that entry chosen."""
    in_hand = request.session.get(IN_HAND, {}).get(str(page.pk))
    if not in_hand:
        return None
    report_id, since = in_hand
    report = ErrorReport.objects.filter(pk=report_id, state__in=OPEN).first()
    if report is None:
        return None
    later = Correction.objects.filter(
        article=page.pk, recorded_at__gte=datetime.fromisoformat(since)
    )
    entry = _gravest(later)
    if not entry:
        return None
    messages.info(request, _("The entry is published. Close the report with it?"))
    return redirect(f"{reverse('reports_desk:inspect', args=[report.pk])}?entry={entry}")


def _to_the_story(request: HttpRequest, report: ErrorReport) -> HttpResponse:
    in_hand = request.session.get(IN_HAND, {})
    in_hand[str(report.article_id)] = [report.pk, timezone.now().isoformat()]
    request.session[IN_HAND] = in_hand
    said = Truncator(report.problem).chars(300)
    if report.sentence:
        said = f"“{Truncator(report.sentence).chars(300)}” — {said}"
    messages.info(request, _("A reader reports: %(said)s") % {"said": said})
    return redirect("wagtailadmin_pages:edit", report.article_id)


def _put_down(request: HttpRequest, report: ErrorReport) -> None:
    in_hand = request.session.get(IN_HAND, {})
    if in_hand.pop(str(report.article_id), None):
        request.session[IN_HAND] = in_hand


def _placed(report: ErrorReport, version: Version | None) -> list[Any]:
    return place(report.sentence, text_paragraphs(version.content)) if version else []


def _chosen(request: HttpRequest, report: ErrorReport) -> int:
    """The entry offered first: the one asked for, else the newest since the report that is more
    than an update; 0 for none."""
    if asked := _number(request, "entry"):
        return asked
    later = Correction.objects.filter(
        article=report.article_id, after__published_at__gte=report.reported_at
    )
    return _gravest(later)


def _gravest(entries: QuerySet[Correction]) -> int:
    rows = entries.order_by("-pk").values_list("pk", "kind")
    found = sorted(rows, key=lambda row: row[1] == Kind.UPDATE)
    return found[0][0] if found else 0


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name) or request.GET.get(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


class ReportsViewSet(WatchedViewSet):
    model = ErrorReport
    name = "reports_desk"
    url_prefix = "reports"
    icon = "warning"
    menu_label = gettext_lazy("Error reports")
    menu_order = 245
    inspect_template_name = "articles/desk/report.html"
    index_view_class = ReportIndex
    inspect_view_class = DecideView
    ordering = ("waiting_since", "article_id", "reported_at")
    list_filter = ("state", "reported_at")
    search_fields = ("sentence", "problem")
    form_fields = ("state",)
    list_display = (
        TitleColumn(
            "problem",
            label=gettext_lazy("What is wrong"),
            accessor=lambda report: Truncator(report.problem).chars(140),
            url_name="reports_desk:inspect",
        ),
        Column(
            "sentence",
            label=gettext_lazy("The sentence"),
            accessor=lambda report: Truncator(report.sentence).chars(90),
        ),
        Column(
            "story",
            label=gettext_lazy("Story"),
            accessor=lambda report: headline_of(report.article),
        ),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda report: report.state == ReportState.NEW,
            sort_key="state",
        ),
        DateColumn("reported_at", label=gettext_lazy("Reported"), sort_key="reported_at"),
    )

    def waiting(self) -> list[QuerySet[Any]]:
        return [reports.open_reports()]

    @cached_property
    def menu_url(self) -> str:
        return f"{reverse('reports_desk:index')}?state={ReportState.NEW}"
