"""Thank-you calls: owed for a first gift and for a large one, in the transaction of its entry.

From which amounts on is set on the desk. A renewal of a monthly gift owes none, nor does a gift
of somebody unknown or of who does not wish to be called.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from campaigns.models import CallReason, CallState, Campaign, Donation, ThankYouCall
from newsroom.audit import log
from newsroom.branding.models import Branding
from newsroom.money import decimals
from newsroom.readers.models import Reader


class NotChanged(Exception):
    """The call cannot be changed so; the text is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one campaign's calls."""

    open: int
    done: int
    skipped: int


def reason_for(amount: int, *, first: bool, first_from: int, large_from: int) -> CallReason | None:
    """Why a gift is thanked for by telephone; minor units, 0 for never. None: it is not."""
    if large_from and amount >= large_from:
        return CallReason.LARGE
    return CallReason.FIRST if first and first_from and amount >= first_from else None


def owe(donation: Donation) -> ThankYouCall | None:
    """Owe the call for a gift that was just received, if it is to be thanked for so; once."""
    donor = donation.donor
    if donor is None or donor.no_calls or donation.received_at is None:
        return None
    own = Branding.load()
    unit = 10 ** decimals(donation.currency)
    from_ = (own.calls_first_from * unit, own.calls_large_from * unit)
    # Most gifts are below both amounts: nothing more is asked for them.
    if not any(least and donation.amount >= least for least in from_):
        return None
    earlier = Donation.objects.filter(donor=donor, received_at__lt=donation.received_at)
    first = not earlier.exists()
    if donation.frequency != "once" and not first and _is_renewal(donation):
        return None
    reason = reason_for(donation.amount, first=first, first_from=from_[0], large_from=from_[1])
    if reason is None:
        return None
    call, _made = ThankYouCall.objects.get_or_create(donation=donation, defaults={"reason": reason})
    return call


def _is_renewal(donation: Donation) -> bool:
    instalment = donation.instalments.select_related("recurring").first()
    return instalment is not None and instalment.recurring.first_id != donation.pk


def assign(call: ThankYouCall, caller: Reader | None, *, by: Reader) -> None:
    """Say who calls, or that nobody does yet."""
    with transaction.atomic():
        call = _locked(call)
        _must_be_open(call)
        if call.caller_id == (caller.pk if caller else None):
            return
        call.caller = caller
        call.save(update_fields=["caller"])
        words = "Gave the call to somebody" if caller else "Took the call from who had it"
        log.record(by, "assigned", call, words, caller=caller.pk if caller else None)


def end(call: ThankYouCall, state: CallState, *, note: str, by: Reader, moment: datetime) -> None:
    """The call was made, or is left out; twice the same is once. Raises NotChanged."""
    with transaction.atomic():
        call = _locked(call)
        if call.state == state:
            return
        _must_be_open(call)
        call.state, call.note = state, " ".join(note.split())[:500]
        call.ended_at, call.ended_by = moment, by
        call.save(update_fields=["state", "note", "ended_at", "ended_by"])
        said = {CallState.DONE: "Called", CallState.SKIPPED: "Left the call out"}[state]
        log.record(by, "called" if state == CallState.DONE else "skipped", call, said)


def reopen(call: ThankYouCall, *, by: Reader) -> None:
    """It is to be made after all."""
    with transaction.atomic():
        call = _locked(call)
        if call.state == CallState.OPEN:
            return
        call.state, call.ended_at, call.ended_by = CallState.OPEN, None, None
        call.save(update_fields=["state", "ended_at", "ended_by"])
        log.record(by, "reopened", call, "The call is to be made after all")


def counts(campaign: Campaign) -> Counts:
    """How many calls a campaign's gifts owe, by what became of them."""
    owed = ThankYouCall.objects.filter(donation__campaign=campaign)
    return Counts(
        **owed.aggregate(
            open=Count("pk", Q(state=CallState.OPEN)),
            done=Count("pk", Q(state=CallState.DONE)),
            skipped=Count("pk", Q(state=CallState.SKIPPED)),
        )
    )


def _locked(call: ThankYouCall) -> ThankYouCall:
    return ThankYouCall.objects.select_for_update(of=("self",)).get(pk=call.pk)


def _must_be_open(call: ThankYouCall) -> None:
    if call.state != CallState.OPEN:
        raise NotChanged(_("Somebody has decided about this call meanwhile."))
