"""The campaign's public page and its figures as JSON."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import progress as far
from campaigns.books import last_comparison
from campaigns.models import Campaign
from campaigns.supporters import latest_supporters
from newsroom.edge.headers import public


def campaign_at(slug: str) -> Campaign:
    """The campaign at that address, joined to its total; a 404 in words when there is none."""
    campaign = far.campaign_at(slug)
    if campaign is None:
        raise Http404(_("There is no such campaign."))
    return campaign


@require_safe
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = campaign_at(slug)
    return public(
        request,
        render(
            request,
            "campaigns/campaign.html",
            {
                "campaign": campaign,
                "progress": far.progress(campaign),
                "give_url": f"{campaign.give_url}?via=campaign",
                "changes": list(campaign.changes.all()),
                "supporters": latest_supporters(campaign),
                "books": last_comparison(campaign),
            },
        ),
        30,
    )


@require_safe
def progress_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Amounts in minor units of `currency`; at most 5 s old behind any cache."""
    return public(request, JsonResponse(far.progress(campaign_at(slug)).as_json()), 5)
