"""What a donor or staff change of a recurring donation: amount, day, pause, end.

What is asked is committed before Stripe is asked, and the donor is told by mail when it is done. A
change that a dead worker or a silent Stripe left open is taken up by `finish_what_is_open`: each of
them sets a state, so doing it again does no harm.
"""

import logging
import uuid
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import dunning, gateway, gateway_recurring, sync
from campaigns.giving import GivingError, check_amount
from campaigns.models import (
    ChangeKind,
    Frequency,
    RecurringChange,
    RecurringDonation,
    RecurringState,
)
from campaigns.recurring import sync_subscription
from newsroom.audit import log as audit
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

MOST_TRIES = 1000
OPEN_AFTER = timedelta(minutes=1)
# How far ahead the next gift may be moved, and a pause may last.
FURTHEST = {Frequency.MONTH: timedelta(days=92), Frequency.YEAR: timedelta(days=366)}
PAUSES = (1, 2, 3, 6, 12)
# A later change takes the place of one that is still open where both are about one thing: who
# cancelled and then chose another amount has cancelled.
_ABOUT = {
    kind: together
    for together in (
        (ChangeKind.AMOUNT,),
        (ChangeKind.DATE,),
        (ChangeKind.PAUSE, ChangeKind.RESUME),
        (ChangeKind.CANCEL, ChangeKind.KEEP),
    )
    for kind in together
}


class ChangeRefused(Exception):
    """It cannot be changed so; `str()` is a sentence for the person."""


class NotYet(ChangeRefused):
    """Stripe did not answer; the change is written down and is made as soon as it does."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One change. `asked` by kind: AMOUNT {"amount": minor units}, DATE {"day": ISO}, PAUSE
    {"until": ISO day or ""}, CANCEL {"at_once": bool}; else empty."""

    kind: ChangeKind
    asked: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def change_amount(recurring: RecurringDonation, amount: int) -> Wish:
    """Another amount from the next gift on, minor units. Raises ChangeRefused."""
    _must_go_on(recurring)
    try:
        check_amount(recurring.campaign, amount)
    except GivingError as error:
        raise ChangeRefused(str(error)) from error
    return Wish(ChangeKind.AMOUNT, {"amount": amount})


def change_day(recurring: RecurringDonation, day: date, today: date) -> Wish:
    """The next gift on another day; those after it follow. Raises ChangeRefused."""
    _must_go_on(recurring)
    if recurring.state == RecurringState.UNPAID:
        raise ChangeRefused(_("Your last gift did not go through yet. Change the card first."))
    furthest = today + FURTHEST[Frequency(recurring.frequency)]
    if not today < day <= furthest:
        raise ChangeRefused(
            _("Choose a day from tomorrow to %(day)s.") % {"day": furthest.isoformat()}
        )
    return Wish(ChangeKind.DATE, {"day": day.isoformat()})


def pause(recurring: RecurringDonation, months: int, today: date) -> Wish:
    """Nothing is taken for so many months; 0: until it is resumed. Raises ChangeRefused."""
    _must_go_on(recurring)
    if months and months not in PAUSES:
        raise ChangeRefused(_("Choose how long the pause is to last."))
    return Wish(ChangeKind.PAUSE, {"until": months_on(today, months).isoformat() if months else ""})


def resume(recurring: RecurringDonation) -> Wish:
    _must_go_on(recurring)
    return Wish(ChangeKind.RESUME)


def cancel(recurring: RecurringDonation, reason: str = "") -> Wish:
    """Nothing more is taken. It can be kept after all until its next gift would have come; one
    whose last gift failed ends at once, so that it is not tried for any more."""
    if not recurring.goes_on:
        raise ChangeRefused(_("This gift has ended already."))
    at_once = recurring.state != RecurringState.ACTIVE
    return Wish(ChangeKind.CANCEL, {"at_once": at_once}, reason[:300])


def keep(recurring: RecurringDonation) -> Wish:
    """Taking a cancellation back. Raises ChangeRefused once it has ended."""
    if recurring.state != RecurringState.ENDING:
        raise ChangeRefused(_("There is nothing to take back."))
    return Wish(ChangeKind.KEEP)


