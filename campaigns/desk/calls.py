"""Thank-you calls on the desk: whom to call and why, who does it, what became of it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import calls
from campaigns.desk.donor_forms import CallForm
from campaigns.models import CallReason, CallState, Campaign, ThankYouCall
from newsroom.furniture import acting, desk_page
from newsroom.paging import page_by_key

ICON = "comment"


class CallFilter(forms.Form):
    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("to be made")),
            ("mine", gettext_lazy("to be made by me")),
            ("free", gettext_lazy("to be made by nobody yet")),
            ("done", gettext_lazy("made")),
            ("skipped", gettext_lazy("left out")),
        ],
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("For"),
        required=False,
        choices=[("", gettext_lazy("whatever")), *CallReason.choices],
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("All campaigns"),
    )


@permission_required("campaigns.view_thankyoucall")
def index(request: HttpRequest) -> HttpResponse:
    """Who may make these calls sees whom to call, and of no other donor."""
    form = CallFilter(request.GET)
    asked: dict[str, Any] = {"show": "", "reason": "", "campaign": None}
    if form.is_valid():
        asked = form.cleaned_data
    rows = ThankYouCall.objects.select_related("donation__donor", "donation__campaign", "caller")
    ended = asked["show"] in (CallState.DONE, CallState.SKIPPED)
    rows = rows.filter(state=asked["show"] if ended else CallState.OPEN)
    if asked["show"] == "mine":
        rows = rows.filter(caller=acting(request))
    elif asked["show"] == "free":
        rows = rows.filter(caller=None)
    if asked["reason"]:
        rows = rows.filter(reason=asked["reason"])
    if asked["campaign"]:
        rows = rows.filter(donation__campaign=asked["campaign"].pk)
    page = page_by_key(rows, request.GET.dict())
    context = desk_page(
        _("Thank-you calls"),
        icon=ICON,
        form=form,
        page=page,
        rows=page.rows,
        me=acting(request),
        ended=ended,
        may_call=request.user.has_perm("campaigns.change_thankyoucall"),
        sees_donors=request.user.has_perm("campaigns.view_donor"),
    )
    return render(request, "campaigns/desk/calls.html", context)


@require_POST
@permission_required("campaigns.change_thankyoucall")
def take(request: HttpRequest, call_id: int) -> HttpResponse:
    """Take a call upon oneself, or let go of one."""
    call = get_object_or_404(ThankYouCall, pk=call_id)
    me = acting(request)
    try:
        calls.assign(call, None if request.POST.get("free") else me, by=me)
    except calls.NotChanged as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns_desk:calls")


@permission_required("campaigns.change_thankyoucall")
def end(request: HttpRequest, call_id: int) -> HttpResponse:
    """It was made, or is left out, with a note; one that ended can be opened again."""
    call = get_object_or_404(
        ThankYouCall.objects.select_related("donation__donor", "donation__campaign"), pk=call_id
    )
    form = CallForm(request.POST or None, instance=call)
    if request.method == "POST" and form.is_valid():
        me, said = acting(request), request.POST.get("became", "")
        try:
            if said == "open":
                calls.reopen(call, by=me)
            else:
                state = CallState.SKIPPED if said == CallState.SKIPPED else CallState.DONE
                note = form.cleaned_data["note"]
                calls.end(call, state, note=note, by=me, moment=timezone.now())
        except calls.NotChanged as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("campaigns_desk:calls")
    context = desk_page(
        _("A thank-you call"),
        icon=ICON,
        trail=[(reverse("campaigns_desk:calls"), _("Thank-you calls"))],
        call=call,
        donor=call.donation.donor,
        form=form,
    )
    return render(request, "campaigns/desk/call.html", context, status=422 if form.errors else 200)
