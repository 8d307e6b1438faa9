"""A donor's own tax receipts: those of donors whose address the reader has proven."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from campaigns.models import Donor, TaxReceipt
from campaigns.tax import letters
from campaigns.views.tax import pdf_response
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader

SHOWN = 100


def receipts_of(reader: Reader) -> QuerySet[TaxReceipt]:
    """The newest first; those cancelled are among them, and say so."""
    own = Q(donor__reader=reader) | Q(address__in=proven_addresses(reader))
    receipts = TaxReceipt.objects.annotate(address=Lower("donor__email")).filter(own)
    return receipts.select_related("cancellation", "party").order_by("-pk")


def address_links(reader: Reader) -> list[str]:
    """Pages where the reader says to which address receipts of a whole year go: one for each
    donor they are whose receipts have an address."""
    own = Q(reader=reader) | Q(address__in=proven_addresses(reader))
    known = Donor.objects.annotate(address=Lower("email")).filter(own, postal_address__isnull=False)
    return [letters.address_link(donor) for donor in known.order_by("pk")[:SHOWN]]


@require_safe
@login_required
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """The PDF, to its donor alone."""
    assert request.user.is_authenticated
    person = Reader.objects.get(pk=request.user.pk)
    own = receipts_of(person).select_related("cancellation", "party", "issuer", "replaces")
    return pdf_response(get_object_or_404(own, pk=receipt_id))
