"""Following a story: the form at `<story>/follow/`, and the two pages that a mail leads to.

Those two are known by the token in their address alone. Opening them changes nothing, since mail
programs open links by themselves; only the button's POST does.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles import following
from articles.addresses import current_path
from articles.models import Address, Follow
from articles.removals import headline_of
from articles.story import policy_url
from articles.views.asked_again import takes_forms
from articles.views.story import story_address
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

FRESH_SECONDS = 30
RATE = "6/10 minutes"
# However many visitors ask: this many questions go to one mailbox.
RATE_OF_A_MAILBOX = "6/day"
FIELDS = ("email", "choice")
UPDATES_TOO, CORRECTIONS_ONLY = "all", "corrections"


@takes_forms(FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, **_parts: object) -> HttpResponse:
    """GET: the form, the same bytes for everybody. POST: 303 to what comes next; 422 for what is
    no address, 429 when one visitor, or everybody for one mailbox, asks too often."""
    found = story_address(request, "follow/")
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        return public(request, _form(request, found), FRESH_SECONDS)
    email = request.POST.get("email", "").strip().lower()
    reader = request.user if isinstance(request.user, Reader) else None
    # No mail asks what its reader has proven.
    asks = reader is None or email not in proven_addresses(reader)
    if not allowed("follow", RATE, address_of(request)) or (
        asks and not allowed("follow a mailbox", RATE_OF_A_MAILBOX, email[:320])
    ):
        error = _("That was often in a short time. Please try again later.")
        return uncached(_form(request, found, error, 429))
    try:
        asked = following.ask_to_follow(
            found.article,
            email,
            timezone.now(),
            updates_too=request.POST.get("choice") != CORRECTIONS_ONLY,
            language=get_language() or "en",
            reader=reader,
        )
    except following.FollowRefused as refusal:
        return uncached(_form(request, found, str(refusal), 422))
    # Whether a stranger's address follows already is not told.
    own = reader is not None and asked.reader_id == reader.pk
    response = HttpResponse(status=303)
    account = f"{reverse('reader_account')}#follows"
    response["Location"] = account if own else f"{found.path}follow/asked/"
    return uncached(response)


@require_safe
def asked(request: HttpRequest, **_parts: object) -> HttpResponse:
    """After an address was given: a mail is on its way."""
    found = story_address(request, "follow/asked/")
    if isinstance(found, HttpResponse):
        return found
    context = {**_story(found), "days": following.UNCONFIRMED_FOR.days}
    return public(request, render(request, "articles/follow_asked.html", context), FRESH_SECONDS)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail that asks: GET shows a button, POST confirms, again and again the same."""
    found = following.by_token(token)
    if found is None:
        return _answer(request, "gone", status=404 if request.method == "POST" else 200)
    if request.method == "POST":
        following.confirm(found, timezone.now())
        return _answer(request, "following", found)
    return _answer(request, "following" if found.confirmed_at else "confirm", found)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From every mail to a follower. GET: two buttons. POST: stop, as a mail program's one click
    does (RFC 8058), or with `choice` change what to hear of. A second click says the same."""
    found = following.by_token(token)
    if request.method != "POST":
        return _answer(request, "stop" if found else "stopped", found)
    if found and request.POST.get("choice") in (UPDATES_TOO, CORRECTIONS_ONLY):
        following.choose(found, updates_too=request.POST["choice"] == UPDATES_TOO)
        return _answer(request, "chosen", following.by_token(token))
    following.stop(token)
    return _answer(request, "stopped", found)


def _form(
    request: HttpRequest, address: Address, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        **_story(address),
        "error": error,
        "email": request.POST.get("email", ""),
        "choice": request.POST.get("choice") or UPDATES_TOO,
    }
    return render(request, "articles/follow.html", context, status=status)


def _answer(
    request: HttpRequest, step: str, follow: Follow | None = None, status: int = 200
) -> HttpResponse:
    """The page of one follower at `step`; what `follow` was is still known when it just ended."""
    context: dict[str, object] = {"step": step}
    if follow is not None:
        context |= {
            "follow": follow,
            "headline": headline_of(follow.article),
            "story_url": current_path(follow.article) or "/",
            "action": request.path,
        }
    response = render(request, "articles/follow_mail.html", context, status=status)
    # The token in the address is a secret of the mailbox: no other site is told of it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def _story(address: Address) -> dict[str, object]:
    version = address.article.current_version
    assert version is not None
    return {
        "story_url": address.path,
        "headline": version.content["headline"],
        "policy_url": policy_url(),
    }
