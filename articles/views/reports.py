"""Report an error: the form at `<story>/report/`, the same bytes for everybody, and what follows.

static/js/report-error.js brings the selected sentence along after the `#`, which no server sees.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from articles import reports
from articles.models import Address
from articles.reports import ReportRefused, Wish, report_error
from articles.story import policy_url
from articles.views.asked_again import takes_forms
from articles.views.story import story_address
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed

FRESH_SECONDS = 30
RATE = "6/10 minutes"
# The last one is seen by machines alone.
FIELDS = ("sentence", "problem", "email", "version", "reply")


@takes_forms(FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, **_parts: object) -> HttpResponse:
    """GET: the form. POST: take the report, 303 to the thanks; 422 when a field is to be mended,
    429 when one visitor reports too often."""
    found = story_address(request, "report/")
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        return public(request, _page(request, found), FRESH_SECONDS)
    if not allowed("report", RATE, address_of(request)):
        return uncached(_page(request, found, status=429, often=True))
    try:
        report_error(found.article, _wish(request), timezone.now())
    except ReportRefused as refusal:
        return uncached(_page(request, found, status=422, error=refusal))
    response = HttpResponse(status=303)
    response["Location"] = f"{found.path}report/thanks/"
    return uncached(response)


@require_safe
def thanks(request: HttpRequest, **_parts: object) -> HttpResponse:
    """After a report was sent, whatever becomes of it."""
    found = story_address(request, "report/thanks/")
    if isinstance(found, HttpResponse):
        return found
    page = render(request, "articles/report_thanks.html", _story(found))
    return public(request, page, FRESH_SECONDS)


def _wish(request: HttpRequest) -> Wish:
    posted = {name: request.POST.get(name, "") for name in FIELDS}
    number = posted["version"]
    return Wish(
        sentence=posted["sentence"],
        problem=posted["problem"],
        email=posted["email"],
        version=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0,
        trap=posted["reply"],
        language=get_language() or "en",
    )


def _page(
    request: HttpRequest,
    address: Address,
    status: int = 200,
    error: ReportRefused | None = None,
    often: bool = False,
) -> HttpResponse:
    context = {
        **_story(address),
        "longest_sentence": reports.LONGEST_SENTENCE,
        "longest_problem": reports.LONGEST_PROBLEM,
        "error": str(error) if error else "",
        "error_in": error.field if error else "",
        "often": often,
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
    }
    return render(request, "articles/report.html", context, status=status)


def _story(address: Address) -> dict[str, object]:
    version = address.article.current_version
    assert version is not None
    return {
        "story_url": address.path,
        "headline": version.content["headline"],
        "version": version.number,
        "policy_url": policy_url(),
    }
