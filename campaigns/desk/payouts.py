"""Payouts on the desk: the list, one with what is in it, and the bank's statements beside them."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns import bank_import, payouts
from campaigns.csv_lines import LARGEST_FILE, FileRefused
from campaigns.models import BankLine, BankStatement, LineFate, Payout, PayoutState
from campaigns.models.campaign import CURRENCIES
from newsroom.furniture import acting, desk_page
from newsroom.money import Money
from newsroom.paging import page_by_key
from newsroom.spreadsheet import Cell, csv_response

ICON = "download"


class StatementForm(forms.Form):
    """A file to look at, or the same one again once its rows were seen (`seen`, base64)."""

    currency = forms.ChoiceField(label=gettext_lazy("The account’s currency"), choices=CURRENCIES)
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        help_text=gettext_lazy("Columns: date, amount, description."),
    )
    name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def data_of_file(self) -> tuple[str, bytes]:
        """The file's name and what is in it."""
        if file := self.cleaned_data["file"]:
            return str(file.name)[:120], bytes(file.read(LARGEST_FILE + 1))
        try:
            data = base64.b64decode(self.cleaned_data["seen"], validate=True)
        except ValueError:
            data = b""
        return self.cleaned_data["name"], data


def _shown(kind: str) -> QuerySet[Payout]:
    """The payouts of a filter; with the bank's line where there is one."""
    lines = Prefetch("bank_lines", BankLine.objects.filter(undone=False), to_attr="arrived")
    found = Payout.objects.prefetch_related(lines)
    since = timezone.now().date() - timedelta(days=settings.PAYOUT_MISSING_DAYS)
    match kind:
        case "missing":
            return found.filter(pk__in=payouts.missing(since).values("pk"))
        case "differing":
            return found.filter(bank_lines__undone=False, bank_lines__fate=LineFate.DIFFERS)
        case "failed":
            return found.filter(state=PayoutState.FAILED)
    return found


@permission_required("campaigns.view_payout")
def index(request: HttpRequest) -> HttpResponse:
    """The newest made first."""
    show = request.GET.get("show", "")
    slice_ = page_by_key(_shown(show), request.GET.dict())
    buttons = [
        HeaderButton(
            _("Bank statements"), reverse("campaigns_desk:statements"), icon_name="list-ul"
        ),
        HeaderButton(
            _("Download (CSV)"), reverse("campaigns_desk:payouts_csv"), icon_name="download"
        ),
    ]
    page = desk_page(
        _("Payouts"),
        icon=ICON,
        buttons=buttons,
        page=slice_,
        rows=slice_.rows,
        show=show,
        waiting=payouts.waiting(timezone.now()),
        days=settings.PAYOUT_MISSING_DAYS,
    )
    return render(request, "campaigns/desk/payouts.html", page)


@permission_required("campaigns.view_payout")
def payout(request: HttpRequest, payout_id: int) -> HttpResponse:
    """One payout: what is in it, and where it arrived."""
    one = get_object_or_404(Payout, pk=payout_id)
    slice_ = page_by_key(one.lines.all(), request.GET.dict())
    donations = payouts.donations_of(slice_.rows)
    page = desk_page(
        _("Payout of %(money)s") % {"money": one.money},
        icon=ICON,
        trail=_trail(),
        buttons=[
            HeaderButton(
                _("Download (CSV)"),
                reverse("campaigns_desk:payout_csv", args=[one.pk]),
                icon_name="download",
            )
        ],
        payout=one,
        page=slice_,
        rows=[(line, donations.get(line.transaction)) for line in slice_.rows],
        bank_line=one.bank_lines.filter(undone=False).select_related("statement").first(),
        sees_donations=request.user.has_perm("campaigns.view_donation"),
    )
    return render(request, "campaigns/desk/payout.html", page)


