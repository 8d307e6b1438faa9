"""Tables of the desk's figures taken away: CSV at once, a workbook when a worker has written it."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.auth import permission_required

from campaigns import export, tables
from campaigns.desk.exports import XLSX
from campaigns.models import ExportState, LedgerExport
from campaigns.tasks import queue_export
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.spreadsheet import csv_response

MAY = "campaigns.export_analytics"
MOST_LISTED = 20


@permission_required(MAY)
def as_csv(request: HttpRequest, name: str) -> StreamingHttpResponse:
    return csv_of(name, _asked(name, request.GET.dict()))


def csv_of(name: str, asked: dict[str, Any]) -> StreamingHttpResponse:
    """Row by row; 404 for what is no table."""
    try:
        table, file = tables.table(name), tables.file_name(name, asked)
        return csv_response(file, table.headings(asked), _begun(table, asked))
    except (tables.NoSuchTable, ValueError) as error:
        raise Http404 from error


@require_POST
@permission_required(MAY)
def as_workbook(request: HttpRequest, name: str) -> HttpResponse:
    """Asks a worker for it and shows how far it is."""
    asked = _asked(name, request.POST.dict())
    person = acting(request)
    try:
        _begun(tables.table(name), asked)
        file = tables.file_name(name, asked)
    except (tables.NoSuchTable, ValueError) as error:
        raise Http404 from error
    made = LedgerExport.objects.create(table=name, asked=asked, asked_by=person)
    log.record(person, "exported", made, f"Exported the table {file}"[:300], asked=asked)
    queue_export(made.pk)
    return redirect("campaigns_desk:workbooks")


@permission_required(MAY)
def workbooks(request: HttpRequest) -> HttpResponse:
    """Those of whoever asks; they are gone after a day."""
    mine = LedgerExport.objects.filter(asked_by=acting(request)).exclude(table="")[:MOST_LISTED]
    page = desk_page(
        _("Your workbooks"),
        icon="download",
        exports=[
            (each, tables.TABLES[each.table].title) for each in mine if each.table in tables.TABLES
        ],
        running=any(e.state in (ExportState.WAITING, ExportState.WRITING) for e in mine),
    )
    return render(request, "campaigns/desk/workbooks.html", page)


@permission_required(MAY)
def download(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The workbook, to whoever asked for it."""
    mine = LedgerExport.objects.filter(asked_by=acting(request)).exclude(table="")
    made = get_object_or_404(mine, pk=export_id, state=ExportState.READY)
    response = StreamingHttpResponse(export.pieces(made), content_type=XLSX)
    name = tables.file_name(made.table, made.asked)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Content-Length"] = str(made.size)
    response["Cache-Control"] = "private, no-store"
    return response


def _begun(table: tables.Table, asked: dict[str, Any]) -> Iterator[tables.Row]:
    """Its rows, the first of them read already, so that what cannot be asked is refused before the
    answer begins. Raises NoSuchTable."""
    rows = table.rows(asked)
    first = list(islice(rows, 1))
    return chain(first, rows)


def _asked(name: str, given: dict[str, str]) -> dict[str, Any]:
    """What the table knows of what the address says."""
    if name not in tables.TABLES:
        raise Http404
    names = tables.TABLES[name].names
    asked: dict[str, Any] = {key: given[key][:200] for key in names if given.get(key)}
    if "campaign" in asked and not (asked["campaign"].isascii() and asked["campaign"].isdigit()):
        raise Http404
    return asked
