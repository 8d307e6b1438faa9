"""Signing up: the page of all newsletters, the form wherever it stands, the link in the mail."""

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.views.asked_again import takes_forms
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed
from newsroom.letters import consent, signing_up
from newsroom.letters.models import Newsletter
from newsroom.letters.offered import offered
from newsroom.mail.addresses import normal
from newsroom.readers.models import Reader

FRESH_SECONDS = 60
RATE = "6/10 minutes"
# However many visitors ask: so many questions go to one mailbox.
RATE_OF_A_MAILBOX = "4/day"
FIELDS = ("email", "source", "letters")


@takes_forms(FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def newsletters(request: HttpRequest) -> HttpResponse:
    """GET: every newsletter with its form, the same bytes for everybody. POST: 303 to what comes
    next; 422 beside the field, 429 when one visitor, or everybody for one mailbox, asks too
    often."""
    if request.method != "POST":
        return public(request, _form(request), FRESH_SECONDS)
    refused = _ask(request)
    if refused is not None:
        return uncached(_form(request, *refused))
    response = HttpResponse(status=303)
    response["Location"] = reverse("letters_asked")
    return uncached(response)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """After an address was given: a mail is on its way. Whether it was known is not told."""
    context = {"days": signing_up.UNCONFIRMED_FOR.days}
    return public(request, render(request, "letters/asked.html", context), FRESH_SECONDS)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail that asks: GET shows a button, POST confirms, again and again the same. Used
    up once a newsletter was ended since: an old link brings nobody back."""
    found = signing_up.asked_for(token)
    if request.method == "POST":
        found = signing_up.confirm(token, timezone.now())
    waiting = any(each.standing == "asked" for each in found)
    step = "gone" if not found else "confirm" if waiting else "confirmed"
    context = {
        "step": step,
        "names": [each.newsletter.name for each in found],
        "mine_url": reverse("letters_mine", args=[found[0].subscriber.token]) if found else "",
        "action": request.path,
    }
    status = 404 if step == "gone" and request.method == "POST" else 200
    return of_one_reader(render(request, "letters/confirm.html", context, status=status))


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
@takes_forms(FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of one newsletter, to stand in a frame of any site; it answers within the frame."""
    newsletter = get_object_or_404(Newsletter, slug=slug, open=True)
    context = {
        "newsletter": newsletter,
        "wording": consent.wording([newsletter], newsletter.language),
        "email": request.POST.get("email", ""),
        "asked": False,
        "days": signing_up.UNCONFIRMED_FOR.days,
        "error": "",
    }
    if request.method != "POST":
        return public(request, render(request, "letters/embed.html", context), FRESH_SECONDS)
    refused = _ask(request, newsletter)
    context["asked"] = refused is None
    if refused is not None:
        context["error"] = " ".join(refused[0].values())
    page = render(request, "letters/embed.html", context, status=refused[1] if refused else 200)
    return uncached(page)


def of_one_reader(response: HttpResponse) -> HttpResponse:
    """The token in the address is a secret of the mailbox: no other site is told of it, no cache
    keeps it, no search finds it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def _ask(
    request: HttpRequest, newsletter: Newsletter | None = None
) -> tuple[dict[str, str], int] | None:
    """Take the form; None when it was taken, else what to say beside which field, and how."""
    email = normal(request.POST.get("email", ""))
    reader = request.user if isinstance(request.user, Reader) else None
    language = newsletter.language if newsletter else get_language() or "en"
    if not allowed("letters", RATE, address_of(request)) or not allowed(
        "letters to a mailbox", RATE_OF_A_MAILBOX, email[:320]
    ):
        often = _("That was often in a short time. Please try again later.")
        return {"email": often}, 429
    source = request.POST.get("source", "")
    try:
        signing_up.ask(
            email,
            [newsletter] if newsletter else _chosen(request),
            "embed" if newsletter else source if source in consent.SOURCES[:4] else "letters",
            timezone.now(),
            language=language,
            reader=None if newsletter else reader,
        )
    except signing_up.SignUpRefused as refusal:
        return {refusal.field: str(refusal)}, 422
    return None


def _chosen(request: HttpRequest) -> list[Newsletter]:
    asked = [each for each in request.POST.getlist("letters") if each.isascii() and each.isdigit()]
    wanted = [int(each) for each in asked if len(each) < 18]
    return list(Newsletter.objects.filter(pk__in=wanted, open=True).order_by("name"))


def _form(
    request: HttpRequest, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    language = get_language() or "en"
    found = offered(language)
    context = {
        "newsletters": found,
        "chosen": request.POST.getlist("letters"),
        "email": request.POST.get("email", ""),
        "errors": errors or {},
    }
    return render(request, "letters/newsletters.html", context, status=status)


def newsletter_at(slug: str) -> Newsletter:
    """The newsletter at that address. Raises Http404."""
    found = Newsletter.objects.filter(slug=slug).select_related("section").first()
    if found is None:
        raise Http404
    return found
