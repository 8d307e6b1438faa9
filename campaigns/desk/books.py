"""The books on the desk, to read and never to write: ledger, stray money, comparisons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from campaigns.desk.forms import LedgerFilter
from campaigns.models import LedgerEntry, Reconciliation
from newsroom.furniture import desk_page
from newsroom.paging import page_by_key

DIFFERENCES_SHOWN = 100


@permission_required("campaigns.view_ledgerentry")
def ledger(request: HttpRequest) -> HttpResponse:
    form = LedgerFilter(request.GET)
    entries = LedgerEntry.objects.select_related("campaign", "payment", "donation")
    if form.is_valid():
        if form.cleaned_data["campaign"]:
            entries = entries.filter(campaign=form.cleaned_data["campaign"])
        if form.cleaned_data["kind"]:
            entries = entries.filter(kind=form.cleaned_data["kind"])
    page = page_by_key(entries, request.GET.dict())
    context = desk_page(_("Ledger"), icon="list-ul", form=form, page=page, entries=page.rows)
    return render(request, "campaigns/desk/ledger.html", context)


@permission_required("campaigns.view_ledgerentry")
def unattributed(request: HttpRequest) -> HttpResponse:
    """Movements at Stripe that belong to no donation of ours; they count nowhere."""
    entries = LedgerEntry.objects.filter(campaign=None).select_related("payment")
    page = page_by_key(entries, request.GET.dict())
    context = desk_page(_("Unattributed money"), icon="help", page=page, entries=page.rows)
    return render(request, "campaigns/desk/unattributed.html", context)


@permission_required("campaigns.view_reconciliation")
def reconciliations(request: HttpRequest) -> HttpResponse:
    """Each comparison of our ledger with Stripe's list, and what differed."""
    page = page_by_key(Reconciliation.objects.all(), request.GET.dict())
    context = desk_page(
        _("Reconciliations"),
        icon="resubmit",
        page=page,
        runs=[(run, run.differences[:DIFFERENCES_SHOWN]) for run in page.rows],
        shown=DIFFERENCES_SHOWN,
    )
    return render(request, "campaigns/desk/reconciliations.html", context)
