"""A draft as it would look, on the desk: from the page itself, since it has no version yet.

As the story's page, and as lists show it, with its picture cut around the focal point.
"""

from collections.abc import Callable
from typing import Any, Final

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from articles.addresses import absolute, current_path
from articles.entries import mark_of, marked_by, story_entries
from articles.keep_reading import keep_reading
from articles.listing import Card, card_of
from articles.models import Article, Kind
from articles.related import with_related
from articles.retractions import headline_where_shared, retraction_of
from articles.sharing import share_links
from articles.story import Around, build_story, policy_url
from articles.structured import as_script, news_article
from articles.versions import content_of, render_body
from newsroom.branding.models import Branding


def frame_previews(*models: type[Page]) -> None:
    """Let the desk show previews of `models` in its panel: our public pages may stand in no frame,
    and a preview is answered as one of them."""
    for model in models:
        model.serve_preview = _framed(model.serve_preview)


def _framed(serve_preview: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    framed: Any = csp_replace({"frame-ancestors": [SELF]})(serve_preview)
    return framed


IN_LISTS: Final = "lists"
MODES: Final = [("", _("The story")), (IN_LISTS, _("In lists"))]


def join(model: type[Article]) -> None:
    """Give the story's model its previews."""

    def get_preview_template(self: Article, request: HttpRequest, mode_name: str) -> str:
        if mode_name == IN_LISTS:
            return "articles/preview_lists.html"
        template: str = self.get_template(request)
        return template

    def get_preview_context(self: Article, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        if mode_name == IN_LISTS:
            return {"card": card(self), "request": request}
        return preview_context(self, request)

    model.preview_modes = MODES
    model.get_preview_template = get_preview_template
    model.get_preview_context = get_preview_context


def card(article: Article) -> Card:
    """The draft as lists would show it."""
    content = content_of(article)
    published = article.first_published_at or timezone.now()
    return card_of(
        {
            "pk": article.pk or 0,
            "address": current_path(article) or "/",
            "headline": content["headline"],
            "shown_dek": content["dek"],
            "shown_label": content["label"],
            "section": content["section"],
            "authors": content["bylines"],
            "picture": content["lead_image"],
            "first_published_at": published,
            "modified": published,
            "corrected": bool(article.pk) and mark_of(story_entries(article.pk)) == Kind.CORRECTION,
        }
    )


def preview_context(article: Article, request: HttpRequest) -> dict[str, Any]:
    """What `articles/article.html` needs, with the entries that the story already has."""
    url = current_path(article) or "/"
    entries = story_entries(article.pk) if article.pk else []
    content = content_of(article)
    around = Around(
        id=article.pk or 0,
        url=url,
        published_at=article.first_published_at or timezone.now(),
        modified_at=None,
        comments_open=False,
        version=0,
    )
    body_html = render_body(article, absolute(url))
    story = with_related(build_story(around, content, body_html, mark_of(entries)))
    marked = marked_by(entries)
    return {
        "page": article,
        "request": request,
        "story": story,
        "corrections": entries,
        "marked": marked,
        "retraction": retraction_of(story, marked),
        "shared_headline": headline_where_shared(story),
        "keep_reading": keep_reading(story.id, story.language),
        "comments": [],
        "comment_count": 0,
        "policy_url": policy_url(article.locale.language_code),
        "history_url": f"{url}history/",
        "share": share_links(headline_where_shared(story), story.absolute_url),
        "json_ld": as_script(
            news_article(story, entries, Branding.load(request_or_site=request).name)
        ),
    }
