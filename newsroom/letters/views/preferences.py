"""A reader's own page of letters, and the link that ends one; both known by their token alone.

Opening them changes nothing, since mail programs and scanners open links by themselves; only a
POST does. Mail providers send it without `Origin` and cookies (RFC 8058, section 3.2), so it is
asked for neither.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.letters import signing_up
from newsroom.letters.models import Standing, Why
from newsroom.letters.views.signing_up import of_one_reader

ZONES = (
    "America/St_Johns",
    "America/Halifax",
    "America/Toronto",
    "America/Winnipeg",
    "America/Regina",
    "America/Edmonton",
    "America/Vancouver",
    "Europe/London",
    "Europe/Paris",
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Which letters come, in whose hours, and stopping all of them."""
    subscriber = signing_up.by_token(token)
    if subscriber is None:
        return _gone(request)
    said = error = ""
    if request.method == "POST":
        now = timezone.now()
        if request.POST.get("do") == "stop":
            signing_up.unsubscribe_all(subscriber, now, "preferences", Why.UNSUBSCRIBED)
            said = _("You get no more letters from us.")
        elif request.POST.get("do") == "stay":
            signing_up.stay(subscriber, now)
            said = _("Good: the letters go on.")
        elif not signing_up.set_zone(subscriber, request.POST.get("zone", "")):
            error = _("Choose one of the time zones.")
        else:
            wanted = [
                int(each)
                for each in request.POST.getlist("letters")
                if each.isascii() and each.isdigit() and len(each) < 18
            ]
            signing_up.choose(subscriber, wanted, now)
            said = _("Your choice is saved.")
        subscriber = signing_up.by_token(token) or subscriber
    context = {
        "subscriber": subscriber,
        "choices": signing_up.choices_of(subscriber),
        "zones": ZONES if subscriber.zone in ("", *ZONES) else (*ZONES, subscriber.zone),
        "asked_to_stay": subscriber.asked_to_stay_at is not None,
        "said": said,
        "error": error,
        "action": request.path,
    }
    page = render(request, "letters/mine.html", context, status=422 if error else 200)
    return of_one_reader(page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From each letter. GET: a button. POST: it ends at once, from the button as from a mail
    program's one click; a second time, and for a token that nobody has, it says the same."""
    found = signing_up.subscription_by(token)
    if request.method == "POST":
        signing_up.unsubscribe(token, timezone.now())
    ended = request.method == "POST" or found is None or found.standing == Standing.ENDED
    context = {
        "step": "stopped" if ended else "stop",
        "name": found.newsletter.name if found else "",
        "mine_url": reverse("letters_mine", args=[found.subscriber.token]) if found else "",
        "action": request.path,
    }
    return of_one_reader(render(request, "letters/stop.html", context))


def _gone(request: HttpRequest) -> HttpResponse:
    page = render(request, "letters/stop.html", {"step": "stopped", "name": ""})
    return of_one_reader(page)
