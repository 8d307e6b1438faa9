"""The books on the desk: ledger, stray money and what staff gave of it to campaigns, comparisons.
Nothing here changes an entry."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns import stray
from campaigns.desk.forms import LedgerFilter
from campaigns.desk.offline import ReasonForm
from campaigns.models import Attribution, Campaign, EntryKind, LedgerEntry, Reconciliation
from campaigns.models.ledger import ATTRIBUTIONS
from newsroom.furniture import acting, desk_page
from newsroom.money import Money
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
    export = HeaderButton(
        _("For accountants"), reverse("campaigns_desk:export"), icon_name="download"
    )
    context = desk_page(
        _("Ledger"), icon="list-ul", buttons=[export], form=form, page=page, entries=page.rows
    )
    return render(request, "campaigns/desk/ledger.html", context)


@permission_required("campaigns.view_ledgerentry")
def unattributed(request: HttpRequest) -> HttpResponse:
    """Movements at Stripe that belong to no donation, and what staff gave of them to campaigns.

    Payouts have a page of their own.
    """
    entries = LedgerEntry.objects.filter(campaign=None).exclude(kind__in=ATTRIBUTIONS)
    entries = entries.exclude(reporting_category__in=("payout", "payout_reversal"))
    page = page_by_key(entries.select_related("payment"), request.GET.dict())
    charges = {e.pk: stray.charge_of(e) for e in page.rows if e.kind == EntryKind.CHARGE}
    given = Attribution.objects.filter(charge_id__in=charges.values()).select_related(
        "campaign", "made_by", "undone_by"
    )
    standing = {each.charge_id: each for each in given if each.undone_at is None}
    rows = []
    for entry in page.rows:
        charge = charges.get(entry.pk, "")
        free = charge and charge not in standing and stray.left_of(charge) > 0
        rows.append((entry, standing.get(charge), bool(free)))
    context = desk_page(
        _("Unattributed money"),
        icon="help",
        page=page,
        rows=rows,
        past=[each for each in given if each.undone_at],
        may_attribute=request.user.has_perm("campaigns.attribute_money"),
    )
    return render(request, "campaigns/desk/unattributed.html", context)


class AttributionForm(ReasonForm):
    campaign = forms.ModelChoiceField(Campaign.objects.all(), label=gettext_lazy("Campaign"))
    field_order = ["campaign", "reason"]


@permission_required("campaigns.attribute_money")
def attribute(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Give a stray charge to a campaign, with a reason."""
    entry = get_object_or_404(
        LedgerEntry.objects.select_related("payment"), pk=entry_id, campaign=None
    )
    left = Money(stray.left_of(stray.charge_of(entry)), entry.currency)
    form = AttributionForm(request.POST or None)
    form.fields["campaign"].queryset = Campaign.objects.filter(currency=entry.currency)  # type: ignore[attr-defined]
    act = partial(stray.attribute, entry, by=acting(request), moment=timezone.now())
    title = _("Give %(money)s to a campaign") % {"money": left}
    return _acted(request, form, act, title)


@permission_required("campaigns.attribute_money")
def undo(request: HttpRequest, attribution_id: int) -> HttpResponse:
    given = get_object_or_404(
        Attribution.objects.select_related("campaign"), pk=attribution_id, undone_at=None
    )
    money = Money(given.amount, given.campaign.currency)
    act = partial(stray.undo, given, by=acting(request), moment=timezone.now())
    title = _("Take %(money)s out of “%(campaign)s” again") % {
        "money": money,
        "campaign": given.campaign,
    }
    return _acted(request, ReasonForm(request.POST or None), act, title)


def _acted(
    request: HttpRequest, form: ReasonForm, act: Callable[..., Any], title: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in form.fields}
        try:
            act(**asked)
        except stray.NotAttributed as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Done. The books show it."))
            return redirect("campaigns_desk:unattributed")
    page = desk_page(
        title,
        icon="help",
        trail=[(reverse("campaigns_desk:unattributed"), _("Unattributed money"))],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=title,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


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
