"""A letter on its way: each reader gets it once, whatever dies, and nobody who should not.

`begin` seals the words; `fill` writes one row for each reader, in batches; `send_some` claims a
few rows by a short lease and sends them one by one. Just before the mail server is spoken to the
facts are looked at once more and the row is marked as being sent, just after it as accepted: a
worker that is killed between the two leaves one row in doubt, and that one alone may go out a
second time, with the same Message-ID (`Recipient.again` counts it). The broker may lose
everything: `sweep` finds what is to be done.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from articles.addresses import absolute
from newsroom.alone import alone_if_free
from newsroom.branding.models import Branding
from newsroom.celery import app
from newsroom.edge.rates import allowed
from newsroom.letters import bounces, rules
from newsroom.letters.composing import compose, stories_in
from newsroom.letters.facts import facts_of
from newsroom.letters.models import (
    Fate,
    Letter,
    LetterCorrection,
    LetterLink,
    LetterState,
    LetterStory,
    Purpose,
    Recipient,
)
from newsroom.letters.purging import letter_went_out
from newsroom.letters.rendering import Rendered, render
from newsroom.mail.outbox import LEASE
from newsroom.mail.sending import is_final, reason_of

log = logging.getLogger(__name__)

BATCH: Final = 50
FILL: Final = 2_000
# For a batch that waits in a worker's hand; the mail being sent has the outbox's long one.
BATCH_LEASE: Final = timedelta(seconds=60)
# How long one task goes on before it makes room for others.
SHIFT: Final = timedelta(seconds=30)
WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720))
_NO_MAILBOX: Final = re.compile(r"\b5\.1\.[1-6]\b|^55[013] (?!5\.7)")

_CLAIM = """
UPDATE letters_recipient SET claimed_until = %(until)s WHERE id IN (
    SELECT id FROM letters_recipient
    WHERE letter_id = %(letter)s AND fate IN ('owed', 'sending') AND due_at <= %(now)s
      AND (claimed_until IS NULL OR claimed_until <= %(now)s)
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
) RETURNING id, subscriber_id, provider, key, attempts
"""
# Only while the claim is ours and the letter is not paused.
_BEGIN = """
UPDATE letters_recipient SET fate = 'sending', claimed_until = %(lease)s,
    attempts = attempts + 1, again = again + (CASE WHEN fate = 'sending' THEN 1 ELSE 0 END)
WHERE id = %(id)s AND claimed_until = %(until)s AND fate IN ('owed', 'sending')
  AND EXISTS (SELECT 1 FROM letters_letter WHERE id = %(letter)s AND state = 'sending')
"""
_END = """
UPDATE letters_recipient SET fate = %(fate)s, why = %(why)s, sent_at = %(sent)s,
    provider_id = %(provider_id)s, claimed_until = NULL, due_at = COALESCE(%(due)s, due_at)
WHERE id = %(id)s AND claimed_until = %(held)s
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in our hand until `until`; `letter` is its letter's id."""

    id: int
    subscriber: int | None
    provider: str
    key: UUID
    attempts: int
    letter: int
    until: datetime


def begin(letter_id: int, now: datetime) -> bool:
    """Seal the words and let it go out; False when it is not due or somebody else began it."""
    with transaction.atomic():
        found = Letter.objects.select_related("newsletter").select_for_update(
            of=("self",), skip_locked=True
        )
        letter = found.filter(
            pk=letter_id, state=LetterState.SCHEDULED, scheduled_at__lte=now
        ).first()
        if letter is None:
            return False
        seal(letter, now)
        letter_went_out(letter)
        transaction.on_commit(lambda: nudge(letter_id))
    return True


def seal(letter: Letter, now: datetime) -> None:
    """The words as they go out, never changed again; in the caller's transaction."""
    blocks = compose(letter, now)
    numbers: dict[str, int] = {}

    def counted(address: str) -> str:
        number = numbers.setdefault(address, len(numbers) + 1)
        return absolute(f"/letters/go/{letter.pk}/{number}/")

    rendered = render(letter, blocks, counted)
    LetterLink.objects.bulk_create(
        LetterLink(letter=letter, number=number, url=absolute(address)[:1000])
        for address, number in numbers.items()
    )
    LetterStory.objects.bulk_create(
        LetterStory(letter=letter, article_id=pk) for pk in dict.fromkeys(stories_in(blocks))
    )
    entries = [entry["id"] for block in blocks for entry in block.get("entries", [])]
    LetterCorrection.objects.filter(
        newsletter=letter.newsletter_id, correction__in=entries, told_in=None
    ).update(told_in=letter)
    letter.content, letter.text, letter.html = blocks, rendered.text, rendered.html
    letter.sealed_at, letter.state = now, LetterState.SENDING
    letter.save(update_fields=["content", "text", "html", "sealed_at", "state"])


