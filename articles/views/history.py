"""What became of a story: its versions, and any two word by word. Not for search engines."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.comparing import compare as compare_texts
from articles.comparing import in_runs
from articles.differences import differences
from articles.entries import compare_url, mark_of, story_entries
from articles.history import both_versions, version_lines
from articles.models import Ground, Removal
from articles.related import with_headlines
from articles.removals import removal_lines, withheld_headline, withheld_versions
from articles.story import story_at
from articles.versions import text_paragraphs
from articles.views.story import FRESH_SECONDS, story_address, story_links
from newsroom.edge.headers import public

SIDE = "side"


@require_safe
def history(request: HttpRequest, **_parts: object) -> HttpResponse:
    """Every version of a story with what was said about it; with `?before=` and `?after=` (two
    versions' numbers, in any order) and `?view=`, the way to their comparison."""
    found = story_address(request, "history/", removed_too=True)
    if isinstance(found, HttpResponse):
        return found
    chosen = [request.GET.get(name, "") for name in ("before", "after")]
    before, after = sorted(int(each) if _is_number(each) else 0 for each in chosen)
    if before != after:
        view = f"?view={SIDE}" if request.GET.get("view") == SIDE else ""
        way = HttpResponseRedirect(f"{compare_url(found.path, before, after)}{view}")
        return _unindexed(request, way)
    entries = story_entries(found.article_id)
    story = story_at(found, mark_of(entries))
    lines = version_lines(story.id, story.url, entries)
    if lines[0].withheld:
        story = replace(story, headline=withheld_headline())
    context = {
        "story": story,
        "versions": lines,
        "chosen": (lines[1].number, lines[0].number) if len(lines) > 1 else (),
        "same_chosen": any(chosen),
        "removals": removal_lines(story.id),
        **story_links(story),
    }
    return _unindexed(request, render(request, "articles/history.html", context))


@require_safe
def compare(request: HttpRequest, before: str, after: str, **_parts: object) -> HttpResponse:
    """Two versions of a story, word by word: in one text, or with `?view=side` in two."""
    found = story_address(request, f"history/{before}-{after}/")
    if isinstance(found, HttpResponse):
        return found
    withheld = withheld_versions(found.article_id)
    if hidden := [withheld[n] for n in (int(before), int(after)) if n in withheld]:
        return _withheld(request, hidden, found.path)
    both = both_versions(found.article_id, int(before), int(after))
    if both is None:
        raise Http404(_("This story has no such versions."))
    entries = story_entries(found.article_id)
    story = story_at(found, mark_of(entries))
    older, newer = both
    versions = version_lines(story.id, story.url, entries)
    lines = {line.number: line for line in versions}
    paragraphs = compare_texts(text_paragraphs(older.content), text_paragraphs(newer.content))
    context = {
        "story": story,
        "before": lines[older.number],
        "after": lines[newer.number],
        "between": [line for line in versions if older.number < line.number <= newer.number],
        "versions": versions,
        "chosen": (older.number, newer.number),
        "paragraphs": paragraphs,
        "runs": in_runs(paragraphs),
        "changed": sum(1 for each in paragraphs if any(op != "same" for op, _text in each)),
        "differences": with_headlines(differences(older.content, newer.content)),
        "side_by_side": request.GET.get("view") == SIDE,
        "entries": [entry for entry in entries if older.number < entry.after <= newer.number],
        **story_links(story),
    }
    return _unindexed(request, render(request, "articles/compare.html", context))


def _withheld(request: HttpRequest, acts: list[Removal], story_url: str) -> HttpResponse:
    """That a version is withheld, when and on what ground, and not a word of it."""
    law = any(act.ground == Ground.LAW for act in acts)
    context = {"acts": acts, "history_url": f"{story_url}history/"}
    page = render(request, "articles/withheld.html", context, status=451 if law else 410)
    return _unindexed(request, page)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _unindexed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return public(request, response, FRESH_SECONDS)
