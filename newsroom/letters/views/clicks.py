"""The links of letters: counted, nobody told apart; and the campaign's bar as a picture."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.progress import in_words, progress, with_total
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, count
from newsroom.letters import results
from newsroom.letters.bar import draw

BAR_SECONDS = 60
# So many links of letters in so short a time are followed by no person.
MANY, WHILE = 6, "10 seconds"
_PROGRAMS = (
    "bot", "crawl", "spider", "scan", "preview", "proxy", "python", "curl", "wget", "java/",
    "go-http", "barracuda", "mimecast", "proofpoint", "safelinks", "headless", "monitor",
)  # fmt: skip


@require_safe
def go(request: HttpRequest, letter_id: int, number: int) -> HttpResponse:
    """302 to where the link of that number leads. The address is the letter's own, so it leads
    nowhere else whatever is asked."""
    url = results.clicked(letter_id, number, is_a_program(request))
    if url is None:
        raise Http404
    return uncached(redirect(url))


def is_a_program(request: HttpRequest) -> bool:
    """Whether a mail scanner rather than a person follows: it asks for the head alone, does not
    say it is a browser that opens a page, fetches ahead, or follows many links at once. The rule
    stands in docs/letters.md."""
    agent = request.headers.get("User-Agent", "").lower()
    if request.method == "HEAD" or "mozilla" not in agent or any(w in agent for w in _PROGRAMS):
        return True
    if request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", ""):
        return True
    if "text/html" not in request.headers.get("Accept", "text/html"):
        return True
    return count("letter links", WHILE, address_of(request)) > MANY


@require_safe
def bar(request: HttpRequest, campaign_id: int, language: str) -> HttpResponse:
    """The campaign's bar now, stamped with the moment: one address for everybody."""
    found = with_total().filter(pk=campaign_id).first()
    if found is None or language not in ("en", "fr"):
        raise Http404
    campaign: Campaign = in_words(found, language)
    picture = HttpResponse(draw(progress(campaign), language), content_type="image/png")
    picture["Cross-Origin-Resource-Policy"] = "cross-origin"
    return public(request, picture, BAR_SECONDS)
