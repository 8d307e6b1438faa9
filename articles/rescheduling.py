"""A live story whose change is already scheduled, published in between.

A correction by its editor takes the schedule away (Wagtail clears it). The scheduled draft is then
put on the corrected words and scheduled again, so that it neither undoes the correction nor loses
its own change. Where both change the same words it waits as a draft for an editor.

What touches no draft's words, as a person's new name or a move to another section, leaves the
schedule; what was said of the draft is bound to the new version.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from wagtail.models import Revision

from articles.going_public import Refused
from articles.merging import Conflict, merge_drafts
from articles.models import Article
from newsroom.readers.models import Reader


@dataclass(frozen=True, slots=True)
class Waiting:
    """A scheduled change of a live story, and the words it was made from. `base_version` is the
    id of the version that readers had then."""

    revision: int
    base: dict[str, Any]
    base_version: int


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """What became of a scheduled change. `go_live_at` is None when it is not scheduled any more:
    because of `conflicts`, or for the reason `refusal`."""

    go_live_at: datetime | None
    conflicts: Sequence[Conflict] = field(default_factory=list)
    refusal: str = ""


def waiting_for(article: Article) -> Waiting | None:
    """The scheduled change of a live story, read before another publication clears it."""
    revision = article.scheduled_revision
    if not revision or not article.live or not article.live_revision:
        return None
    return Waiting(revision.pk, article.live_revision.content, article.current_version_id)


def reschedule(article: Article, waiting: Waiting, by: Reader | None) -> Rescheduled:
    """Put the change that was waiting on what `article` says now, and schedule it again."""
    live = Article.objects.get(pk=article.pk)
    scheduled = Revision.objects.get(pk=waiting.revision)
    merged, conflicts = merge_drafts(waiting.base, live.live_revision.content, scheduled.content)
    said = merged.get("pending_record") or {}
    if not conflicts and said.get("base") == waiting.base_version:
        merged["pending_record"] = said | {"base": live.current_version_id}
    draft = live.with_content_json(merged)
    revision = draft.save_revision(user=scheduled.user, clean=False)
    if conflicts:
        return Rescheduled(None, conflicts)
    return schedule_again(revision, draft.go_live_at, by)


def schedule_again(
    revision: Revision, go_live_at: datetime | None, by: Reader | None
) -> Rescheduled:
    """Schedule a saved draft for the moment it names."""
    try:
        with transaction.atomic():
            revision.publish(user=by)
    except Refused as refusal:
        return Rescheduled(None, refusal=str(refusal))
    return Rescheduled(go_live_at)


@contextmanager
def carried_over(article: Article) -> Iterator[None]:
    """Surround a publication that touches no draft's words: what was said of the drafts that wait,
    scheduled or not, still explains their own change. In the caller's transaction."""
    before = article.current_version_id
    yield
    if article.current_version_id == before:
        return
    waiting = Q(approved_go_live_at__isnull=False) | Q(pk=article.latest_revision_id)
    drafts = Revision.page_revisions.filter(waiting, object_id=str(article.pk))
    for draft in drafts.filter(content__pending_record__base=before):
        said = draft.content["pending_record"] | {"base": article.current_version_id}
        # Not by its own save: that would judge the draft, whose moment has not come.
        Revision.objects.filter(pk=draft.pk).update(
            content=draft.content | {"pending_record": said}
        )
