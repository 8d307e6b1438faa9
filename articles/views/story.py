"""A story, as its current version has it."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.comments import takes_comments
from articles.embeds import frame_origins
from articles.entries import mark_of, marked_by, story_entries
from articles.keep_reading import keep_reading
from articles.listing import Card
from articles.models import Address
from articles.related import with_related
from articles.retractions import headline_where_shared, retraction_of
from articles.sharing import share_links
from articles.story import Story, find_story, policy_url, story_at
from articles.structured import as_script, news_article
from articles.threads import discussion
from articles.views.tombstone import find_removed, tombstone
from newsroom.branding.context import as_readers_see_it
from newsroom.edge.generation import Kept
from newsroom.edge.headers import public

FRESH_SECONDS = 30

_keep_reading: Kept[list[Card]] = Kept()


def story_address(
    request: HttpRequest, ending: str = "", removed_too: bool = False
) -> Address | HttpResponse:
    """The story's current address, or the answer instead: the redirect to it from an old one, or
    what stands where a story was removed (with `removed_too` its address all the same)."""
    path = request.path_info.removesuffix(ending)
    found = find_story(path)
    if found is None:
        if gone := find_removed(path):
            return gone.address if removed_too else tombstone(request, gone)
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
    story = with_related(story_at(found, mark_of(entries)))
    newsroom = as_readers_see_it(request)
    story = replace(
        story, comments_open=takes_comments(found.article, timezone.now(), newsroom.comments_days)
    )
    marked = marked_by(entries)
    context = {
        "story": story,
        "alternates": story.alternates,
        "corrections": entries,
        "retraction": retraction_of(story, marked),
        "shared_headline": headline_where_shared(story),
        "marked": marked,
        "keep_reading": _keep_reading.get(
            (story.id, story.language), lambda: keep_reading(story.id, story.language)
        ),
        **talk_of(story),
        **story_links(story),
        # Called by the template, where the part they stand in is not kept from before.
        "share": lambda: share_links(headline_where_shared(story), story.absolute_url),
        "json_ld": lambda: as_script(news_article(story, entries, newsroom.name)),
    }
    response = public(request, render(request, "articles/article.html", context), FRESH_SECONDS)
    if origins := frame_origins(story.body, settings.EMBED_PROVIDERS):
        # For csp.middleware, also on a 304: the services of this page's own embeds and no other.
        response._csp_update = {"frame-src": origins}  # type: ignore[attr-defined]
    return response


def talk_of(story: Story) -> dict[str, object]:
    """The first page of the story's comments, how many there are, and where the rest is."""
    talk = discussion(story.id)
    assert talk is not None
    more = f"{story.url}comments/?after={talk.after}" if talk.after else ""
    return {"comments": talk.comments, "comment_count": talk.count, "more_comments_url": more}


def story_links(story: Story) -> dict[str, str]:
    return {"policy_url": policy_url(story.language), "history_url": f"{story.url}history/"}
