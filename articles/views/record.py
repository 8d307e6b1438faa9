"""The public record: the corrections page and the chain that seals it."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.addresses import absolute
from articles.alternates import only, open_languages
from articles.chain_log import LOG_PATH, log_page
from articles.finding import LONGEST_WORDS, Found, Sought, find_entries, page_after, page_before
from articles.heads import recent_lines, this_key
from articles.models import Correction, Kind, Section
from articles.navigation import navigation
from articles.reports import time_to_correction
from articles.story import policy_url
from articles.tallies import SHOWN_MONTHS, months
from newsroom.edge.headers import public
from newsroom.edge.language import language_prefix

FRESH_SECONDS = 30
FOR_EVER = "public, max-age=31536000, immutable"
MEDIAN_OF = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The filters as the address has them; all may be empty."""

    q: str
    kind: str
    section: str
    since: date | None
    until: date | None
    every_language: bool = False

    @property
    def query(self) -> str:
        """To stand before a page's key in a link."""
        chosen = {
            "q": self.q,
            "kind": self.kind,
            "section": self.section,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "language": "all" if self.every_language else "",
        }
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{query}&" if query else ""


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """All entries, newest first. `?q=` words, `?kind=`, `?section=` (a slug), `?from=` and `?to=`
    (days) narrow them, `?language=all` shows those of every language; `?before=` and `?after=` an
    entry's id turn the pages."""
    asked = _asked(request)
    found, narrowed = _page(request, asked), bool(asked.query)
    all_months = months()
    language = get_language() or "en"
    context = {
        "asked": asked,
        "entries": found.entries,
        "found": found,
        "narrowed": narrowed,
        "kinds": Kind.choices,
        "sections": _sections(language),
        "languages": len(open_languages()) > 1,
        "months": all_months[:SHOWN_MONTHS],
        "earlier_months": all_months[SHOWN_MONTHS:],
        "most": max((month.total for month in all_months), default=0),
        "issued": sum(month.total for month in all_months),
        "response": _response(),
        "longest": LONGEST_WORDS,
        "policy_url": policy_url(),
        "feeds": _feeds(asked.section, language),
        "log_url": "/corrections/log.json",
    }
    response = render(request, "articles/corrections.html", context)
    if narrowed:
        response["X-Robots-Tag"] = "noindex"
    return public(request, response, FRESH_SECONDS)


@require_safe
def chain_log(request: HttpRequest) -> HttpResponse:
    """The chain as JSON, oldest link first; `?after=` a sequence goes on from there.

    A full page never changes, so caches keep it for ever.
    """
    page = log_page(_number(request, "after") or 0)
    response = public(request, JsonResponse(page), FRESH_SECONDS)
    if page["next"]:
        response["Cache-Control"] = FOR_EVER
    return response


@require_safe
def record_key(request: HttpRequest) -> HttpResponse:
    """With what key the record's heads are signed, and the last of them."""
    key = {
        "algorithm": "Ed25519",
        "public_key": this_key(),
        "heads": recent_lines(),
        "log": absolute(LOG_PATH),
    }
    return public(request, JsonResponse(key), FRESH_SECONDS)


def _asked(request: HttpRequest) -> _Asked:
    given = request.GET
    kind = given.get("kind", "")
    if kind and kind not in Kind.values:
        raise Http404
    return _Asked(
        q=given.get("q", "").replace("\x00", "").strip()[:LONGEST_WORDS],
        kind=kind,
        section=given.get("section", "").replace("\x00", ""),
        since=_day(given.get("from", "")),
        until=_day(given.get("to", "")),
        every_language=given.get("language", "") == "all",
    )


def _page(request: HttpRequest, asked: _Asked) -> Found:
    tree_path = section_tree_path(asked.section) if asked.section else ""
    language = "" if asked.every_language or asked.section else only()
    found = find_entries(Sought(asked.q, asked.kind, tree_path, asked.since, asked.until, language))
    before, after = _number(request, "before"), _number(request, "after")
    try:
        return page_before(found, before) if after is None else page_after(found, after)
    except Correction.DoesNotExist:
        raise Http404 from None


def _response() -> dict[str, object] | None:
    """The median time from when an error was known to the correction, None where there was none."""
    now = timezone.now()
    time = time_to_correction(now - MEDIAN_OF)
    if time.median is None:
        return None
    return {"median": timesince(now - time.median, now), "count": time.count}


def _sections(language: str) -> list[tuple[str, str]]:
    return [(url.strip("/").split("/")[-1], title) for title, url in navigation(language).sections]


def _feeds(section: str, language: str) -> dict[str, str]:
    stem = f"/{section}/corrections" if section else "/corrections/feed"
    stem = language_prefix(language) + stem
    return {"atom": f"{stem}.atom", "json": f"{stem}.json"}


def section_tree_path(slug: str) -> str:
    """Where a section stands in Wagtail's tree; the reader's language first. Raises Http404."""
    found = dict(
        Section.objects.live().filter(slug=slug).values_list("locale__language_code", "path")
    )
    if not found:
        raise Http404(_("There is no such section."))
    return found.get(get_language() or "en") or next(iter(found.values()))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)


def _day(text: str) -> date | None:
    """Days before the newsroom's calendar begins, or none at all, narrow nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
