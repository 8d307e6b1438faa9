"""The outbox: a mail is owed in the transaction of what it reports, and sent once.

`owe` writes it; `deliver` claims one by a lease, sends it with no transaction open and marks
it. A worker killed in between leaves a lease that runs out, and the mail is taken up again with
the same Message-ID: only where the server's answer was lost can a second copy go.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from newsroom.audit import log as audit
from newsroom.celery import app
from newsroom.mail import holds
from newsroom.mail.models import MailPicture, MailState, OutboxMail
from newsroom.mail.sending import Refused, Unsent, send
from newsroom.mail.writing import one_line, write

log = logging.getLogger(__name__)

SIGN_IN: Final = "sign-in"
ACCOUNT_NOTICE: Final = "account notice"
# Mail whose words nobody may read but its reader: hidden on the desk, blanked once it went out.
CONFIDENTIAL: Final = frozenset({SIGN_IN, ACCOUNT_NOTICE, "erase link"})

# Mail that a person waits for at this moment: it goes out though its address is held.
ASKED_FOR: Final = CONFIDENTIAL | {"letters to confirm"}

# Mail with a link that opens what is its reader's alone: hidden on the desk, kept in the outbox.
WITH_KEY: Final = frozenset({"give link", "recurring donation", "tax receipt"})

# Mail to people who are no readers of ours, or wished to be forgotten: once it went out, or was
# given up, nothing is kept of the address and the words.
FORGOTTEN: Final = frozenset({"reminder", "tribute card", "erased"})

# How long after each failed attempt the next one comes; after the last the mail is given up.
WAITS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
# A code is valid for a quarter of an hour: later it would only puzzle.
SIGN_IN_WAITS: Final = (
    timedelta(seconds=5),
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=3),
)
# A conversation by SMTP has some ten answers, each with its own time limit.
LEASE: Final = timedelta(seconds=10 * settings.EMAIL_TIMEOUT + 10)
# Seconds between tries to note what became of a mail while the database is away.
NOTED_WITHIN: Final = (0.2, 0.5, 1, 2, 4)
OFFER: Final = timedelta(seconds=30)
BAD_ADDRESS: Final = _("This is not an address that mail can be sent to.")

_INSERT = """
INSERT INTO mail_outboxmail (dedupe_key, kind, "to", language, subject, text, html, stop_url,
                             message_id, state, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, gen_random_uuid(), %s, 0, %s)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""


class CannotTryAgain(Exception):
    """The mail stays given up; the text says why."""


def owe(
    kind: str,
    dedupe_key: str,
    to: str,
    template: str,
    context: Mapping[str, object],
    language: str = "en",
    stop_url: str = "",
    pictures: Mapping[str, bytes] | None = None,
) -> OutboxMail | None:
    """Write a mail into the caller's transaction; it is queued when that commits.

    `template` names `mail/<template>.mjml`, `.txt` and `_subject.txt`, rendered here and now in
    `language`. `stop_url` (absolute) ends mail of this kind by one POST; `pictures` are PNG
    by the name under which the template shows them (`cid:<name>`). None when the mail of
    `dedupe_key` is owed or sent already. An address that no mail can go to is kept as a failed
    mail, so that no payment fails for it. Raises TemplateDoesNotExist.
    """
    if is_owed(dedupe_key):
        return None
    written = write(template, context, language)
    words = (written.subject, written.text, written.html)
    return owe_written(kind, dedupe_key, to, words, language, stop_url, pictures)


