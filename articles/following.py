"""Following a story: mail when it is corrected or updated, each once, one click to stop.

An address is asked to confirm before anything else goes to it; what a signed-in reader has proven
needs no asking. A publication with entries owes its followers one small row (`owe_news`); `tell`
turns it into mails, a batch in each transaction, so that ten thousand followers slow no editor and
a worker that dies loses nobody and doubles nobody.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from articles.addresses import absolute, current_path
from articles.entries import EntryLine, entry_lines
from articles.models import Article, Correction, Follow, FollowerNews, Kind, Version
from articles.removals import headline_of
from articles.story import policy_url
from newsroom.celery import app
from newsroom.mail.outbox import can_be_written_to, forget, mails_to, owe
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

CHANGED: Final = "story changed"
TO_CONFIRM: Final = "follow to confirm"
KINDS: Final = (CHANGED, TO_CONFIRM)
BATCH: Final = 100
# How long an address that does not confirm is remembered.
UNCONFIRMED_FOR: Final = timedelta(days=2)
# The gravest kind of an entry gives the mail its subject.
_GRAVEST: Final = (Kind.RETRACTION, Kind.CORRECTION, Kind.CLARIFICATION, Kind.UPDATE)


class FollowRefused(Exception):
    """The address cannot follow; the text is the sentence for the reader."""


def ask_to_follow(
    article: Article,
    email: str,
    moment: datetime,
    *,
    updates_too: bool = True,
    language: str = "en",
    reader: Reader | None = None,
) -> Follow:
    """Let `email` follow a public story once it has confirmed, or at once when it is `reader`'s
    own proven address. Raises FollowRefused.

    An address that follows already gets no mail, and its choice stays: anybody could have asked.
    """
    email = email.strip().lower()
    if not can_be_written_to(email):
        raise FollowRefused(_("This does not look like an e-mail address."))
    proven = reader is not None and email in proven_addresses(reader)
    with transaction.atomic():
        # One at a time for each story and address: a double click is one mail.
        Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
        follow = Follow.objects.filter(article=article, email=email).first()
        if follow is not None and follow.confirmed_at and not proven:
            return follow
        follow = follow or Follow(article=article, email=email, language=language)
        follow.updates_too, follow.asked_at = updates_too, moment
        if proven:
            follow.reader, follow.confirmed_at = reader, follow.confirmed_at or moment
        follow.save()
        if not proven:
            _owe_question(follow, moment)
    return follow


def by_token(token: str) -> Follow | None:
    """The follower whose mail holds this token; None when there is no such follower (any more)."""
    found = Follow.objects.select_related("article__current_version")
    return found.filter(token=token).first()


def confirm(follow: Follow, moment: datetime) -> None:
    """The mailbox's owner wants it; asked again, nothing changes."""
    Follow.objects.filter(pk=follow.pk, confirmed_at=None).update(confirmed_at=moment)


def choose(follow: Follow, *, updates_too: bool) -> None:
    """Hear of updates too, or of retractions, corrections and clarifications alone."""
    Follow.objects.filter(pk=follow.pk).update(updates_too=updates_too)


def stop(token: str) -> bool:
    """No more mail, and nothing is kept of the address; False when nobody had this token."""
    return _forget(Follow.objects.filter(token=token)) > 0


def follows_of(reader: Reader) -> list[tuple[Follow, str, str]]:
    """What a signed-in reader follows, newest first, each with headline and address."""
    found = followed_by(reader).select_related("article__current_version").order_by("-pk")
    return [(each, headline_of(each.article), current_path(each.article) or "/") for each in found]


def followed_by(reader: Reader) -> "QuerySet[Follow]":
    """By the account, or by any address it has proven."""
    found = Follow.objects.annotate(address=Lower("email")).exclude(confirmed_at=None)
    return found.filter(Q(reader=reader) | Q(address__in=proven_addresses(reader)))


def erase_address(email: str) -> int:
    """Forget that this address follows anything; how many stories it was."""
    return _forget(Follow.objects.filter(email__iexact=email.strip()))


def forget_unconfirmed(now: datetime) -> int:
    """Forget addresses that were asked and never confirmed; how many."""
    return _forget(Follow.objects.filter(confirmed_at=None, asked_at__lt=now - UNCONFIRMED_FOR))


