"""The give page and what follows its button."""

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
from campaigns.forms import GiveForm
from campaigns.giving import (
    AlreadyGiven,
    CampaignClosed,
    GivingError,
    TryAgain,
    start_donation,
)
from campaigns.models import Campaign, Frequency
from campaigns.reminders import choices
from campaigns.views.admission import (
    Held,
    admission,
    ask_for_work,
    passed_on,
)
from campaigns.views.campaign import campaign_at
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
    if not campaign.is_open(timezone.now()):
        return public(request, _closed(request, campaign, 200), 60)
    initial = {name: request.GET.get(name, "")[:60] for name in ("from", "via", "amount")}
    if request.GET.get("frequency") in Frequency.values:
        initial["frequency"] = request.GET["frequency"]
    return public(request, _page(request, campaign, GiveForm(campaign, initial=initial)), 60)


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
        return uncached(_closed(request, campaign, 409))
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
        return uncached(_closed(request, campaign, 409))
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
    request: HttpRequest, campaign: Campaign, form: GiveForm, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "campaigns/give.html",
        {
            "campaign": campaign,
            "progress": far.progress(campaign),
            "form": form,
            "presets": form.presets,
            "action": f"{campaign.give_url}start/",
            "remind_days": choices(campaign, timezone.now()),
            "remind_url": reverse("remind", args=[campaign.slug]),
        },
        status=status,
    )


def _closed(request: HttpRequest, campaign: Campaign, status: int) -> HttpResponse:
    default = Campaign.objects.filter(is_default=True).exclude(pk=campaign.pk).first()
    return render(
        request,
        "campaigns/closed.html",
        {
            "campaign": campaign,
            "progress": far.progress(campaign),
            "default_give_url": default.give_url if default else "",
        },
        status=status,
    )
