"""A story, its history, and any two of its versions side by side."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.comments import approved_comments
from articles.comparing import compare as compare_texts
from articles.entries import mark_of, story_entries
from articles.history import both_versions, version_lines
from articles.listing import keep_reading
from articles.models import Address
from articles.sharing import share_links
from articles.story import POLICY_URL, Story, find_story, story_at
from articles.structured import as_script, news_article
from articles.versions import text_paragraphs
from newsroom.branding.models import Branding
from newsroom.edge.headers import public

FRESH_SECONDS = 30


def story_address(request: HttpRequest, ending: str = "") -> Address | HttpResponse:
    """The story's current address, or the redirect to it from an old one."""
    path = request.path_info.removesuffix(ending)
    found = find_story(path)
    if found is None:
        raise Http404(_("There is no story at this address."))
    if found.current:
        return found
    current = Address.objects.get(article=found.article_id, current=True)
    return HttpResponsePermanentRedirect(current.path + ending)


@require_safe
def article(request: HttpRequest, **_parts: object) -> HttpResponse:
    """The story as its current version has it. At most 8 queries with what its page shows."""
    found = story_address(request)
    if isinstance(found, HttpResponse):
        return found
    entries = story_entries(found.article_id)
    story = story_at(found, mark_of(entries))
    context = {
        "story": story,
        "corrections": entries,
        "keep_reading": keep_reading(story.id, story.language),
        "comments": approved_comments(story.id),
        **_links(story),
        "share": share_links(story.headline, story.absolute_url),
        "json_ld": as_script(news_article(story, entries, _branding(request).name)),
    }
    return public(request, render(request, "articles/article.html", context), FRESH_SECONDS)


@require_safe
def history(request: HttpRequest, **_parts: object) -> HttpResponse:
    """Every version of a story with what was said about it. Not for search engines."""
    found = story_address(request, "history/")
    if isinstance(found, HttpResponse):
        return found
    entries = story_entries(found.article_id)
    story = story_at(found, mark_of(entries))
    context = {
        "story": story,
        "versions": version_lines(story.id, story.url, entries),
        **_links(story),
    }
    return _unindexed(request, render(request, "articles/history.html", context))


@require_safe
def compare(request: HttpRequest, before: str, after: str, **_parts: object) -> HttpResponse:
    """Two versions of a story, word by word. Not for search engines."""
    found = story_address(request, f"history/{before}-{after}/")
    if isinstance(found, HttpResponse):
        return found
    both = both_versions(found.article_id, int(before), int(after))
    if both is None:
        raise Http404(_("This story has no such versions."))
    entries = story_entries(found.article_id)
    story = story_at(found, mark_of(entries))
    older, newer = both
    lines = {line.number: line for line in version_lines(story.id, story.url, entries)}
    context = {
        "story": story,
        "before": lines[older.number],
        "after": lines[newer.number],
        "paragraphs": compare_texts(text_paragraphs(older.content), text_paragraphs(newer.content)),
        "entries": [entry for entry in entries if older.number < entry.after <= newer.number],
        **_links(story),
    }
    return _unindexed(request, render(request, "articles/compare.html", context))


def _links(story: Story) -> dict[str, str]:
    return {"policy_url": POLICY_URL, "history_url": f"{story.url}history/"}


def _branding(request: HttpRequest) -> Branding:
    return Branding.load(request_or_site=request)


def _unindexed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return public(request, response, FRESH_SECONDS)
