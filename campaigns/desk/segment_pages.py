"""Segments on the desk: rules saved under a name, what each takes out, who is left, as CSV."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns import segments
from campaigns.desk.donor_forms import SegmentForm, as_asked
from campaigns.desk.donors import listed
from campaigns.models import Donor, Segment
from campaigns.segments import Rules
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.money import decimals
from newsroom.paging import page_by_key
from newsroom.spreadsheet import Cell, csv_response

ICON = "group"
MAY_SEE, MAY_CHANGE = "campaigns.view_segment", "campaigns.change_segment"
BATCH = 500


@permission_required(MAY_SEE)
def index(request: HttpRequest) -> HttpResponse:
    buttons = []
    if request.user.has_perm(MAY_CHANGE):
        address = reverse("campaigns_desk:add_segment")
        buttons.append(HeaderButton(_("New segment"), address, icon_name="plus"))
    page = page_by_key(Segment.objects.select_related("made_by"), request.GET.dict())
    context = desk_page(_("Segments"), icon=ICON, buttons=buttons, page=page, rows=page.rows)
    return render(request, "campaigns/desk/segments.html", context)


@permission_required(MAY_CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    """Rules as they stand in the address are counted at once, before anything is saved."""
    return _edited(request, None)


@permission_required(MAY_CHANGE)
def edit(request: HttpRequest, segment_id: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Segment, pk=segment_id))


def _edited(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    kept = as_asked(Rules.from_json(segment.rules)) | {"name": segment.name} if segment else {}
    asked = request.GET.dict() if request.GET else kept
    data = request.POST if request.method == "POST" else {"name": "-", **asked} if asked else None
    form = SegmentForm(data, segment=segment)
    valid = form.is_valid()
    if request.method == "POST" and valid:
        segment = _saved(request, form, segment)
        messages.success(request, _("The segment is saved."))
        return redirect("campaigns_desk:segment", segment.pk)
    counted = segments.preview(form.rules, timezone.localdate()) if valid and asked else None
    shown = form if request.method == "POST" else SegmentForm(initial=asked, segment=segment)
    context = desk_page(
        _("Change the segment") if segment else _("New segment"),
        icon=ICON,
        trail=[(reverse("campaigns_desk:segments"), _("Segments"))],
        form=shown,
        media=shown.media,
        preview=counted,
        segment=segment,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/desk/segment_form.html", context, status=status)


def _saved(request: HttpRequest, form: SegmentForm, segment: Segment | None) -> Segment:
    verb = "changed" if segment else "made"
    with transaction.atomic():
        segment = segment or Segment(made_by=acting(request))
        segment.name, segment.rules = form.cleaned_data["name"], form.rules.as_json()
        segment.save()
        log.record(
            acting(request), verb, segment, f"{verb.capitalize()} a segment", rules=segment.rules
        )
    return segment


@permission_required(MAY_SEE)
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """What each rule takes out; the names only for who may see donors."""
    one = get_object_or_404(Segment.objects.select_related("made_by"), pk=segment_id)
    rules, today = Rules.from_json(one.rules), timezone.localdate()
    sees_donors = request.user.has_perm("campaigns.view_donor")
    left = segments.chosen(segments.who_gave(), rules, today)
    page = page_by_key(left, request.GET.dict()) if sees_donors else None
    buttons = []
    if request.user.has_perm(MAY_CHANGE):
        address = reverse("campaigns_desk:edit_segment", args=[one.pk])
        buttons.append(HeaderButton(_("Change"), address, icon_name="edit"))
    context = desk_page(
        one.name,
        icon=ICON,
        trail=[(reverse("campaigns_desk:segments"), _("Segments"))],
        buttons=buttons,
        segment=one,
        preview=segments.preview(rules, today),
        page=page,
        rows=listed(page.rows) if page else [],
        sees_donors=sees_donors,
        may_export=request.user.has_perm("campaigns.export_segment"),
        may_change=request.user.has_perm(MAY_CHANGE),
    )
    return render(request, "campaigns/desk/segment.html", context)


@require_POST
@permission_required("campaigns.export_segment")
def export(request: HttpRequest, segment_id: int) -> StreamingHttpResponse:
    """Names and addresses as CSV, row by row; that it was taken is in the audit log."""
    one = get_object_or_404(Segment, pk=segment_id)
    rules, today = Rules.from_json(one.rules), timezone.localdate()
    log.record(acting(request), "exported", one, "Took a segment’s names and addresses out")
    headings = [
        _("Donor"),
        _("Name"),
        _("E-mail"),
        _("Telephone"),
        _("Language"),
        _("Gifts"),
        _("Years"),
        _("Given"),
        _("Currency"),
        _("Not to be called"),
        _("Not to be asked"),
    ]
    donors = segments.chosen(segments.who_gave(), rules, today)
    return csv_response(f"segment-{one.pk}", headings, _lines(donors.order_by("pk"), rules))


def _lines(donors: QuerySet[Donor], rules: Rules) -> Iterator[list[Cell]]:
    """A batch at a time, so that a million donors need no more memory than some."""
    after = 0
    while batch := list(donors.filter(pk__gt=after)[:BATCH]):
        after = batch[-1].pk
        for row in listed(batch):
            given = next((m for m in row.given if m.currency == rules.currency), None)
            yield [
                row.donor.pk,
                row.donor.name,
                row.donor.email,
                row.donor.phone,
                row.donor.language,
                row.gifts,
                " ".join(str(year) for year in row.years),
                f"{given.major:.{decimals(rules.currency)}f}" if given else "0",
                rules.currency.upper(),
                _("yes") if row.donor.no_calls else "",
                _("yes") if row.donor.no_appeals else "",
            ]


@require_POST
@permission_required(MAY_CHANGE)
def remove(request: HttpRequest, segment_id: int) -> HttpResponse:
    one = get_object_or_404(Segment, pk=segment_id)
    with transaction.atomic():
        log.record(acting(request), "removed", one, "Removed a segment", rules=one.rules)
        one.delete()
    messages.success(request, _("The segment is gone; its donors are where they were."))
    return redirect("campaigns_desk:segments")