def owe_written(
    kind: str,
    dedupe_key: str,
    to: str,
    words: tuple[str, str, str],
    language: str = "en",
    stop_url: str = "",
    pictures: Mapping[str, bytes] | None = None,
) -> OutboxMail | None:
    """`owe` for a mail whose subject, text and HTML are written already."""
    deliverable = can_be_written_to(to)
    row = [
        dedupe_key,
        kind,
        to if deliverable else one_line(to)[:320],
        language,
        *words,
        stop_url,
        MailState.OWED if deliverable else MailState.FAILED,
        "" if deliverable else str(BAD_ADDRESS),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        inserted = cursor.fetchone()
    if inserted is None:
        return None
    mail_id = inserted[0]
    for name, data in (pictures or {}).items():
        MailPicture.objects.create(mail_id=mail_id, name=name, data=data)
    if deliverable:
        transaction.on_commit(lambda: queue(mail_id))
    else:
        log.warning("mail %s not owed: bad address", mail_id)
    return OutboxMail.objects.get(pk=mail_id)


def is_owed(dedupe_key: str) -> bool:
    """Whether the mail of this key is owed or sent already: then nothing needs to be gathered."""
    return OutboxMail.objects.filter(dedupe_key=dedupe_key).exists()


def can_be_written_to(address: str) -> bool:
    """Whether `address` is one e-mail address and nothing else (no name, no line break)."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 320


def queue(mail_id: int) -> bool:
    """Ask a worker to deliver the mail; False without a broker: then the sweeper finds it."""
    try:
        app.send_task("newsroom.mail.tasks.deliver_mail", [mail_id])
    except (BrokerError, RedisError, OSError) as error:
        log.warning("mail %s not queued: %s", mail_id, type(error).__name__)
        return False
    return True


def due(now: datetime) -> QuerySet[OutboxMail]:
    """Mails that may be claimed at `now`: owed and their time has come, or their lease is over."""
    return OutboxMail.objects.filter(
        Q(state=MailState.OWED, next_attempt_at__lte=now)
        | Q(state=MailState.SENDING, claimed_until__lte=now)
    )


def sweep(now: datetime, limit: int = 200) -> int:
    """Queue what is due and nobody was asked to deliver; how many mails were queued.

    An owed mail's `claimed_until` is how long it stays offered: a worker that is behind does not
    find the same mail in its queue again at each sweep.
    """
    with transaction.atomic():
        found = due(now).exclude(state=MailState.OWED, claimed_until__gt=now)
        ids = list(
            found.select_for_update(skip_locked=True)
            .order_by("next_attempt_at")
            .values_list("pk", flat=True)[:limit]
        )
        offered = OutboxMail.objects.filter(pk__in=ids)
        offered.update(state=MailState.OWED, claimed_until=now + OFFER)
    for queued, mail_id in enumerate(ids):
        if not queue(mail_id):
            offered.filter(pk__in=ids[queued:], state=MailState.OWED).update(claimed_until=None)
            return queued
    return len(ids)


def deliver(mail_id: int, now: datetime) -> MailState | None:
    """Send one mail if it is due; its state afterwards, None when it was not ours to send.

    Whoever calls and however often: one caller at a time holds the claim.
    """
    mail = _claim(mail_id, now)
    if mail is None:
        return None
    if mail.kind not in ASKED_FOR and holds.is_held(mail.to):
        return _give_up(mail, str(holds.HELD))
    try:
        send(mail)
    except Refused as refusal:
        return _give_up(mail, str(refusal))
    except Unsent as trouble:
        return _put_off(mail, str(trouble), now)
    return _mark_sent(mail, now)


def try_again(mail: OutboxMail, by: AbstractBaseUser, moment: datetime) -> OutboxMail:
    """Owe a failed mail once more, all its attempts before it. Raises CannotTryAgain."""
    with transaction.atomic():
        mail = OutboxMail.objects.select_for_update().get(pk=mail.pk)
        if mail.state != MailState.FAILED:
            raise CannotTryAgain(_("Only a mail that was given up can be tried again."))
        if mail.kind in CONFIDENTIAL | FORGOTTEN:
            raise CannotTryAgain(_("Its words are erased: the reader asks for another."))
        if not can_be_written_to(mail.to):
            raise CannotTryAgain(BAD_ADDRESS)
        mail.state, mail.attempts, mail.next_attempt_at = MailState.OWED, 0, moment
        mail.save(update_fields=["state", "attempts", "next_attempt_at"])
        audit.record(by, "tried again", mail, "Tried a given-up e-mail again")
        transaction.on_commit(lambda: queue(mail.pk))
    return mail


def mails_to(address: str, kinds: Iterable[str]) -> QuerySet[OutboxMail]:
    """The mails of these kinds to an address, however it is written."""
    return OutboxMail.objects.filter(to__iexact=address.strip(), kind__in=list(kinds))


def forget(mails: QuerySet[OutboxMail]) -> int:
    """Keep neither to whom `mails` went nor what they said, and send none that is still owed; how
    many were known. Their keys stay, so that none is written again.

    Never for mails about money: the law asks to keep those.
    """
    known = list(mails.exclude(to="").order_by("pk").values_list("pk", flat=True))
    found = OutboxMail.objects.filter(pk__in=known)
    # One that is on its way at this moment is gone; its worker finds the row no longer its own.
    waiting = found.filter(state__in=[MailState.OWED, MailState.SENDING])
    waiting.update(state=MailState.CANCELLED, claimed_until=None)
    found.update(to="", text="", html="", stop_url="", last_error="")
    return len(known)


def _claim(mail_id: int, now: datetime) -> OutboxMail | None:
    claimed = (
        due(now)
        .filter(pk=mail_id)
        .update(
            state=MailState.SENDING,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    )
    return OutboxMail.objects.get(pk=mail_id) if claimed else None


def _mark_sent(mail: OutboxMail, now: datetime) -> MailState:
    _close(mail, state=MailState.SENT, sent_at=now, last_error="", **_blanked(mail))
    log.info("mail %s sent kind=%s attempts=%s", mail.pk, mail.kind, mail.attempts)
    return MailState.SENT


def _put_off(mail: OutboxMail, reason: str, now: datetime) -> MailState:
    waits = SIGN_IN_WAITS if mail.kind == SIGN_IN else WAITS
    if mail.attempts > len(waits):
        return _give_up(mail, reason)
    wait = waits[mail.attempts - 1]
    _close(mail, state=MailState.OWED, next_attempt_at=now + wait, last_error=reason)
    log.warning("mail %s put off attempts=%s", mail.pk, mail.attempts)
    return MailState.OWED


def _give_up(mail: OutboxMail, reason: str) -> MailState:
    _close(mail, state=MailState.FAILED, last_error=reason, **_blanked(mail))
    log.error("mail %s given up kind=%s attempts=%s", mail.pk, mail.kind, mail.attempts)
    return MailState.FAILED


def _close(mail: OutboxMail, **values: object) -> None:
    """End our claim with `values`, unless it ran out and somebody else holds the mail now.

    What the mail server took is noted even when the database is restarted just then: forgotten, it
    would be sent a second time.
    """
    ours = OutboxMail.objects.filter(
        pk=mail.pk, state=MailState.SENDING, claimed_until=mail.claimed_until
    )
    for wait in (*NOTED_WITHIN, None):
        try:
            if not ours.update(claimed_until=None, **values):
                log.warning("mail %s was no longer ours: its lease had run out", mail.pk)
            return
        except (OperationalError, InterfaceError):
            if wait is None or connection.in_atomic_block:
                raise
            log.warning("mail %s: the database was away when it was to be noted", mail.pk)
            connection.close()
            time.sleep(wait)


def _blanked(mail: OutboxMail) -> dict[str, str]:
    if mail.kind in FORGOTTEN:
        return {"to": "", "subject": "", "text": "", "html": "", "stop_url": ""}
    return {"text": "", "html": ""} if mail.kind in CONFIDENTIAL else {}
