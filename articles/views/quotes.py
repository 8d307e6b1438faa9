"""A pull-quote to be shared: its page with its picture, and the pictures themselves.

A picture's address names the version it was drawn from; only the current one's is drawn, so a
quote that was corrected away is not handed out any more, and nothing of a retracted story is.
"""

from collections.abc import Callable

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.cards import quote_card, story_card
from articles.entries import mark_of, story_entries
from articles.models import Kind
from articles.story import Story, story_at
from articles.views.story import FRESH_SECONDS, story_address
from newsroom.branding.models import Branding
from newsroom.edge.headers import public

# How long we keep what is drawn; caches outside ask as often as for the story.
DRAWN_SECONDS = 24 * 3600


@require_safe
def quote(request: HttpRequest, number: str, **_parts: object) -> HttpResponse:
    """The page that a shared quote leads to; without that quote, the story itself."""
    story = _story(request, f"quote/{number}/")
    if isinstance(story, HttpResponse):
        return story
    quotes = quotes_of(story)
    if story.mark == Kind.RETRACTION or not 0 < int(number) <= len(quotes):
        return redirect(story.url)
    context = {
        "story": story,
        "quote": quotes[int(number) - 1],
        "picture_url": f"{story.absolute_url}quote/{story.version}-{number}.png",
        "quote_url": f"{story.absolute_url}quote/{number}/",
        "story_anchor": f"{story.url}#quote-{number}",
    }
    response = render(request, "articles/quote.html", context)
    response["X-Robots-Tag"] = "noindex"
    return public(request, response, FRESH_SECONDS)


@require_safe
def quote_picture(
    request: HttpRequest, version: str, number: str, **_parts: object
) -> HttpResponse:
    story = _story(request, f"quote/{version}-{number}.png")
    if isinstance(story, HttpResponse):
        return story
    quotes = quotes_of(story)
    if story.mark == Kind.RETRACTION or not 0 < int(number) <= len(quotes):
        raise Http404(_("There is no such quote in this story."))
    if int(version) != story.version:
        return redirect(f"{story.url}quote/{story.version}-{number}.png")
    chosen = quotes[int(number) - 1]
    return _picture(
        request,
        f"card:{story.id}:{version}:{number}",
        lambda name: quote_card(chosen["quote"], chosen["attribution"], name),
    )


@require_safe
def story_picture(request: HttpRequest, version: str, **_parts: object) -> HttpResponse:
    story = _story(request, f"card/{version}.png")
    if isinstance(story, HttpResponse):
        return story
    if story.mark == Kind.RETRACTION:
        raise Http404(_("This story was retracted."))
    if int(version) != story.version:
        return redirect(f"{story.url}card/{story.version}.png")
    return _picture(
        request,
        f"card:{story.id}:{version}",
        lambda name: story_card(story.headline, story.section_title, name),
    )


def quotes_of(story: Story) -> list[dict[str, str]]:
    """The story's pull-quotes in order."""
    return [block for block in story.body if block["kind"] == "pull_quote"]


def _story(request: HttpRequest, ending: str) -> Story | HttpResponse:
    found = story_address(request, ending)
    if isinstance(found, HttpResponse):
        return found
    return story_at(found, mark_of(story_entries(found.article_id)))


def _picture(request: HttpRequest, key: str, draw: Callable[[str], bytes]) -> HttpResponse:
    name = Branding.load(request_or_site=request).name
    drawn = cache.get_or_set(f"{key}:{name}", lambda: draw(name), DRAWN_SECONDS)
    return public(request, HttpResponse(drawn, content_type="image/png"), FRESH_SECONDS)
