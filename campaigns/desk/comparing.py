"""Campaigns beside each other, and the notes of their days."""

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
from wagtail.admin.widgets import AdminDateInput

from campaigns import comparing, comparing_chart, notes
from campaigns.comparing import Axis
from campaigns.models import Campaign
from newsroom.furniture import acting, desk_page

BEGIN_WITH = 3


class CompareForm(forms.Form):
    campaigns = forms.ModelMultipleChoiceField(
        Campaign.objects.all(),
        label=gettext_lazy("Campaigns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    axis = forms.ChoiceField(
        label=gettext_lazy("By"),
        required=False,
        choices=[
            (Axis.START.value, gettext_lazy("days since the start")),
            (Axis.DEADLINE.value, gettext_lazy("days to the deadline")),
        ],
    )


class NoteForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=AdminDateInput)
    words = forms.CharField(label=gettext_lazy("What happened"), max_length=60)


@permission_required("campaigns.view_analytics")
def index(request: HttpRequest) -> HttpResponse:
    """`?campaigns=1&campaigns=2&axis=deadline`; without any, the newest ones that began."""
    form = CompareForm(request.GET)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    moment = timezone.now()
    chosen = [campaign.pk for campaign in asked.get("campaigns") or ()][: comparing.MOST]
    if not chosen:
        begun = Campaign.objects.filter(starts_at__lte=moment, ends_at__isnull=False)
        chosen = list(begun.values_list("pk", flat=True)[:BEGIN_WITH])
    axis = Axis(asked.get("axis") or "start")
    found = comparing.compare(chosen, axis, moment)
    page = desk_page(
        _("Compare campaigns"),
        icon="view",
        trail=[(reverse("campaigns_desk:campaigns"), _("Campaigns"))],
        form=form,
        every=Campaign.objects.all(),
        chosen=chosen,
        axis=axis,
        found=found,
        rows=list(found.rows()),
        sentences=found.sentences(),
        drawn=comparing_chart.chart_of(found) if found.places else None,
        ids=",".join(str(pk) for pk in chosen),
        colours=range(comparing.MOST),
    )
    return render(request, "campaigns/desk/compare.html", page)


@permission_required("campaigns.change_campaign")
def day_notes(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The notes of a campaign: those there are, and a form for one more."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    today = timezone.now().astimezone(campaign.zone).date()
    form = NoteForm(request.POST or None, initial={"day": today})
    if request.method == "POST" and form.is_valid():
        try:
            notes.note(
                campaign,
                form.cleaned_data["day"],
                form.cleaned_data["words"],
                by=acting(request),
                today=today,
            )
        except notes.NoteRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("campaigns_desk:day_notes", campaign.pk)
    page = desk_page(
        _("%(campaign)s: notes of days") % {"campaign": campaign.title},
        icon="edit",
        trail=[
            (reverse("campaigns_desk:campaigns"), _("Campaigns")),
            (reverse("campaigns_desk:analytics", args=[campaign.pk]), _("Figures")),
        ],
        form=form,
        media=form.media,
        campaign=campaign,
        notes=notes.of_campaign(campaign),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/day_notes.html", page, status=status)


@require_POST
@permission_required("campaigns.change_campaign")
def take_away(request: HttpRequest, campaign_id: int, note_id: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if notes.take_away(note_id, campaign, by=acting(request), moment=timezone.now()):
        messages.success(request, _("It is no longer shown."))
    return redirect("campaigns_desk:day_notes", campaign.pk)
