"""Who asked for a tax receipt: taken from the give form, or given later."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from campaigns.models import (
    Donation,
    Donor,
    DonorAddress,
    Frequency,
    ReceiptRequest,
    RequestMode,
)
from campaigns.tax import settling


def ask(donation: Donation, address: Mapping[str, str] | None) -> None:
    """Keep with a begun donation whom its receipt goes to. The same form sent again with another
    address has it changed, and without one ends the wish, until the money has come. What is given
    each month or year is receipted together when the year is over."""
    if donation.received_at:
        return
    if address is None:
        ReceiptRequest.objects.filter(donation=donation).delete()
    else:
        once = donation.frequency == Frequency.ONCE
        mode = RequestMode.EACH if once else RequestMode.YEARLY
        ReceiptRequest.objects.update_or_create(
            donation=donation, defaults={**address, "mode": mode}
        )


def ask_again(first: Donation, renewal: Donation) -> None:
    """A gift of each month or year is receipted as the first of them was to be.

    Its address is as old as the first one's: it takes no newer one's place.
    """
    asked = ReceiptRequest.objects.filter(donation=first).first()
    if asked is not None:
        ReceiptRequest.objects.create(
            donation=renewal, mode=asked.mode, asked_at=asked.asked_at, **asked.as_typed()
        )


def give_address(donor: Donor, address: Mapping[str, str]) -> None:
    """The donor's own address for receipts to come; those that waited for it are issued."""
    with transaction.atomic():
        # The donor first, as `settling` and `yearly` do.
        Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)
        DonorAddress.objects.update_or_create(
            donor=donor, defaults={**address, "given_at": timezone.now()}
        )
        waiting = ReceiptRequest.objects.filter(donation__donor=donor).exclude(problem="")
        for request in waiting.select_for_update():
            for name, value in address.items():
                setattr(request, name, value)
            request.save(update_fields=list(address))
            settling.mark(request.donation)
