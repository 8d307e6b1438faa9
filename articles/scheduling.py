"""Stories that go live, change or expire at a set time."""

import logging
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from articles.going_public import Refused
from articles.models import Article
from articles.overdue import tell_editors
from articles.publishing import judge_scheduled
from articles.removal_requests import expire

log = logging.getLogger(__name__)

PUBLISHED: Final = "wagtail.publish.scheduled"
EXPIRED: Final = "wagtail.unpublish.scheduled"


def check_when_scheduled(instance: Revision, raw: bool = False, **_signal: Any) -> None:
    """Raise `Refused` when asked to schedule what could not go live when its time comes."""
    if raw or instance.approved_go_live_at is None:
        return
    draft = instance.as_object()
    if isinstance(draft, Article):
        judge_scheduled(draft, instance.approved_go_live_at)


def publish_what_is_due() -> None:
    """Expire and publish every page whose time has come.

    Each on its own: what one story is refused for stops no other, and is tried again on the next
    round; its editor is told of it once.
    """
    now = timezone.now()
    for pk in Page.objects.filter(live=True, expire_at__lt=now).values_list("pk", flat=True):
        _attempt("expire", pk, lambda pk=pk: _expire(pk))
    due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    for pk in list(due.values_list("pk", flat=True)):
        _attempt("publish", pk, lambda pk=pk: _publish(pk))
    tell_editors(now)


def _expire(pk: int) -> None:
    page = Page.objects.select_for_update(of=("self",)).filter(pk=pk, live=True).first()
    story = page.specific if page else None
    if isinstance(story, Article):
        expire(story)
    elif story:
        story.unpublish(set_expired=True, log_action=EXPIRED)


def _publish(pk: int) -> None:
    # Two workers may come for the same one: whoever waits finds it done.
    revision = (
        Revision.objects.select_for_update(of=("self",))
        .filter(pk=pk, approved_go_live_at__lt=timezone.now())
        .first()
    )
    if revision:
        revision.publish(log_action=PUBLISHED)


def _attempt(what: str, pk: int, act: Any) -> None:
    try:
        with transaction.atomic():
            act()
    except Refused as refusal:
        log.warning("scheduled %s of %s refused: %s", what, pk, type(refusal).__name__)
    except Exception:
        # A page that cannot be published must not keep the others back; the log has the reason.
        log.exception("scheduled %s of %s failed", what, pk)
