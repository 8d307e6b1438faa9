"""A story's figures for who wrote it: no donor's name, no single gift."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from articles.models import Article, Byline
from campaigns.story_figures import may_see, story_figures
from newsroom.furniture import acting, desk_page

MINE_SHOWN = 50


@permission_required("wagtailadmin.access_admin")
def figures(request: HttpRequest, article_id: int) -> HttpResponse:
    """Loads, follows, gifts begun and their amount."""
    story = get_object_or_404(Article, pk=article_id, current_version__isnull=False)
    if not may_see(acting(request), story):
        raise PermissionDenied
    page = desk_page(
        _("%(story)s: figures") % {"story": story.title},
        icon="view",
        story=story,
        figures=story_figures(story, timezone.now()),
    )
    return render(request, "campaigns/desk/story_figures.html", page)


@permission_required("wagtailadmin.access_admin")
def mine(request: HttpRequest) -> HttpResponse:
    """The stories that name whoever looks, the newest first."""
    lines = (
        Byline.objects.filter(
            person__reader=acting(request), article__current_version__isnull=False
        )
        .select_related("article")
        .order_by("-article__first_published_at")[:MINE_SHOWN]
    )
    page = desk_page(
        _("Figures of my stories"), icon="view", stories=[line.article for line in lines]
    )
    return render(request, "campaigns/desk/my_stories.html", page)