def fill(letter_id: int, now: datetime) -> bool:
    """Write the rows of the next batch of readers; whether there are more."""
    with transaction.atomic():
        found = Letter.objects.select_for_update(skip_locked=True).filter(
            pk=letter_id, state=LetterState.SENDING, filled_at=None
        )
        letter = found.defer("html", "text", "content", "body").first()
        if letter is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(_audience(letter), _asked(letter) | {"most": FILL})
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute(
                "INSERT INTO letters_recipient (letter_id, subscriber_id, provider, fate, why,"
                " key, provider_id, due_at, attempts, again)"
                " SELECT %s, id, provider, 'owed', '', gen_random_uuid(), '', %s, 0, 0"
                " FROM letters_subscriber WHERE id = ANY(%s) ON CONFLICT DO NOTHING",
                [letter_id, now, ids],
            )
        if len(ids) == FILL:
            letter.reached = ids[-1]
        else:
            letter.filled_at = now
        letter.save(update_fields=["reached", "filled_at"])
    return letter.filled_at is None


def audience(letter: Letter) -> int:
    """To how many it would go now, before anybody is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({_audience(letter)}) found",  # noqa: S608 (our own text)
            _asked(letter) | {"reached": 0, "most": None},
        )
        return int(cursor.fetchone()[0])


def send_some(letter_id: int, now: datetime, most: int = BATCH) -> int:
    """Send to the next few who are due; how many rows were taken up."""
    claimed = _claim(letter_id, now, most)
    if not claimed:
        return 0
    letter = Letter.objects.select_related("newsletter", "campaign").defer("content", "body").get(
        pk=letter_id
    )  # fmt: skip
    rendered = Rendered(letter.subject, letter.text, letter.html)
    limits = rules.Limits(
        settings.APPEALS_A_DAY, settings.LETTERS_A_DAY, settings.LETTERS_QUIET, settings.TIME_ZONE
    )
    with _mail_connection() as post:
        for each in claimed:
            _send_one(each, letter, rendered, limits, post)
    return len(claimed)


def work(letter_id: int, now: datetime) -> bool:
    """One sender's shift: fill, then send until nothing is due; whether there is more."""
    give_up = now + SHIFT
    fill(letter_id, now)
    while (moment := timezone.now()) < give_up:
        more = fill(letter_id, moment)
        if not send_some(letter_id, moment) and not more:
            finish(letter_id, moment)
            return False
    return True


def finish(letter_id: int, now: datetime) -> bool:
    """Say that it is sent when nobody is still to get it; whether it is."""
    waiting = Recipient.objects.filter(letter=letter_id, fate__in=[Fate.OWED, Fate.SENDING])
    going = Letter.objects.filter(pk=letter_id, state=LetterState.SENDING)
    if not going.exclude(filled_at=None).exists() or waiting.exists():
        return False
    return going.update(state=LetterState.SENT, sent_at=now) > 0


def sweep(now: datetime) -> int:
    """Begin what is due and nudge what is on its way; how many letters."""
    due = Letter.objects.filter(state=LetterState.SCHEDULED, scheduled_at__lte=now)
    for letter_id in list(due.values_list("pk", flat=True)):
        begin(letter_id, now)
    going = list(Letter.objects.filter(state=LetterState.SENDING).values_list("pk", flat=True))
    for letter_id in going:
        nudge(letter_id)
    return len(going)


def nudge(letter_id: int) -> bool:
    """Ask workers to send it; False without a broker: then the sweeper does."""
    try:
        for slot in range(settings.LETTER_SENDERS):
            app.send_task("newsroom.letters.tasks.send_letter", [letter_id, slot], expires=30)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("letter %s not queued: %s", letter_id, type(error).__name__)
        return False
    return True


def one_sender(letter_id: int, slot: int) -> AbstractContextManager[bool]:
    """Whether this task alone is the letter's sender of that number; ends with the connection of
    a worker that is killed."""
    return alone_if_free(f"letter {letter_id} {slot}")


