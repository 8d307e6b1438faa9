"""What the newsroom says of itself on receipts: the newest row counts; receipts keep theirs."""

from django.db import transaction
from django.utils import timezone

from campaigns.models import ReceiptIssuer, ReceiptRequest, Scheme
from newsroom.audit import log
from newsroom.readers.models import Reader


def current() -> ReceiptIssuer | None:
    return ReceiptIssuer.objects.order_by("-pk").first()


def scheme_offered() -> str:
    """The scheme in force, or "" where donors are not offered a receipt."""
    newest = ReceiptIssuer.objects.order_by("-pk").values_list("scheme", flat=True).first()
    return newest if newest and newest != Scheme.NONE else ""


def change(issuer: ReceiptIssuer, *, by: Reader) -> ReceiptIssuer:
    """Store `issuer` as a new row; receipts that waited for it are looked at again."""
    with transaction.atomic():
        issuer.pk = None
        issuer.created_by = by
        issuer.save(force_insert=True)
        log.record(by, "changed", issuer, "Changed what tax receipts say of the newsroom")
        ReceiptRequest.objects.exclude(problem="").update(due_at=timezone.now())
    return issuer