def months_on(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _must_go_on(recurring: RecurringDonation) -> None:
    if not recurring.goes_on or recurring.state == RecurringState.ENDING:
        raise ChangeRefused(_("This gift has been cancelled and cannot be changed."))


def ask(
    recurring: RecurringDonation,
    wish: Wish,
    *,
    key: uuid.UUID,
    by: Reader,
    by_staff: bool = False,
    moment: datetime | None = None,
) -> RecurringDonation:
    """Make a change once, however often the form with `key` is sent; asked at `moment`, or now.

    Raises ChangeRefused when Stripe would not, NotYet when it did not answer: then it is done
    later, without anybody.
    """
    with transaction.atomic():
        change, made = RecurringChange.objects.get_or_create(
            key=key,
            defaults={
                "recurring": recurring,
                "kind": wish.kind,
                "asked": wish.asked,
                "reason": wish.reason,
                "by": by,
                "by_staff": by_staff,
                **({"asked_at": moment} if moment else {}),
            },
        )
        # What donors do with their own gift is theirs: the change itself says it.
        if made and by_staff:
            audit.record(
                by,
                "changed a recurring donation",
                recurring,
                f"Asked: {ChangeKind(wish.kind).label}"[:300],
                kind=wish.kind,
                asked=wish.asked,
                key=str(key),
            )
    _make(change)
    return RecurringDonation.objects.select_related("campaign", "donor").get(pk=recurring.pk)


def finish_what_is_open(now: datetime, limit: int = 50) -> int:
    """Make changes that were written down and not made; returns how many were open."""
    open_ = RecurringChange.objects.filter(
        done_at=None, refused="", asked_at__lt=now - OPEN_AFTER
    ).order_by("asked_at")
    changes = list(open_.select_related("recurring__campaign", "recurring__donor")[:limit])
    for change in changes:
        try:
            _make(change)
        except ChangeRefused as error:
            log.warning("change %s of a recurring donation stays open: %s", change.pk, error)
        except Exception:
            # A cancellation behind it need not wait for what nobody foresaw.
            log.exception("change %s of a recurring donation stays open", change.pk)
    return len(changes)


def _make(change: RecurringChange) -> None:
    with sync.alone_with(f"changes:{change.recurring.subscription}"):
        change.refresh_from_db()
        if change.done_at or change.refused:
            return
        newer = change.recurring.changes.filter(pk__gt=change.pk, done_at__isnull=False)
        if newer.filter(kind__in=_ABOUT[ChangeKind(change.kind)]).exists():
            _close(change, refused="Another change came first.")
            return
        try:
            _at_stripe(change)
        except gateway.StoredFailure as error:
            # Only another key can succeed.
            RecurringChange.objects.filter(pk=change.pk).update(
                tries=min(change.tries + 1, MOST_TRIES)
            )
            raise NotYet(_not_yet()) from error
        except gateway.GatewayError as error:
            if error.transient:
                raise NotYet(_not_yet()) from error
            if not _stands_at_stripe(change):
                _close(change, refused=str(error)[:300])
                raise ChangeRefused(_("Stripe refused: %(reason)s") % {"reason": error}) from error
        try:
            sync_subscription(change.recurring.subscription)
        except gateway.GatewayError as error:
            # Stripe has changed it: whatever went wrong since, it was not refused.
            raise NotYet(_not_yet()) from error
        _close(change)


def _stands_at_stripe(change: RecurringChange) -> bool:
    """Whether it is at Stripe as was asked. An error says only what became of one call: the one
    before it may have changed it, or somebody on Stripe's own page. Raises NotYet."""
    recurring, asked = change.recurring, change.asked
    try:
        facts = gateway_recurring.subscription(recurring.subscription)
    except gateway.GatewayError as error:
        if error.missing:
            return False
        raise NotYet(_not_yet()) from error
    over = facts.status == "canceled"
    ends = over or facts.cancels_at is not None
    match change.kind:
        case ChangeKind.AMOUNT:
            return not over and facts.amount == asked["amount"]
        case ChangeKind.DATE:
            return not over and facts.next_at == _moment(recurring, asked["day"])
        case ChangeKind.PAUSE:
            until = _moment(recurring, asked["until"]) if asked["until"] else None
            return not over and facts.paused and facts.resumes_at == until
        case ChangeKind.RESUME:
            return not over and not facts.paused
        case ChangeKind.CANCEL:
            return over if asked["at_once"] else ends
        case _:
            return not ends


def _close(change: RecurringChange, refused: str = "") -> None:
    """Written down as done, with the donor's letter, in one transaction."""
    with transaction.atomic():
        change.refused = refused
        change.done_at = None if refused else timezone.now()
        change.save(update_fields=["refused", "done_at"])
        if not refused:
            recurring = RecurringDonation.objects.select_related("campaign", "donor").get(
                pk=change.recurring_id
            )
            dunning.write(
                recurring, "recurring_changed", f"recurring-change:{change.key}", change=change
            )


def _at_stripe(change: RecurringChange) -> None:
    recurring, asked = change.recurring, change.asked
    subscription = recurring.subscription
    key = f"change:{change.key}:{change.tries}"
    match change.kind:
        case ChangeKind.AMOUNT:
            gateway_recurring.change_amount(
                subscription,
                recurring.item,
                asked["amount"],
                recurring.currency,
                recurring.frequency,
                recurring.campaign.title,
                key,
            )
        case ChangeKind.DATE:
            gateway_recurring.change_date(subscription, _moment(recurring, asked["day"]), key)
        case ChangeKind.PAUSE:
            until = _moment(recurring, asked["until"]) if asked["until"] else None
            gateway_recurring.pause(subscription, until, key)
        case ChangeKind.RESUME:
            gateway_recurring.resume(subscription, key)
        case ChangeKind.CANCEL:
            gateway_recurring.cancel(subscription, key, at_once=asked["at_once"])
        case ChangeKind.KEEP:
            gateway_recurring.keep(subscription, key)


def _moment(recurring: RecurringDonation, day: str) -> datetime:
    """Noon of that day where the campaign is: the same day in most of the world."""
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=recurring.campaign.zone)


def _not_yet() -> str:
    return _(
        "Stripe does not answer just now. Your wish is written down and is done as soon as it "
        "does; we tell you by mail."
    )
