"""What receipts say of the newsroom, and the receipts of a year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns.desk.tax_forms import IssuerForm, YearForm
from campaigns.models import ReceiptIssuer, ReceiptRun, RunState
from campaigns.tasks import ask_for_addresses, run_receipts
from campaigns.tax import issuers, rules, yearly
from newsroom.furniture import acting, desk_page

ICON = "doc-full"
LACKING_SHOWN = 50


@permission_required("campaigns.change_receiptissuer")
def issuer(request: HttpRequest) -> HttpResponse:
    before = issuers.current()
    initial = {name: getattr(before, name) for name in IssuerForm.Meta.fields} if before else {}
    form = IssuerForm(
        request.POST or None, request.FILES or None, initial=initial, instance=ReceiptIssuer()
    )
    if request.method == "POST" and form.is_valid():
        new = issuers.change(form.issuer(before), by=acting(request))
        missing = rules.missing_of_issuer(new)
        if missing and issuers.scheme_offered():
            messages.warning(
                request, _("Saved. Receipts wait. %(what)s") % {"what": rules.in_words(missing)}
            )
        else:
            messages.success(request, _("Saved: receipts from now on say so."))
        return redirect("campaigns_desk:tax_receipts")
    page = desk_page(
        _("What tax receipts say"),
        icon=ICON,
        trail=_trail(),
        form=form,
        media=form.media,
        signed=bool(before and before.signature),
        missing=rules.missing_of_issuer(before) if before else [],
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/receipt_issuer.html", page, status=status)


@permission_required("campaigns.view_taxreceipt")
def years(request: HttpRequest) -> HttpResponse:
    """The runs, and starting one. While one runs the page asks again by itself."""
    last = timezone.localtime(timezone.now()).year - 1
    form = YearForm(request.POST or None, initial={"year": last})
    may = request.user.has_perm("campaigns.issue_taxreceipt")
    if request.method == "POST" and may and form.is_valid():
        try:
            yearly.start(form.cleaned_data["year"], by=acting(request), moment=timezone.now())
        except yearly.CannotRun as why:
            form.add_error("year", str(why))
        else:
            run_receipts()
            return redirect("campaigns_desk:receipt_years")
    runs = ReceiptRun.objects.select_related("started_by")
    page = desk_page(
        _("Receipts of a year"),
        icon=ICON,
        trail=_trail(),
        form=form,
        runs=runs,
        running=any(run.state == RunState.RUNNING for run in runs),
        may_issue=may,
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/receipt_years.html", page, status=status)


@permission_required("campaigns.issue_taxreceipt")
@require_POST
def switch(request: HttpRequest, year: int) -> HttpResponse:
    """Pause a run, or let it go on."""
    run = get_object_or_404(ReceiptRun, year=year)
    if request.POST.get("do") == "pause":
        yearly.pause(run, by=acting(request))
    else:
        yearly.resume(run, by=acting(request))
        run_receipts()
    return redirect("campaigns_desk:receipt_years")


@permission_required("campaigns.view_donor")
@permission_required("campaigns.view_taxreceipt")
def lacking(request: HttpRequest, year: int) -> HttpResponse:
    """Donors whose gifts of the year have no receipt, and what is not known of them."""
    run = get_object_or_404(ReceiptRun, year=year)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else 0
    rows = list(yearly.lacking(year, after, LACKING_SHOWN))
    page = desk_page(
        _("Who lacks an address, %(year)s") % {"year": year},
        icon=ICON,
        trail=[*_trail(), (reverse("campaigns_desk:receipt_years"), _("Receipts of a year"))],
        run=run,
        rows=rows,
        older=f"?after={rows[-1].donor.pk}" if len(rows) == LACKING_SHOWN else "",
        may_issue=request.user.has_perm("campaigns.issue_taxreceipt"),
    )
    return render(request, "campaigns/desk/receipt_lacking.html", page)


@permission_required("campaigns.issue_taxreceipt")
@require_POST
def ask(request: HttpRequest, year: int) -> HttpResponse:
    run = get_object_or_404(ReceiptRun, year=year)
    try:
        ask_for_addresses.delay(run.pk, acting(request).pk)
    except (RedisError, OperationalError):
        messages.error(request, _("No worker could be asked. Please try again in a moment."))
    else:
        messages.success(request, _("They are asked by mail, each of them once for this year."))
    return redirect("campaigns_desk:receipt_lacking", year)


def _trail() -> list[tuple[str, str]]:
    return [(reverse("campaigns_desk:tax_receipts"), _("Tax receipts"))]
