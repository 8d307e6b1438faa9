"""One person asks that a story be removed or a version withheld, a second one agrees."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.going_public import Leaving, Refused
from articles.models import (
    REMOVING,
    Article,
    Ground,
    Removal,
    RemovalKind,
    RemovalRequest,
    RequestState,
    Version,
)
from articles.removals import needs_second_person, remove, withhold
from newsroom.audit import log
from newsroom.readers.models import Reader


def ask(article: Article, why: Leaving, version: Version | None = None) -> Removal | None:
    """Do what `why.by` asks where one person may, else let it wait for a second: then None.

    Raises `Refused` without ground and reason, and when the same thing waits already.
    """
    if not why.reason.strip() or why.ground not in Ground.values:
        raise Refused(_("Say on what ground, and why: readers are told."), article.pk)
    if version is None and not needs_second_person(article.pk, timezone.now()):
        return remove(article, why)
    row = Article.objects.only("live", "current_version").get(pk=article.pk)
    if version is not None and row.live and version.pk == row.current_version_id:
        raise Refused(
            _(
                "This is the version readers see, which cannot be withheld: correct the story "
                "first, or remove it from the site."
            ),
            article.pk,
        )
    same = RemovalRequest.objects.filter(
        article=article, version=version, state=RequestState.WAITING, due_at__isnull=True
    )
    with transaction.atomic():
        Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if same.exists():
            raise Refused(_("This waits already for a second person."), article.pk)
        asked = RemovalRequest.objects.create(
            article=article,
            kind=why.kind,
            version=version,
            ground=why.ground,
            reason=why.reason.strip(),
            asked_by=why.by,
        )
        log.record(why.by, "asked for removal", article, why.reason[:300], request=asked.pk)
    return None


def agree(request: int, by: Reader) -> Removal | None:
    """The second person agrees: what was asked is done, an expiry not before its moment (None).

    Raises `Refused` for who asked, for who may not, and for what was decided already.
    """
    with transaction.atomic():
        asked = _waiting(request, by)
        if asked.asked_by_id == by.pk:
            raise Refused(_("A second person has to agree: you asked for this yourself."))
        _decide(asked, RequestState.AGREED, by)
        if asked.due_at and asked.due_at > timezone.now():
            return None
        return carry_out(asked)


def decline(request: int, by: Reader) -> None:
    """What was asked is not done. Who asked may take it back; else as `agree`."""
    with transaction.atomic():
        asked = RemovalRequest.objects.select_for_update().get(pk=request)
        if asked.asked_by_id != by.pk:
            asked = _waiting(request, by)
        if asked.state != RequestState.WAITING:
            raise Refused(_("This was decided already."))
        _decide(asked, RequestState.DECLINED, by)


def carry_out(asked: RemovalRequest) -> Removal:
    """Do what two people agreed on."""
    why = Leaving(asked.kind, asked.ground, asked.reason, asked.asked_by, asked.decided_by)
    if asked.version:
        return withhold(asked.version, why)
    return remove(asked.article, why)


def ask_for_expiry(instance: Article, **_signal: Any) -> None:
    """A story published with a day of expiry asks then already for the second person, if there
    will have to be one."""
    waiting = RemovalRequest.objects.filter(
        article=instance, kind=RemovalKind.EXPIRED, state=RequestState.WAITING
    )
    waiting.exclude(due_at=instance.expire_at, reason=instance.expire_reason).update(
        state=RequestState.OVERTAKEN
    )
    # Expiry comes a little after its moment, and must not meet the day's end in between.
    if not instance.expire_at or not needs_second_person(
        instance.pk, instance.expire_at + timedelta(hours=1)
    ):
        return
    known = RemovalRequest.objects.filter(
        article=instance, due_at=instance.expire_at, reason=instance.expire_reason
    )
    if instance.expire_reason and not known.exists():
        RemovalRequest.objects.create(
            article=instance,
            kind=RemovalKind.EXPIRED,
            ground=Ground.OTHER,
            reason=instance.expire_reason,
            due_at=instance.expire_at,
            asked_by=instance.live_revision.user if instance.live_revision else None,
        )


def expire(article: Article) -> None:
    """Take a story off the site whose time is over. Raises `Refused` as `agreed_expiry`."""
    agreed = agreed_expiry(article, timezone.now())
    if agreed:
        carry_out(agreed)
        return
    by = article.live_revision.user if article.live_revision else None
    remove(article, Leaving(RemovalKind.EXPIRED, Ground.OTHER, article.expire_reason, by))


def agreed_expiry(article: Article, moment: datetime) -> RemovalRequest | None:
    """What a second person agreed to, None where none must. Raises `Refused` when nobody said why
    the story expires, or none agreed yet."""
    if not article.expire_reason.strip():
        raise Refused(_("Say why the story expires: readers are told."), article.pk)
    if not needs_second_person(article.pk, moment):
        return None
    agreed = RemovalRequest.objects.filter(
        article=article,
        due_at=article.expire_at,
        reason=article.expire_reason,
        state=RequestState.AGREED,
    ).first()
    if agreed is None:
        raise Refused(_("No second person agreed to the expiry yet."), article.pk)
    return agreed


def _waiting(request: int, by: Reader) -> RemovalRequest:
    if not by.has_perm("articles.agree_removal"):
        raise Refused(_("A standards editor or the publisher has to agree to this."))
    asked = RemovalRequest.objects.select_for_update().get(pk=request)
    if asked.state != RequestState.WAITING:
        raise Refused(_("This was decided already."))
    return asked


def _decide(asked: RemovalRequest, state: RequestState, by: Reader) -> None:
    asked.state, asked.decided_by, asked.decided_at = state, by, timezone.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    if state == RequestState.AGREED and asked.version is None and asked.kind not in REMOVING:
        raise ValueError("Only a removal concerns a whole story.")
    log.record(by, f"{state} removal", asked.article, asked.reason[:300], request=asked.pk)
