"""Two donors found to be one person: joined, and parted again, without losing whose was what.

Nothing is deleted. The donor that was joined stays with its address, so that what comes by it later
is the kept donor's (`standing`). Receipts that were issued keep the donor they were issued to.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from campaigns import ledger, renewals
from campaigns.models import (
    Donation,
    Donor,
    DonorAddress,
    DonorJoin,
    DonorNote,
    RecurringDonation,
)
from newsroom.audit import log
from newsroom.readers.models import Reader


class NotJoined(Exception):
    """They cannot be joined or parted so; the text is a sentence for staff."""


def standing(donor: Donor) -> Donor:
    """Who `donor` is now: the one it was joined to, and so on."""
    while donor.joined_to:
        donor = donor.joined_to
    return donor


def known_by(addresses: Iterable[str]) -> set[int]:
    """Ids of the donors who are also known by one of these addresses (lower case)."""
    joined = Donor.objects.filter(joined_to__isnull=False).annotate(address=Lower("email"))
    return {standing(each).pk for each in joined.filter(address__in=list(addresses))}


def addresses(donor: Donor) -> list[str | None]:
    """The donor's own address and those of whoever was joined to them."""
    found: list[str | None] = [donor.email]
    for other in donor.known_as.order_by("pk"):
        found += addresses(other)
    return found


def with_joined(donors: Iterable[Donor]) -> set[int]:
    """Ids of `donors`, of whom they were joined to and of all who were joined to those."""
    found: set[int] = set()
    ahead = {standing(each).pk for each in donors}
    while ahead:
        found |= ahead
        ahead = set(Donor.objects.filter(joined_to__in=ahead).values_list("pk", flat=True)) - found
    return found


def join(kept: Donor, joined: Donor, *, reason: str, by: Reader) -> DonorJoin:
    """Give everything of `joined` to `kept`. Raises NotJoined."""
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NotJoined(_("Give a reason."))
    if kept.pk == joined.pk:
        raise NotJoined(_("That is the same donor."))
    with transaction.atomic():
        _hold([kept.pk, joined.pk])
        kept, joined = Donor.objects.get(pk=kept.pk), Donor.objects.get(pk=joined.pk)
        if kept.joined_to_id or joined.joined_to_id:
            raise NotJoined(_("One of them was joined to somebody else meanwhile."))
        gifts, regular = _go(joined, kept)
        moves_reader = bool(joined.reader_id) and not kept.reader_id
        if moves_reader:
            reader, joined.reader = joined.reader, None
            joined.save(update_fields=["reader"])
            kept.reader = reader
        kept.no_calls |= joined.no_calls
        kept.no_appeals |= joined.no_appeals
        kept.name, kept.phone = kept.name or joined.name, kept.phone or joined.phone
        kept.save(update_fields=["reader", "no_calls", "no_appeals", "name", "phone"])
        if not DonorAddress.objects.filter(donor=kept).exists():
            DonorAddress.objects.filter(donor=joined).update(donor=kept)
        DonorNote.objects.filter(donor=joined).update(donor=kept)
        joined.joined_to = kept
        joined.save(update_fields=["joined_to"])
        ledger.rebuild_donors([kept.pk, joined.pk])
        renewals.rebuild([kept.pk, joined.pk])
        made = DonorJoin.objects.create(
            kept=kept,
            joined=joined,
            donations=gifts,
            recurring=regular,
            reader_moved=moves_reader,
            reason=reason,
            made_by=by,
        )
        _record(by, "joined", made, f"Joined donor {joined.pk} to {kept.pk}: {reason}")
    return made


def part(made: DonorJoin, *, by: Reader, moment: datetime) -> DonorJoin:
    """Take back a joining: exactly what went goes back. Parted twice they are parted once.

    What came since stays with the kept donor, notes and telephone number too.
    """
    with transaction.atomic():
        _hold([made.kept_id, made.joined_id])
        made = DonorJoin.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if made.undone_at:
            return made
        joined = made.joined
        now = standing(made.kept)
        if now.pk != made.kept_id:
            raise NotJoined(_("They were joined to somebody else since: undo that first."))
        Donation.objects.filter(pk__in=made.donations, donor=now).update(donor=joined)
        RecurringDonation.objects.filter(pk__in=made.recurring, donor=now).update(donor=joined)
        if made.reader_moved and now.reader_id and not joined.reader_id:
            reader, now.reader = now.reader, None
            now.save(update_fields=["reader"])
            joined.reader = reader
        joined.joined_to = None
        joined.save(update_fields=["joined_to", "reader"])
        ledger.rebuild_donors([now.pk, joined.pk])
        renewals.rebuild([now.pk, joined.pk])
        made.undone_at, made.undone_by = moment, by
        made.save(update_fields=["undone_at", "undone_by"])
        _record(by, "parted", made, f"Parted donor {joined.pk} from {now.pk} again")
    return made


def _hold(donors: list[int]) -> None:
    """As the ledger locks: donations, then donors, so that nobody writes for them meanwhile."""
    held = Donation.objects.select_for_update(of=("self",)).filter(donor__in=donors)
    list(held.order_by("pk").values_list("pk"))
    list(Donor.objects.select_for_update().filter(pk__in=donors).order_by("pk").values_list("pk"))


def _go(joined: Donor, kept: Donor) -> tuple[list[int], list[int]]:
    """Ids of the donations and recurring donations that went from `joined` to `kept`."""
    gifts = Donation.objects.filter(donor=joined)
    regular = RecurringDonation.objects.filter(donor=joined)
    went = (list(gifts.values_list("pk", flat=True)), list(regular.values_list("pk", flat=True)))
    gifts.update(donor=kept)
    regular.update(donor=kept)
    return went


def _record(by: Reader, verb: str, made: DonorJoin, words: str) -> None:
    log.record(
        by,
        verb,
        made.kept,
        words[:300],
        joined=made.joined_id,
        join=made.pk,
        donations=made.donations,
        recurring=made.recurring,
    )
