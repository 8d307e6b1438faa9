"""A live story with a change that waits for its moment, and that moment."""

from datetime import timedelta

from django.utils import timezone
from wagtail.models import Revision

from articles.corrections import Record, set_pending
from articles.models import Article
from articles.scheduling import publish_what_is_due


def scheduled(story: Article, headline: str, said: Record) -> Revision:
    """The story's headline changes tomorrow, and that is said of it."""
    draft = Article.objects.get(pk=story.pk)
    draft.title, draft.go_live_at = headline, timezone.now() + timedelta(days=1)
    set_pending(draft, said)
    revision = draft.save_revision()
    revision.publish()
    return revision


def let_the_time_come(story: Article) -> None:
    """The moment is past, and the clock's next round publishes what was due."""
    past = timezone.now() - timedelta(seconds=1)
    revision = Article.objects.get(pk=story.pk).scheduled_revision
    Revision.objects.filter(pk=revision.pk).update(
        approved_go_live_at=past,
        content=revision.content | {"go_live_at": past.isoformat()},
    )
    publish_what_is_due()
