"""Tell us what you know: the form at `<story>/tell/`, the same bytes for everybody, without script.

Who sends it is not kept: only a mark that changes each day counts how often, in Redis, for ten
minutes.
"""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles import tips
from articles.models import Address, Purpose, StandingPage
from articles.views.asked_again import takes_forms
from articles.views.story import story_address
from newsroom.branding.models import Branding
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed

FRESH_SECONDS = 30
RATE = "5/10 minutes"


@takes_forms(())
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, **_parts: object) -> HttpResponse:
    """GET: the form, or with `?thanks` what comes after. POST `words` and `contact`: 303 to the
    thanks; 422 when it cannot be taken, 429 too often. `reply` is seen by machines alone."""
    found = story_address(request, "tell/")
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        page = _page(request, found, thanks="thanks" in request.GET)
        return _told_to_nobody(public(request, page, FRESH_SECONDS))
    if not allowed("tip", RATE, _mark(request)):
        return uncached(_page(request, found, 429, often=True))
    try:
        if not request.POST.get("reply", "").strip():
            words, contact = request.POST.get("words", ""), request.POST.get("contact", "")
            tips.take(found.article, words, contact, timezone.localdate())
    except tips.TipRefused as refusal:
        return uncached(_page(request, found, 422, error=str(refusal)))
    response = HttpResponse(status=303)
    response["Location"] = f"{found.path}tell/?thanks"
    return uncached(_told_to_nobody(response))


def _told_to_nobody(response: HttpResponse) -> HttpResponse:
    """No other site learns from a link that somebody was here."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _mark(request: HttpRequest) -> str:
    said = f"tip:{timezone.localdate()}:{address_of(request)}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()[:24]


def _page(request: HttpRequest, found: Address, status: int = 200, **more: object) -> HttpResponse:
    version = found.article.current_version
    contact = StandingPage.objects.live().filter(purpose=Purpose.CONTACT).first()
    context = {
        "story_url": found.path,
        "headline": version.headline if version else "",
        "days": settings.TIP_DAYS,
        "longest": tips.LONGEST,
        "postal_address": Branding.load().postal_address,
        "contact_url": contact.url if contact else "",
        "words": request.POST.get("words", ""),
        "contact": request.POST.get("contact", ""),
        **more,
    }
    return render(request, "articles/tell.html", context, status=status)
