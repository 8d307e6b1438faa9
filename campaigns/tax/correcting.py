"""What staff do with receipts: issue one, cancel one, replace one. Each is written down, and
nothing issued is ever edited."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import (
    Cause,
    Donation,
    Donor,
    DonorAddress,
    ReceiptKind,
    ReceiptParty,
    ReceiptRequest,
    RequestMode,
    TaxReceipt,
)
from campaigns.tax import kept, letters
from campaigns.tax.issuing import Terms, cancel, issue
from campaigns.tax.rules import NotIssued
from campaigns.tax.settling import cancel_stale, issue_single, lock_donor, not_receipted
from newsroom.readers.models import Reader


def issue_by_staff(
    donation: Donation, address: Mapping[str, str], terms: Terms, *, by: Reader, moment: datetime
) -> list[TaxReceipt]:
    """Issue what `donation` has no receipt for. Raises NotIssued; then nothing has changed."""
    with transaction.atomic():
        donor = lock_donor(donation.pk)
        ReceiptRequest.objects.get_or_create(donation=donation)
        request = ReceiptRequest.objects.select_for_update().get(pk=donation.pk)
        _remember(request, address, terms)
        gifts = kept.of_donation(donation.pk)
        cancel_stale(gifts)
        owed = [g for g in not_receipted(gifts).values() if g.amount > 0 and not g.held]
        if not owed:
            raise NotIssued(
                _(
                    "There is nothing to receipt: no money is left, or a receipt stands, or a bank "
                    "disputes the gift."
                )
            )
        issued = [issue_single(gift, request, donor, moment, by=by) for gift in owed]
        _remember_donor(donor, address, moment)
    return issued


def cancel_by_staff(receipt: TaxReceipt, *, reason: str, by: Reader) -> None:
    """Cancel for good: no other receipt follows until staff issue one. Raises NotIssued."""
    reason = _said(reason)
    with transaction.atomic():
        receipt = _locked(receipt)
        cancel(receipt, Cause.STAFF, reason=reason, by=by)
        for donation in {line.donation_id for line in receipt.gifts.all()}:
            ReceiptRequest.objects.update_or_create(
                donation_id=donation,
                defaults={"withheld": True, "problem": ""},
                create_defaults={
                    "withheld": True,
                    "mode": RequestMode.YEARLY,
                    "due_at": None,
                },
            )
        letters.owe_cancelled(receipt)


def replace_by_staff(
    receipt: TaxReceipt,
    address: Mapping[str, str],
    terms: Terms,
    *,
    reason: str,
    by: Reader,
    moment: datetime,
) -> TaxReceipt:
    """Cancel `receipt` and issue one for the same gifts with another name, address or advantage.

    Raises NotIssued; then the first one stands.
    """
    reason = _said(reason)
    with transaction.atomic():
        receipt = _locked(receipt)
        cancel(receipt, Cause.STAFF, reason=reason, by=by)
        gifts = kept.of_charges(line.charge_id for line in receipt.gifts.all())
        if any(gift.held for gift in gifts.values()):
            raise NotIssued(_("A bank disputes one of these gifts: wait for the outcome."))
        left = [gift for gift in gifts.values() if gift.amount > 0]
        if not left:
            raise NotIssued(_("Nothing is left of these gifts: cancel the receipt instead."))
        party = ReceiptParty(**address)
        new = issue(
            left,
            address=party,
            donor=receipt.donor,
            moment=moment,
            kind=ReceiptKind(receipt.kind),
            terms=terms,
            replaces=receipt,
            by=by,
            language=receipt.language,
        )
        for request in ReceiptRequest.objects.filter(
            donation__in=[gift.donation for gift in left], mode=RequestMode.EACH
        ).select_for_update():
            _remember(request, address, terms)
        _remember_donor(receipt.donor, address, moment)
    return new


def _locked(receipt: TaxReceipt) -> TaxReceipt:
    if receipt.donor_id:
        Donor.objects.select_for_update(no_key=True).get(pk=receipt.donor_id)
    for line in receipt.gifts.order_by("donation_id"):
        ReceiptRequest.objects.select_for_update().filter(pk=line.donation_id).first()
    receipt = TaxReceipt.objects.select_related("cancellation", "party", "donor").get(pk=receipt.pk)
    if receipt.cancelled:
        raise NotIssued(_("This receipt is cancelled already."))
    return receipt


def _remember(request: ReceiptRequest, address: Mapping[str, str], terms: Terms) -> None:
    for name, value in address.items():
        setattr(request, name, value)
    request.mode, request.withheld = RequestMode.EACH, False
    request.advantage, request.advantage_value = terms.advantage, terms.advantage_value
    request.description, request.appraiser = terms.description, terms.appraiser
    request.problem, request.due_at = "", None
    request.save()


def _remember_donor(donor: Donor | None, address: Mapping[str, str], moment: datetime) -> None:
    if donor:
        DonorAddress.objects.update_or_create(donor=donor, defaults={**address, "given_at": moment})


def _said(reason: str) -> str:
    if not (said := " ".join(reason.split())):
        raise NotIssued(_("Give a reason."))
    return said[:200]
