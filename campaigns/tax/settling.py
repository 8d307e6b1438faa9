"""Receipts follow the ledger: whatever moved, `settle` brings a donation's receipts up to date.

Whoever writes ledger entries of a donation calls `mark` in the same transaction; a worker calls
`settle` afterwards, in a transaction of its own, so that no payment fails for a receipt. It may
run twice, late and in any order: it asks the ledger what is left and compares.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from campaigns.models import (
    Cause,
    Donation,
    Donor,
    DonorAddress,
    ReceiptGift,
    ReceiptKind,
    ReceiptRequest,
    ReceiptStanding,
    RequestMode,
    TaxReceipt,
)
from campaigns.tax import kept, letters
from campaigns.tax.issuing import Terms, cancel, issue
from campaigns.tax.kept import Kept
from campaigns.tax.rules import NotIssued
from newsroom.celery import app
from newsroom.readers.models import Reader

log = logging.getLogger(__name__)

SWEEP = 100


def mark(donation: Donation) -> None:
    """Have the receipts of `donation` looked at once the caller's transaction has committed."""
    asked = ReceiptRequest.objects.filter(donation=donation)
    if asked.update(due_at=timezone.now()):
        transaction.on_commit(lambda: queue(donation.pk))


def queue(donation_id: int) -> None:
    """Ask a worker; without a broker the sweeper finds it."""
    try:
        app.send_task("campaigns.tasks.settle_receipts", [donation_id])
    except (OperationalError, RedisError, OSError) as error:
        log.warning("receipts of %s not queued: %s", donation_id, type(error).__name__)


def sweep(moment: datetime) -> int:
    """Settle what is due and nobody was asked to; how many donations were looked at."""
    due = ReceiptRequest.objects.filter(due_at__lte=moment).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:SWEEP])
    for donation_id in ids:
        try:
            settle(donation_id, moment)
        except Exception:
            # Those behind it need not wait for what nobody foresaw.
            log.exception("tax receipt of donation %s not settled", donation_id)
    return len(ids)


def settle(donation_id: int, moment: datetime) -> None:
    """Cancel receipts that no longer say what is left of their gifts, and issue those owed."""
    with transaction.atomic():
        donor = lock_donor(donation_id)
        request = ReceiptRequest.objects.select_for_update().filter(pk=donation_id).first()
        if request is None:
            return
        gifts = kept.of_donation(donation_id)
        cancel_stale(gifts)
        request.due_at, request.problem = None, ""
        try:
            # What cannot be issued must not keep a receipt of too much from being cancelled.
            with transaction.atomic():
                _issue_owed(request, gifts, donor, moment)
        except NotIssued as why:
            request.problem = str(why)[:300]
        request.save(update_fields=["due_at", "problem"])


def lock_donor(donation_id: int) -> Donor | None:
    """Hold the donor of a donation until the transaction ends: one at a time writes receipts for
    a donor. For a gift without a donor, its request is the lock."""
    found = Donation.objects.filter(pk=donation_id).values_list("donor", flat=True).first()
    return Donor.objects.select_for_update(no_key=True).get(pk=found) if found else None


def cancel_stale(gifts: dict[str, Kept]) -> None:
    """Cancel the receipts of `gifts` that say another amount than is left. While a bank disputes
    one of a receipt's gifts it stands as it is."""
    standing = ReceiptStanding.objects.filter(charge_id__in=list(gifts))
    receipts = TaxReceipt.objects.filter(pk__in=standing.values("receipt")).order_by("pk")
    for receipt in receipts:
        lines = {line.charge_id: line.amount for line in receipt.gifts.all()}
        now = kept.of_charges(lines)
        if any(gift.held for gift in now.values()):
            continue
        left = {charge: max(0, now[charge].amount) if charge in now else 0 for charge in lines}
        if left == lines:
            continue
        grown = sum(left.values()) > sum(lines.values())
        cancel(receipt, Cause.RETURNED if grown else Cause.REFUND)
        if not any(left.values()):
            letters.owe_cancelled(receipt)


def _issue_owed(
    request: ReceiptRequest, gifts: dict[str, Kept], donor: Donor | None, moment: datetime
) -> None:
    """New receipts for gifts that have none: a cancelled receipt is followed by one for what is
    left of all its gifts; a gift never receipted gets its own, where the donor asked for that."""
    if request.withheld:
        return
    uncovered = not_receipted(gifts)
    before = last_receipts(uncovered)
    for receipt in sorted(set(before.values()), key=lambda r: r.pk):
        replace(receipt, donor, moment)
    for charge, gift in uncovered.items():
        if charge in before or gift.amount <= 0 or gift.held:
            continue
        remember_address(request, donor)
        if request.mode == RequestMode.EACH:
            issue_single(gift, request, donor, moment)


def issue_single(
    gift: Kept,
    request: ReceiptRequest,
    donor: Donor | None,
    moment: datetime,
    by: Reader | None = None,
) -> TaxReceipt:
    return issue(
        [gift],
        address=request,
        donor=donor,
        moment=moment,
        terms=terms_of(request),
        by=by,
        language=donor.language if donor else Donation.objects.get(pk=gift.donation).language,
    )


def terms_of(request: ReceiptRequest) -> Terms:
    return Terms(request.advantage, request.advantage_value, request.description, request.appraiser)


def replace(before: TaxReceipt, donor: Donor | None, moment: datetime) -> TaxReceipt | None:
    """The receipt that follows a cancelled one: to the same person, for what is left of its gifts
    and stands on no other. None when nothing is."""
    now = not_receipted(kept.of_charges(line.charge_id for line in before.gifts.all()))
    latest = last_receipts(now)
    left = [
        gift
        for charge, gift in now.items()
        if gift.amount > 0 and not gift.held and latest[charge] == before
    ]
    if not left:
        return None
    return issue(
        left,
        address=before.party,
        donor=donor,
        moment=moment,
        kind=ReceiptKind(before.kind),
        terms=Terms(
            before.advantage, before.advantage_value, before.description, before.party.appraiser
        ),
        replaces=before,
        language=before.language,
    )


def not_receipted(gifts: dict[str, Kept]) -> dict[str, Kept]:
    standing = ReceiptStanding.objects.filter(charge_id__in=list(gifts))
    covered = set(standing.values_list("charge_id", flat=True))
    return {charge: gift for charge, gift in gifts.items() if charge not in covered}


def last_receipts(charges: Iterable[str]) -> dict[str, TaxReceipt]:
    """The newest receipt that each of `charges` ever stood on."""
    lines = ReceiptGift.objects.filter(charge_id__in=list(charges))
    return {line.charge_id: line.receipt for line in lines.select_related("receipt").order_by("pk")}


def remember_address(request: ReceiptRequest, donor: Donor | None) -> None:
    """A donor's receipts of a year go to the address that came first with a gift.

    Anybody can pay with another's e-mail, so a gift takes no known address's place: that is
    done by who has the mail with its link, or by staff.
    """
    if donor is not None and request.name:
        given = request.as_typed() | {"given_at": request.asked_at}
        DonorAddress.objects.get_or_create(donor=donor, defaults=given)
