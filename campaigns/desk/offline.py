"""Offline gifts on the desk: enter one, look at one a second time, undo one, bring in a file."""

import base64
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from campaigns import offline, offline_import
from campaigns.desk.forms import amount_in
from campaigns.models import Campaign, OfflineGift, OfflineState
from campaigns.offline_import import Fate
from newsroom.furniture import acting, desk_page
from newsroom.paging import page_by_key

ICON = "download"


class OfflineGiftForm(forms.ModelForm):
    """One gift as staff type it; the amount in the campaign's currency."""

    amount_typed = forms.CharField(label=gettext_lazy("Amount"), max_length=40)
    # Sent twice, the same form is one gift.
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = OfflineGift
        fields = ["campaign", "received_on", "method", "name", "email", "reference"]
        widgets = {"received_on": AdminDateInput}
        help_texts = {
            "name": gettext_lazy("Seen by staff only. Left empty, the gift has no donor."),
            "reference": gettext_lazy("A cheque’s number, the bank’s own reference."),
        }

    field_order = ["campaign", "amount_typed", "received_on", "method", "name", "email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if campaign := data.get("campaign"):
            try:
                self.instance.amount = amount_in(data.get("amount_typed", ""), campaign.currency)
            except ValidationError as error:
                self.add_error("amount_typed", error)
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Kept in the audit log for ever: no names or addresses, please."),
    )


class FileForm(forms.Form):
    """A file to look at, or the same one again once its rows were seen (`seen`, base64)."""

    campaign = forms.ModelChoiceField(Campaign.objects.all(), label=gettext_lazy("Campaign"))
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        help_text=gettext_lazy("Columns: date, amount, method, name, email, reference."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def data_of_file(self) -> bytes:
        if self.cleaned_data["file"]:
            return bytes(self.cleaned_data["file"].read(offline_import.LARGEST_FILE + 1))
        try:
            return base64.b64decode(self.cleaned_data["seen"], validate=True)
        except ValueError:
            return b""


@permission_required("campaigns.view_offlinegift")
def index(request: HttpRequest) -> HttpResponse:
    """The newest entered first; those that wait for a second look above all others."""
    gifts = OfflineGift.objects.select_related("campaign", "entered_by", "decided_by")
    slice_ = page_by_key(gifts, request.GET.dict())
    waiting = gifts.filter(state=OfflineState.WAITING)[:50]
    buttons = []
    if request.user.has_perm("campaigns.add_offlinegift"):
        buttons = [
            HeaderButton(
                _("Enter a gift"), reverse("campaigns_desk:add_offline"), icon_name="plus"
            ),
            HeaderButton(
                _("Bring in a file"), reverse("campaigns_desk:offline_file"), icon_name="upload"
            ),
        ]
    page = desk_page(
        _("Offline gifts"),
        icon=ICON,
        buttons=buttons,
        page=slice_,
        rows=slice_.rows,
        waiting=waiting,
        may_check=request.user.has_perm("campaigns.check_offlinegift"),
        # Names are personal data, seen by who may see donors.
        sees_donors=request.user.has_perm("campaigns.view_donor"),
        me=request.user,
    )
    return render(request, "campaigns/desk/offline.html", page)


@permission_required("campaigns.add_offlinegift")
def add(request: HttpRequest) -> HttpResponse:
    form = OfflineGiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.row = f"form:{form.cleaned_data['key']}"
        try:
            gift = offline.enter(form.instance, by=acting(request))
        except offline.OfflineRefused as refusal:
            form.add_error(None, str(refusal))
        except IntegrityError:
            messages.success(request, _("This gift was entered already."))
            return redirect("campaigns_desk:offline")
        else:
            said = (
                _("%(gift)s waits for a second look by somebody else.")
                if gift.state == OfflineState.WAITING
                else _("%(gift)s is in the books.")
            )
            messages.success(request, said % {"gift": gift})
            return redirect("campaigns_desk:offline")
    page = desk_page(
        _("New offline gift"),
        icon=ICON,
        trail=_trail(),
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=_("Enter the gift"),
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


@permission_required("campaigns.check_offlinegift")
@require_POST
def accept(request: HttpRequest, gift_id: int) -> HttpResponse:
    gift = _gift(gift_id)
    try:
        offline.accept(gift, by=acting(request))
        messages.success(request, _("%(gift)s is in the books.") % {"gift": gift})
    except offline.OfflineRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns_desk:offline")


@permission_required("campaigns.check_offlinegift")
def refuse(request: HttpRequest, gift_id: int) -> HttpResponse:
    gift = _gift(gift_id)
    return _with_reason(request, gift, _("Refuse %(gift)s") % {"gift": gift}, offline.refuse)


@permission_required("campaigns.check_offlinegift")
def undo(request: HttpRequest, gift_id: int) -> HttpResponse:
    gift = _gift(gift_id)
    act = partial(offline.undo, moment=timezone.now())
    return _with_reason(request, gift, _("Undo %(gift)s") % {"gift": gift}, act)


def _with_reason(
    request: HttpRequest, gift: OfflineGift, title: str, act: Callable[..., OfflineGift]
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(gift, by=acting(request), reason=form.cleaned_data["reason"])
        except offline.OfflineRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done: %(gift)s.") % {"gift": gift})
            return redirect("campaigns_desk:offline")
    page = desk_page(
        title,
        icon=ICON,
        trail=_trail(),
        form=form,
        action_url=request.path,
        submit_button_label=title,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


def _gift(gift_id: int) -> OfflineGift:
    return get_object_or_404(OfflineGift.objects.select_related("campaign"), pk=gift_id)


@permission_required("campaigns.add_offlinegift")
def file(request: HttpRequest) -> HttpResponse:
    """First shows each row's fate and keeps nothing; the same rows, sent on, are entered."""
    form = FileForm(request.POST or None, request.FILES or None)
    rows: list[offline_import.Row] = []
    data = b""
    if request.method == "POST" and form.is_valid():
        campaign = form.cleaned_data["campaign"]
        today = timezone.now().astimezone(campaign.zone).date()
        try:
            data = form.data_of_file()
            rows = offline_import.read(data, campaign, today)
        except offline_import.FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            if "enter" in request.POST:
                fates = offline_import.enter_all(rows, acting(request))
                messages.success(request, _told(fates[Fate.BOOKED], fates[Fate.WAITS]))
                return redirect("campaigns_desk:offline")
    page = desk_page(
        _("Offline gifts from a file"),
        icon=ICON,
        trail=_trail(),
        form=form,
        rows=rows,
        seen=base64.b64encode(data).decode(),
        campaign=form.cleaned_data.get("campaign") if form.is_bound else None,
        to_enter=sum(row.fate in (Fate.BOOKED, Fate.WAITS) for row in rows),
    )
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "campaigns/desk/offline_file.html", page, status=status)


def _told(booked: int, waiting: int) -> str:
    said = ngettext("%(n)d gift is in the books.", "%(n)d gifts are in the books.", booked)
    if waiting:
        said += " " + ngettext("%(w)d waits", "%(w)d wait", waiting) + " " + _("for a second look.")
    return said % {"n": booked, "w": waiting}


def _trail() -> list[tuple[str, str]]:
    return [(reverse("campaigns_desk:offline"), _("Offline gifts"))]
