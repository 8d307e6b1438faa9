"""Campaigns on the desk: the list, adding one, changing one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import any_permission_required, permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns.desk.forms import CampaignForm
from campaigns.models import Campaign
from campaigns.planning import CampaignRefused, last_day, store_campaign
from campaigns.progress import progress
from newsroom.furniture import acting, desk_page

ICON = "calendar-check"
CHANGES_SHOWN = 20


@any_permission_required("campaigns.view_campaign", "campaigns.view_analytics")
def index(request: HttpRequest) -> HttpResponse:
    """All campaigns, the newest first: a newsroom has some dozens of them at most."""
    moment = timezone.now()
    rows = [
        {
            "campaign": c,
            "progress": progress(c, moment),
            "open": c.is_open(moment),
            # A day, not a moment: a template would move it into the person's zone.
            "last_day": last_day(c.ends_at, c.zone),
        }
        for c in Campaign.objects.select_related("total")
    ]
    buttons = []
    if request.user.has_perm("campaigns.add_campaign"):
        buttons = [
            HeaderButton(_("Add a campaign"), reverse("campaigns_desk:add"), icon_name="plus")
        ]
    if request.user.has_perm("campaigns.view_analytics"):
        buttons.append(
            HeaderButton(_("Compare"), reverse("campaigns_desk:compare"), icon_name="view")
        )
    page = desk_page(_("Campaigns"), icon=ICON, buttons=buttons, rows=rows)
    return render(request, "campaigns/desk/campaigns.html", page)


@permission_required("campaigns.add_campaign")
def add(request: HttpRequest) -> HttpResponse:
    return _form_page(request, Campaign(), _("New campaign"), _("Add the campaign"))


@permission_required("campaigns.change_campaign")
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    return _form_page(request, campaign, campaign.title, _("Save"))


def _form_page(request: HttpRequest, campaign: Campaign, title: str, submit: str) -> HttpResponse:
    form = CampaignForm(request.POST or None, instance=campaign, for_user=request.user)
    if request.method == "POST" and form.is_valid() and _stored(form, request):
        messages.success(request, _("“%(title)s” is saved.") % {"title": campaign.title})
        return redirect("campaigns_desk:edit", campaign.pk)
    buttons = []
    if campaign.pk and request.user.has_perm("campaigns.view_analytics"):
        url = reverse("campaigns_desk:analytics", args=[campaign.pk])
        buttons = [HeaderButton(_("Figures"), url, icon_name="view")]
    if campaign.pk and request.user.has_perm("campaigns.view_match"):
        url = reverse("campaigns_desk:matches", args=[campaign.pk])
        buttons.append(HeaderButton(_("Matches"), url, icon_name="group"))
    if campaign.pk and request.user.has_perm("campaigns.change_campaign"):
        url = reverse("campaigns_desk:case", args=[campaign.pk])
        buttons.append(HeaderButton(_("Milestones and answers"), url, icon_name="list-ul"))
        url = reverse("campaigns_desk:embed", args=[campaign.pk])
        buttons.append(HeaderButton(_("On other sites"), url, icon_name="code"))
    page = desk_page(
        title,
        icon=ICON,
        trail=[(reverse("campaigns_desk:campaigns"), _("Campaigns"))],
        buttons=buttons,
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=submit,
        submit_button_active_label=_("Saving…"),
        campaign=campaign,
        changes=_changes(campaign) if campaign.pk else [],
        begun=bool(campaign.pk) and campaign.starts_at <= timezone.now(),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/campaign_form.html", page, status=status)


def _changes(campaign: Campaign) -> list[dict[str, Any]]:
    """The newest changes of goal and deadline; deadlines as days."""
    zone = campaign.zone
    return [
        {
            "change": change,
            "day_before": last_day(change.ends_before, zone),
            "day_after": last_day(change.ends_after, zone),
        }
        for change in campaign.changes.select_related("changed_by")[:CHANGES_SHOWN]
    ]


def _stored(form: CampaignForm, request: HttpRequest) -> bool:
    try:
        store_campaign(form.instance, by=acting(request), moment=timezone.now())
    except CampaignRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True
