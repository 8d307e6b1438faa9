"""Erasing a person: asked for, confirmed by mail, done by a worker holding by holding.

Each holding's erasing may be repeated, and what is done is written down after it, so a worker that
is killed costs nothing but a lease. The account is closed before anything else, so that nobody
signs in with it while it goes.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from campaigns.gateway import GatewayError
from newsroom.account.holding import what_stays
from newsroom.account.models import ASKED_FOR, AccessRequest, Erasure
from newsroom.audit import log as audit
from newsroom.celery import app
from newsroom.mail.outbox import owe
from newsroom.personal import Kept, Person, holdings
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
ASKED_MAIL: Final = "erase link"
ERASED_MAIL: Final = "erased"
# A request's name and words, and that an erasure happened, are of no use any longer.
REQUEST_NAMES_KEPT: Final = timedelta(days=365)
ERASURE_KEPT: Final = timedelta(days=5 * 365)


class CannotErase(Exception):
    """The text is the sentence for the person."""


def ask(person: Person, to: str, language: str, moment: datetime) -> Erasure:
    """Write down the wish and send `to` the link that begins it. Raises CannotErase for those who
    work here: what they signed stays on the record."""
    refuse_staff(person)
    with transaction.atomic():
        erasure = Erasure.objects.create(who=_said(person), language=language, asked_at=moment)
        with override(language):
            path = reverse("reader_erase_confirm", args=[erasure.token])
        owe(
            ASKED_MAIL,
            f"erase:{erasure.pk}",
            to,
            "erase_link",
            {"erase_url": settings.BASE_URL + path, "hours": ASKED_FOR // timedelta(hours=1)},
            language,
        )
    return erasure


def refuse_staff(person: Person) -> None:
    readers = Reader.objects.filter(pk=person.reader)
    if any(reader.is_staff or reader.is_superuser or reader.groups.exists() for reader in readers):
        raise CannotErase(
            _("You work in this newsroom. An administrator ends your access first; then you can.")
        )


def confirm(erasure: Erasure, moment: datetime) -> bool:
    """Begin: close the account and wake a worker; False when it had begun, or the link is old."""
    with transaction.atomic():
        found = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if not found.may_be_confirmed(moment):
            return False
        found.confirmed_at, found.steps = moment, len(holdings())
        with override(found.language):
            found.kept = [_said_of(kept) for kept in what_stays(_person(found))]
        found.save(update_fields=["confirmed_at", "steps", "kept"])
        Reader.objects.filter(pk=found.who.get("reader")).update(is_active=False)
        transaction.on_commit(lambda: queue(found.pk))
    return True


def begin(person: Person, by: Reader, moment: datetime) -> Erasure:
    """Staff begin it for somebody who asked by letter or telephone; logged. Raises CannotErase."""
    refuse_staff(person)
    with transaction.atomic():
        erasure = Erasure.objects.create(who=_said(person), asked_by=by, asked_at=moment)
        audit.record(by, "erased", erasure, "Began to erase a person’s data at their request")
        confirm(erasure, moment)
    erasure.refresh_from_db()
    return erasure


def queue(erasure_id: int) -> None:
    """Ask a worker; without a broker the sweeper takes it up."""
    try:
        app.send_task("newsroom.account.tasks.erase", [erasure_id])
    except (OperationalError, RedisError, OSError):
        log.warning("erasure %s not queued, left to the sweeper", erasure_id)


def work_off(erasure_id: int, now: datetime) -> bool:
    """Erase what is left to erase; whether all is done. False too while another worker is at it,
    and when Stripe cannot be asked: then the sweeper comes back."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    mine = Erasure.objects.filter(
        free, pk=erasure_id, finished_at=None, confirmed_at__isnull=False
    ).update(claimed_until=now + LEASE)
    if not mine:
        return False
    erasure = Erasure.objects.get(pk=erasure_id)
    person = _person(erasure)
    for holding in holdings():
        if holding.key in erasure.done:
            continue
        try:
            if holding.erase is not None:
                holding.erase(person)
        except GatewayError:
            Erasure.objects.filter(pk=erasure_id).update(
                trouble=_("Stripe could not be reached; it is tried again."),
                claimed_until=now + LEASE,
            )
            log.warning("erasure %s: Stripe could not be asked", erasure_id)
            return False
        erasure.done = [*erasure.done, holding.key]
        Erasure.objects.filter(pk=erasure_id).update(done=erasure.done, trouble="")
    _finish(erasure, now)
    return True


def _finish(erasure: Erasure, now: datetime) -> None:
    """Tell the person by a last mail, and forget who it was, in one transaction."""
    with transaction.atomic():
        addresses: list[str] = erasure.who.get("addresses", [])
        if addresses:
            owe(
                ERASED_MAIL,
                f"erased:{erasure.pk}",
                addresses[0],
                "erased",
                {"kept": [kept_of(each) for each in erasure.kept]},
                erasure.language,
            )
        Erasure.objects.filter(pk=erasure.pk).update(
            who={}, finished_at=now, claimed_until=None, trouble=""
        )
    log.info("erasure %s done", erasure.pk)


def sweep(now: datetime) -> None:
    """Take up what no worker was asked to do, or one left."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    open_ = Erasure.objects.filter(free, finished_at=None, confirmed_at__isnull=False)
    for erasure_id in list(open_.values_list("pk", flat=True)[:20]):
        work_off(erasure_id, now)


def forget_what_is_over(now: datetime) -> None:
    """Wishes nobody confirmed, names in requests answered long ago, erasures of years ago."""
    Erasure.objects.filter(confirmed_at=None, asked_at__lt=now - ASKED_FOR).delete()
    Erasure.objects.filter(finished_at__lt=now - ERASURE_KEPT).delete()
    AccessRequest.objects.filter(closed_at__lt=now - REQUEST_NAMES_KEPT).exclude(who="").update(
        who="", note="", answer=""
    )


def kept_of(said: dict[str, Any]) -> dict[str, Any]:
    """What stays as it was written down, its day a date again."""
    until = said.get("until")
    return {**said, "until": date.fromisoformat(until) if until else None}


def _said_of(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "what": str(kept.what),
        "why": str(kept.why),
        "count": kept.count,
        "until": kept.until.isoformat() if kept.until else None,
    }


def _said(person: Person) -> dict[str, Any]:
    return {
        "addresses": list(person.addresses),
        "reader": person.reader,
        "names": list(person.names),
    }


def _person(erasure: Erasure) -> Person:
    who = erasure.who
    return Person(tuple(who.get("addresses", ())), who.get("reader"), tuple(who.get("names", ())))


def planned(erasure: Erasure) -> list[Kept]:
    """What would stay if it began now."""
    return what_stays(_person(erasure))
