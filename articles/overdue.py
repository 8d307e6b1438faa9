"""What should have gone live, or from the site, by now and was refused.

Whoever scheduled it is told once by mail; the desk shows it until somebody mends it. Nothing is
kept of it: why it is refused is asked anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Revision

from articles.going_public import Refused
from articles.models import Article
from articles.publishing import judge_scheduled
from articles.removal_requests import agreed_expiry
from articles.removals import headline_of
from newsroom.mail.models import OutboxMail
from newsroom.mail.outbox import owe
from newsroom.readers.models import Reader

KIND: Final = "schedule refused"
# As long as the clock may need to come round.
IN_TIME: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A story whose scheduled change (or, if `expires`, whose expiry) was due at `due_at`."""

    story: Article
    due_at: datetime
    expires: bool
    key: str
    editor: Reader | None
    draft: Article

    def reason(self, now: datetime) -> str:
        """Why it is refused, in the active language; "" where nothing of ours refuses it."""
        try:
            if self.expires:
                agreed_expiry(self.story, now)
            else:
                judge_scheduled(self.draft, now)
        except Refused as refusal:
            return str(refusal)
        return ""


def tell_editors(now: datetime) -> int:
    """Owe each editor of what was refused a mail, once for each moment it was scheduled for; how
    many."""
    told = 0
    for each in overdue(now):
        editor = each.editor
        if editor and editor.is_active and not OutboxMail.objects.filter(dedupe_key=each.key):
            told += _owe(each, editor, now)
    return told


def overdue(now: datetime, story: Article | None = None) -> Iterator[Overdue]:
    """What was due before `now` and has not happened, the longest overdue first; of one story with
    `story`."""
    found = Revision.page_revisions.filter(approved_go_live_at__lt=now).select_related("user")
    late = Article.objects.filter(live=True, expire_at__lt=now).select_related(
        "live_revision__user"
    )
    if story:
        found, late = found.filter(object_id=str(story.pk)), late.filter(pk=story.pk)
    for revision in found.order_by("approved_go_live_at"):
        draft = revision.as_object()
        if isinstance(draft, Article):
            row, due_at = Article.objects.get(pk=draft.pk), revision.approved_go_live_at
            key = f"schedule-refused:{revision.pk}:{due_at.isoformat()}"
            yield Overdue(row, due_at, False, key, revision.user, draft)
    for row in late.order_by("expire_at"):
        key = f"expiry-refused:{row.pk}:{row.expire_at.isoformat()}"
        by = row.live_revision.user if row.live_revision else None
        yield Overdue(row, row.expire_at, True, key, by, row)


def shown_overdue(now: datetime, story: Article | None = None) -> list[tuple[Overdue, str]]:
    """What to show staff, each with why: what the clock has only not come round to is left out."""
    found = ((each, each.reason(now)) for each in overdue(now, story))
    return [(each, why or _unknown()) for each, why in found if why or each.due_at < now - IN_TIME]


def _owe(each: Overdue, editor: Reader, now: datetime) -> bool:
    with override(editor.language):
        reason = each.reason(now) or _unknown()
    context = {
        # A story that was never public is known by its draft's headline.
        "headline": headline_of(each.story) if each.story.live else each.draft.title,
        "due_at": each.due_at,
        "expires": each.expires,
        "reason": reason,
        "edit_url": settings.BASE_URL.rstrip("/")
        + reverse("wagtailadmin_pages:edit", args=[each.story.pk]),
    }
    owed = owe(KIND, each.key, editor.email, "schedule_refused", context, editor.language)
    return owed is not None


def _unknown() -> str:
    return _("The site could not do it; its log says why.")