def _forget(follows: "QuerySet[Follow]") -> int:
    """End these, with the address in the mails that went to them; how many."""
    with transaction.atomic():
        # Waits for a batch that is being told: its mails are known afterwards.
        ended = list(follows.select_for_update().order_by("pk").values_list("pk", "email"))
        for pk, email in ended:
            about = Q(dedupe_key__startswith=f"follow-confirm:{pk}:") | Q(
                kind=CHANGED, dedupe_key__endswith=f":{pk}"
            )
            forget(mails_to(email, KINDS).filter(about))
        Follow.objects.filter(pk__in=[pk for pk, _email in ended]).delete()
    return len(ended)


def owe_news(version: Version) -> None:
    """Owe the story's followers the entries of `version`: one row in the caller's transaction."""
    news = FollowerNews.objects.create(version=version)
    transaction.on_commit(lambda: nudge(news.pk))


def nudge(news_id: int) -> bool:
    """Ask a worker to tell them; False without a broker: then the sweeper finds the row."""
    try:
        app.send_task("articles.tasks.tell_followers", [news_id])
    except (OperationalError, RedisError, OSError) as error:
        log.warning("news %s not queued: %s", news_id, type(error).__name__)
        return False
    return True


def untold() -> list[int]:
    """The news that followers are still owed, oldest first."""
    owed = FollowerNews.objects.filter(done_at=None).order_by("created_at")
    return list(owed.values_list("pk", flat=True)[:50])


def tell(news_id: int, now: datetime) -> bool:
    """Owe the next batch of followers their mail; whether there are more.

    False too while somebody else is at it. A batch and how far it reached are one transaction.
    A story that is no longer on the site is news to nobody: the row is done.
    """
    with transaction.atomic():
        owed = FollowerNews.objects.filter(pk=news_id, done_at=None)
        news = owed.select_for_update(skip_locked=True).first()
        if news is None:
            return False
        version = Version.objects.select_related("article").get(pk=news.version_id)
        if not version.article.live:
            news.done_at = now
            news.save(update_fields=["done_at"])
            return False
        # Whoever followed later has read the words as they are now.
        found = Follow.objects.filter(
            article=version.article_id, pk__gt=news.reached, confirmed_at__lte=news.created_at
        )
        batch = list(found.select_for_update().order_by("pk")[:BATCH])
        _owe_batch(version, batch)
        if len(batch) == BATCH:
            news.reached = batch[-1].pk
        else:
            news.done_at = now
        news.save(update_fields=["reached", "done_at"])
    return news.done_at is None


def _owe_batch(version: Version, batch: list[Follow]) -> None:
    if not batch:
        return
    article = Article.objects.select_related("current_version").get(pk=version.article_id)
    entries: dict[str, list[EntryLine]] = {}
    for language in {follow.language for follow in batch}:
        with override(language):
            found = Correction.objects.filter(after=version).order_by("number")
            entries[language] = entry_lines(found)
    for follow in batch:
        said = entries[follow.language]
        if follow.updates_too or any(entry.kind != Kind.UPDATE for entry in said):
            _owe_change(follow, version, headline_of(article), said)


def _owe_change(follow: Follow, version: Version, headline: str, entries: list[EntryLine]) -> None:
    if not entries:
        return
    kinds = {entry.kind for entry in entries}
    story_url = absolute(entries[0].story_url)
    stop_url = link("follow_stop", follow)
    owe(
        CHANGED,
        f"story-changed:{version.pk}:{follow.pk}",
        follow.email,
        "story_changed",
        {
            "headline": headline,
            "kind": next(str(kind) for kind in _GRAVEST if kind in kinds),
            "entries": entries,
            "story_url": story_url,
            "policy_url": absolute(policy_url(follow.language)),
            "stop_url": stop_url,
        },
        follow.language,
        stop_url=stop_url,
    )


def _owe_question(follow: Follow, moment: datetime) -> None:
    owe(
        TO_CONFIRM,
        f"follow-confirm:{follow.pk}:{moment.isoformat()}",
        follow.email,
        "follow_confirm",
        {
            "headline": headline_of(follow.article),
            "story_url": absolute(current_path(follow.article) or "/"),
            "confirm_url": link("follow_confirm", follow),
            "days": UNCONFIRMED_FOR.days,
        },
        follow.language,
    )


def link(name: str, follow: Follow) -> str:
    """The address of a follower's own page, in their language."""
    with override(follow.language):
        return absolute(reverse(name, args=[follow.token]))
