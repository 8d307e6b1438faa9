"""The ledger for accountants: as CSV at once, as a workbook when it is written."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets import AdminDateInput

from campaigns import export
from campaigns.models import Campaign, ExportState, LedgerEntry, LedgerExport
from campaigns.tasks import queue_export
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.spreadsheet import csv_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=AdminDateInput)
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("All, and unattributed money"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[("xlsx", gettext_lazy("Excel workbook with totals")), ("csv", "CSV")],
        initial="xlsx",
    )
    with_donors = forms.BooleanField(
        label=gettext_lazy("With donors’ names and addresses"), required=False
    )

    def __init__(self, sees_donors: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_donors:
            del self.fields["with_donors"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not 2000 <= day.year <= 2199:
                self.add_error(name, _("Enter a day between the years 2000 and 2199."))
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return data


@permission_required("campaigns.view_ledgerentry")
def index(request: HttpRequest) -> HttpResponseBase:
    """The form, and the workbooks of whoever asks; they are gone after a day."""
    person = acting(request)
    today = timezone.localdate()
    form = ExportForm(
        person.has_perm("campaigns.view_donor"),
        request.POST or None,
        initial={"since": today.replace(month=1, day=1), "until": today},
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with_donors = asked.get("with_donors", False)
        period = export.Period(asked["since"], asked["until"], asked["campaign"])
        made = None
        if asked["kind"] == "xlsx":
            made = LedgerExport.objects.create(
                since=period.since,
                until=period.until,
                campaign=period.campaign,
                with_donors=with_donors,
                asked_by=person,
            )
            queue_export(made.pk)
        log.record(
            person,
            "exported",
            made or LedgerEntry(),
            f"Exported the ledger from {period.since} to {period.until}"
            + (" with donors" if with_donors else ""),
            kind=asked["kind"],
            campaign=period.campaign.pk if period.campaign else None,
        )
        if made is None:
            rows = export.csv_rows(period, with_donors)
            return csv_response(_name(period), export.headings(with_donors), rows)
        return redirect("campaigns_desk:export")
    mine = LedgerExport.objects.filter(asked_by=person, table="").select_related("campaign")[:20]
    page = desk_page(
        _("The ledger for accountants"),
        icon="download",
        trail=[(reverse("campaigns_desk:ledger"), _("Ledger"))],
        form=form,
        media=form.media,
        exports=mine,
        running=any(e.state in (ExportState.WAITING, ExportState.WRITING) for e in mine),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/export.html", page, status=status)


@permission_required("campaigns.view_ledgerentry")
def download(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The workbook, to whoever asked for it and still may see what is in it."""
    made = get_object_or_404(
        LedgerExport.objects.select_related("campaign"),
        pk=export_id,
        table="",
        asked_by=acting(request),
        state=ExportState.READY,
    )
    if made.with_donors and not request.user.has_perm("campaigns.view_donor"):
        return HttpResponse(status=404)
    response = StreamingHttpResponse(export.pieces(made), content_type=XLSX)
    name = _name(export.period_of(made))
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Content-Length"] = str(made.size)
    response["Cache-Control"] = "private, no-store"
    return response


def _name(period: export.Period) -> str:
    part = f"-{period.campaign.slug}" if period.campaign else ""
    return f"ledger{part}-{period.since}-{period.until}"