@permission_required("campaigns.view_payout")
def index_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every payout with its sums; amounts in major units."""
    headings = [
        _("Payout"), _("Made"), _("Arrives"), _("State"), _("Currency"), _("Amount"), _("Gifts"),
        _("Refunds"), _("Disputes"), _("Fees"), _("Other"), _("On the statement"),
    ]  # fmt: skip

    def rows() -> Iterator[list[Cell]]:
        for each in _shown("").iterator(chunk_size=500):
            arrived = [line.day.isoformat() for line in getattr(each, "arrived", [])]
            sums = (each.amount, each.gifts, each.refunds, each.disputes, each.fees, each.other)
            yield [
                each.stripe_id,
                each.created_at.date().isoformat(),
                each.arrives_on.isoformat(),
                each.state,
                each.currency.upper(),
                *[Money(amount, each.currency).major for amount in sums],
                " ".join(arrived),
            ]

    return csv_response("payouts", headings, rows())


@permission_required("campaigns.view_payout")
def payout_csv(request: HttpRequest, payout_id: int) -> StreamingHttpResponse:
    one = get_object_or_404(Payout, pk=payout_id)
    headings = [_("Movement"), _("When"), _("What"), _("Currency"), _("Amount"), _("Fee"), _("Net")]

    def rows() -> Iterator[list[Cell]]:
        for line in one.lines.iterator(chunk_size=1000):
            yield [
                line.transaction,
                line.occurred_at.isoformat(timespec="seconds"),
                line.category,
                one.currency.upper(),
                *[
                    Money(amount, one.currency).major
                    for amount in (line.amount, line.fee, line.net)
                ],
            ]

    return csv_response(one.stripe_id, headings, rows())


@permission_required("campaigns.view_payout")
def statements(request: HttpRequest) -> HttpResponse:
    found = BankStatement.objects.select_related("imported_by", "undone_by").annotate(
        sums=Count("lines"), payouts=Count("lines", filter=Q(lines__payout__isnull=False))
    )
    slice_ = page_by_key(found, request.GET.dict())
    may_add = request.user.has_perm("campaigns.add_bankstatement")
    new = HeaderButton(
        _("Bring in a statement"), reverse("campaigns_desk:add_statement"), icon_name="upload"
    )
    page = desk_page(
        _("Bank statements"),
        icon=ICON,
        trail=_trail(),
        buttons=[new] if may_add else [],
        page=slice_,
        rows=slice_.rows,
    )
    return render(request, "campaigns/desk/statements.html", page)


@permission_required("campaigns.view_payout")
def statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    one = get_object_or_404(BankStatement, pk=statement_id)
    page = desk_page(
        one.name,
        icon=ICON,
        trail=[*_trail(), (reverse("campaigns_desk:statements"), _("Bank statements"))],
        statement=one,
        lines=one.lines.select_related("payout", "statement"),
        may_undo=not one.undone_at and request.user.has_perm("campaigns.add_bankstatement"),
    )
    return render(request, "campaigns/desk/statement.html", page)


@permission_required("campaigns.add_bankstatement")
def add_statement(request: HttpRequest) -> HttpResponse:
    """First shows what each row is and keeps nothing; the same rows, sent on, are kept."""
    form = StatementForm(request.POST or None, request.FILES or None)
    rows: list[bank_import.Row] = []
    name, data = "", b""
    if request.method == "POST" and form.is_valid():
        currency = form.cleaned_data["currency"]
        name, data = form.data_of_file()
        try:
            rows = bank_import.read(data, currency)
            if "enter" in request.POST:
                kept = bank_import.keep(rows, name=name, currency=currency, by=acting(request))
                messages.success(request, _told(kept))
                return redirect("campaigns_desk:statement", kept.pk)
        except (FileRefused, bank_import.StatementRefused) as refusal:
            form.add_error("file", str(refusal))
    context: dict[str, Any] = {
        "form": form,
        "rows": rows if not form.errors else [],
        "seen": base64.b64encode(data).decode(),
        "name": name,
        "currency": form.cleaned_data.get("currency", "") if form.is_bound else "",
        "to_enter": sum(row.fate in bank_import.KEPT for row in rows),
    }
    trail = [*_trail(), (reverse("campaigns_desk:statements"), _("Bank statements"))]
    page = desk_page(_("Bring in a bank statement"), icon=ICON, trail=trail, **context)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "campaigns/desk/statement_file.html", page, status=status)


@permission_required("campaigns.add_bankstatement")
@require_POST
def undo(request: HttpRequest, statement_id: int) -> HttpResponse:
    one = get_object_or_404(BankStatement, pk=statement_id)
    try:
        bank_import.undo(one, by=acting(request), moment=timezone.now())
        messages.success(request, _("The statement is undone: its payouts are on none again."))
    except bank_import.StatementRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns_desk:statement", statement_id)


def _told(kept: BankStatement) -> str:
    lines = kept.lines.count()
    found = kept.lines.filter(fate=LineFate.MATCHED).count()
    said = ngettext("%(n)d sum is kept,", "%(n)d sums are kept,", lines) % {"n": lines}
    return (
        said
        + " "
        + ngettext("%(n)d of them a payout.", "%(n)d of them payouts.", found) % {"n": found}
    )


def _trail() -> list[tuple[str, str]]:
    return [(reverse("campaigns_desk:payouts"), _("Payouts"))]