def message(
    letter: Letter, rendered: Rendered, to: str, stop: str, mine: str, key: UUID
) -> EmailMultiAlternatives:
    """The mail as it goes to one reader. A letter is no answer of a machine: it has no
    `Auto-Submitted`; the list is named (RFC 2919) and ended by one click (RFC 8058)."""
    newsletter, branding = letter.newsletter, Branding.load()
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    name, address = parseaddr(settings.LETTERS_FROM_EMAIL)
    text, html = rendered.personal(stop, mine)
    answers = newsletter.reply_to or branding.contact_email
    prefix = "" if newsletter.language == settings.LANGUAGE_CODE else f"/{newsletter.language}"
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=text,
        from_email=formataddr((newsletter.from_name or branding.name or name, address)),
        to=[to],
        reply_to=[answers] if answers else None,
        headers={
            "Message-ID": f"<{key}@{host}>",
            "List-Id": f"<{newsletter.slug}.letters.{host}>",
            "List-Unsubscribe": f"<{absolute(f'{prefix}/letters/stop/{stop}/')}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Content-Language": newsletter.language,
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _send_one(
    each: Claimed, letter: Letter, rendered: Rendered, limits: rules.Limits, post: Any
) -> None:
    now = timezone.now()
    known = facts_of(each.subscriber, letter, limits, now)
    if known is None:
        _end(each, each.until, Fate.SKIPPED, why=rules.Reason.GONE)
        return
    why = rules.why_not(letter.purpose, known.facts, limits, now, letter.to_givers)
    if why:
        _end(each, each.until, Fate.SKIPPED, why=why)
        return
    later = rules.not_before(letter.purpose, known.facts, limits, now)
    if later is None and not _within_rate(each.provider):
        later = now + timedelta(seconds=1)
    if later is not None:
        _end(each, each.until, Fate.OWED, due=later)
        return
    lease = now + LEASE
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN,
            {"lease": lease, "id": each.id, "until": each.until, "letter": each.letter},
        )
        if cursor.rowcount != 1:
            return
    mail = message(letter, rendered, known.email, known.stop, known.mine, each.key)
    try:
        mail.connection = post
        mail.send()
    except Exception as error:
        post.close()
        _refused(each, lease, known.email, error)
        return
    status = getattr(mail, "anymail_status", None)
    given = str(getattr(status, "message_id", "") or "")[:200]
    _end(each, lease, Fate.ACCEPTED, sent=timezone.now(), provider_id=given)


def _refused(each: Claimed, held: datetime, email: str, error: Exception) -> None:
    now, reason = timezone.now(), reason_of(error)
    if is_final(error):
        _end(each, held, Fate.FAILED, why=reason)
        if _NO_MAILBOX.search(reason):
            bounces.came_back(email, reason, now)
    elif each.attempts >= len(WAITS):
        _end(each, held, Fate.FAILED, why=reason)
    else:
        _end(each, held, Fate.OWED, why=reason, due=now + WAITS[each.attempts])
        log.warning("letter %s to %s put off", each.letter, each.id)


def _end(
    each: Claimed,
    held: datetime,
    fate: str,
    *,
    why: str = "",
    sent: datetime | None = None,
    due: datetime | None = None,
    provider_id: str = "",
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            {
                "fate": str(fate),
                "why": str(why)[:120],
                "sent": sent,
                "provider_id": provider_id,
                "due": due,
                "id": each.id,
                "held": held,
            },
        )


def _claim(letter_id: int, now: datetime, most: int) -> list[Claimed]:
    until = now + BATCH_LEASE
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"until": until, "letter": letter_id, "now": now, "most": most})
        rows = cursor.fetchall()
    return [
        Claimed(row, subscriber, provider, key, attempts, letter_id, until)
        for row, subscriber, provider, key, attempts in rows
    ]


def _within_rate(provider: str) -> bool:
    rate = settings.LETTER_RATES.get(provider) or settings.LETTER_RATES.get("other")
    return not rate or allowed("letters out", f"{rate}/second", provider)


@contextmanager
def _mail_connection() -> Iterator[Any]:
    """One conversation for a whole batch; each mail opens it anew when it broke off."""
    post = get_connection()
    try:
        yield post
    finally:
        post.close()


def _audience(letter: Letter) -> str:
    """Ids of subscribers after `reached`, in order."""
    if letter.purpose == Purpose.CORRECTION:
        return _GOT_THE_STORY
    return _ALL


_ALL = """
SELECT subscriber_id FROM letters_subscription
WHERE newsletter_id = %(newsletter)s AND standing = 'active' AND subscriber_id > %(reached)s
ORDER BY subscriber_id LIMIT %(most)s
"""
# Who got the story in a letter of this newsletter, and still gets the newsletter.
_GOT_THE_STORY = """
SELECT s.subscriber_id FROM letters_subscription s
WHERE s.newsletter_id = %(newsletter)s AND s.standing = 'active' AND s.subscriber_id > %(reached)s
  AND EXISTS (
    SELECT 1 FROM letters_letterstory t
    JOIN letters_letter l ON l.id = t.letter_id AND l.newsletter_id = %(newsletter)s
    JOIN letters_recipient r ON r.letter_id = l.id AND r.subscriber_id = s.subscriber_id
    WHERE t.article_id = %(article)s AND r.fate IN ('accepted', 'sending')
      AND l.sealed_at <= %(recorded)s)
ORDER BY s.subscriber_id LIMIT %(most)s
"""


def _asked(letter: Letter) -> dict[str, Any]:
    said = letter.correction
    return {
        "newsletter": letter.newsletter_id,
        "reached": letter.reached,
        "article": said.article_id if said else None,
        "recorded": said.recorded_at if said else None,
    }
