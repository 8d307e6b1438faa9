"""The campaign's public page and its figures as JSON."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from campaigns import progress as far
from campaigns import recurring_figures
from campaigns.books import last_comparison
from campaigns.milestones import Mark
from campaigns.models import Campaign
from campaigns.supporters import latest_supporters
from newsroom.branding.own_words import spoken
from newsroom.edge.headers import public


def campaign_at(slug: str) -> Campaign:
    """The campaign at that address, joined to its total; a 404 in words when there is none."""
    campaign = far.campaign_at(slug)
    if campaign is None:
        raise Http404(_("There is no such campaign."))
    return campaign


def default_for(campaign: Campaign) -> Campaign | None:
    """The campaign that takes gifts once `campaign` is over; None when it is itself that one."""
    return far.in_words(far.with_total().filter(is_default=True).exclude(pk=campaign.pk).first())


def _with_pictures(marks: Iterable[Mark]) -> list[tuple[Mark, AbstractImage | None]]:
    marks = list(marks)
    wanted = [mark.picture for mark in marks if mark.picture]
    found = get_image_model().objects.in_bulk(wanted) if wanted else {}
    return [(mark, found.get(mark.picture)) for mark in marks]


@require_safe
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = campaign_at(slug)
    shown = far.progress(campaign)
    return public(
        request,
        render(
            request,
            "campaigns/campaign.html",
            {
                "campaign": campaign,
                "progress": shown,
                "give_url": f"{campaign.give_url}?via=campaign",
                "default": default_for(campaign) if shown.ended else None,
                "marks": _with_pictures(shown.marks),
                "uses": [spoken(use, "words") for use in campaign.gift_uses.all()],
                "questions": [spoken(q, "question", "answer") for q in campaign.questions.all()],
                "changes": list(campaign.changes.all()),
                "supporters": latest_supporters(campaign),
                "books": last_comparison(campaign),
                "recurring": recurring_figures.of_campaign(campaign),
            },
        ),
        30,
    )


@require_safe
def progress_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Amounts in minor units of `currency`; at most 10 s old behind any cache."""
    return public(request, JsonResponse(far.progress(campaign_at(slug)).as_json()), 5, stale=5)
