"""The give page and what follows its button."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from campaigns import progress as far
from campaigns import tries
from campaigns.forms import AMOUNT_FIELDS, OWN, GiveForm, as_typed
from campaigns.giving import (
    AlreadyGiven,
    CampaignClosed,
    GivingError,
    TryAgain,
    start_donation,
)
from campaigns.models import Campaign, Frequency
from campaigns.models.campaign import AfterEnd
from campaigns.reminders import choices
from campaigns.views.admission import (
    Held,
    admission,
    ask_for_work,
    passed_on,
)
from campaigns.views.campaign import campaign_at, default_for
from newsroom.edge.headers import public, uncached
from newsroom.edge.origin import Came, came
from newsroom.edge.rates import address_of
from newsroom.money import Money

MAX_FORM_BYTES = 64 * 1024


@require_safe
def give(request: HttpRequest) -> HttpResponse:
    """`/give/`: on to the campaign under way, else to the default one."""
    campaign = far.campaign_to_give_to()
    if campaign is None:
        raise Http404(_("No campaign takes donations now."))
    query = request.META.get("QUERY_STRING", "")
    return public(request, redirect(campaign.give_url + (f"?{query}" if query else "")), 60)


@require_safe
def give_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; the same bytes for everybody who follows the same link."""
    campaign = campaign_at(slug)
    ended = None
    if not campaign.is_open(timezone.now()):
        ended, goes_on = campaign, _goes_on(campaign)
        if goes_on is None:
            return public(request, _closed(request, campaign, 200), 60)
        campaign = goes_on
    initial = {name: request.GET.get(name, "")[:60] for name in ("from", "via", "amount")}
    if request.GET.get("frequency") in Frequency.values:
        initial["frequency"] = request.GET["frequency"]
    form = GiveForm(campaign, initial=initial)
    return public(request, _page(request, campaign, form, ended=ended), 60)


@csrf_exempt
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the donation and send the reader on to Checkout (303)."""
    if _too_large(request):
        return uncached(
            render(request, "campaigns/give_refused.html", {"why": "large"}, status=413)
        )
    where = came(request)
    if where is Came.FROM_US:
        return _start(request, slug)
    # A foreign page, or a browser that says nothing: show what would be given, with a token.
    campaign = campaign_at(slug)
    context = {
        "campaign": campaign,
        "fields": passed_on(request.POST),
        "action": f"{campaign.give_url}confirm/",
    }
    return uncached(render(request, "campaigns/origin.html", context, status=403))


@csrf_protect
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as `start`, from the page with a token."""
    if _too_large(request):
        return uncached(
            render(request, "campaigns/give_refused.html", {"why": "large"}, status=413)
        )
    return _start(request, slug)


def _too_large(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return not length.isdigit() or int(length) > MAX_FORM_BYTES


def _start(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = campaign_at(slug)
    form = GiveForm(campaign, request.POST)
    if not campaign.is_open(timezone.now()):
        return uncached(_over(request, campaign))
    if not form.is_valid():
        return uncached(_page(request, campaign, form, status=422))
    wish, address = form.wish(), address_of(request)
    held = admission(request, campaign, wish.amount)
    if held is Held.SMALL:
        form.refuse_small(Money(settings.ATTACK_MINIMUM, campaign.currency))
        return uncached(_page(request, campaign, form, status=422))
    if held is not None:
        return ask_for_work(request, campaign, held)
    try:
        donation = start_donation(campaign, wish, timezone.now())
    except AlreadyGiven as given:
        return uncached(redirect("thanks", token=given.donation.token))
    except CampaignClosed:
        return uncached(_over(request, campaign))
    except TryAgain as error:
        form.add_error(None, str(error))
        return uncached(_page(request, campaign, form, status=503))
    except GivingError as error:
        form.add_error(None, str(error))
        return uncached(_page(request, campaign, form, status=422))
    tries.remember(donation, address)
    tries.note(campaign.pk, "opened")
    response = HttpResponse(status=303)
    response["Location"] = donation.checkout_url
    return uncached(response)


def _page(
    request: HttpRequest,
    campaign: Campaign,
    form: GiveForm,
    status: int = 200,
    *,
    ended: Campaign | None = None,
) -> HttpResponse:
    return render(
        request,
        "campaigns/give.html",
        {
            "campaign": campaign,
            "ended": ended,
            "progress": far.progress(campaign),
            "form": form,
            "presets": form.presets,
            "action": f"{campaign.give_url}start/",
            "remind_days": choices(campaign, timezone.now()),
            "remind_url": reverse("remind", args=[campaign.slug]),
        },
        status=status,
    )


def _goes_on(campaign: Campaign) -> Campaign | None:
    """The campaign that takes the gifts of one that is over, where staff chose so."""
    now = timezone.now()
    if campaign.ends_at is None or now < campaign.ends_at:
        return None
    default = default_for(campaign) if campaign.after_end == AfterEnd.GOES_ON else None
    return default if default and default.is_open(now) else None


def _over(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The form was sent after the end: shown again for the campaign that takes gifts now, with
    all that was typed; nothing is begun unasked."""
    takes = _goes_on(campaign)
    if takes is None:
        return _closed(request, campaign, 409)
    typed = request.POST.copy()
    often = typed.get("frequency", "")
    field = AMOUNT_FIELDS[Frequency(often) if often in Frequency.values else Frequency.ONCE]
    chosen = typed.get(field, "")
    if not typed.get("own_amount") and re.fullmatch(r"[0-9]{1,12}", chosen):
        typed["own_amount"] = as_typed(Money(int(chosen), takes.currency))
    # What was on offer there may not be here.
    for each in AMOUNT_FIELDS.values():
        typed[each] = OWN
    return _page(request, takes, GiveForm(takes, typed), 409, ended=campaign)


def _closed(request: HttpRequest, campaign: Campaign, status: int) -> HttpResponse:
    default = default_for(campaign)
    return render(
        request,
        "campaigns/closed.html",
        {
            "campaign": campaign,
            "progress": far.progress(campaign),
            "default_give_url": default.give_url if default else "",
            "default_title": default.title if default else "",
        },
        status=status,
    )
