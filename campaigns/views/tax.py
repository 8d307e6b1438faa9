"""A donor's tax receipt by its link, and the address a receipt lacks."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.views.asked_again import takes_forms
from campaigns.models import Donor, DonorAddress, TaxReceipt
from campaigns.models.tax import ADDRESS_FIELDS
from campaigns.tax import drawing, issuers, letters, requests, yearly
from campaigns.tax.forms import AddressForm
from newsroom.edge.headers import uncached
from newsroom.edge.rates import address_of, allowed

TRIES_OF_AN_ADDRESS = "20/10 minutes"


@takes_forms(())
def tax_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF while the link is fresh and the receipt counts; else a page that offers, by POST, a
    new link. That one goes by mail to the donor's address and to nowhere else."""
    over = False
    try:
        receipt_id = letters.receipt_of(token)
    except letters.LinkOver as link:
        receipt_id, over = link.about, True
    except (BadSignature, ValueError):
        raise Http404(_("This link is not complete.")) from None
    receipt = _receipt(receipt_id)
    newest = _newest(receipt)
    if request.method == "POST":
        return _sent_again(request, receipt, newest)
    if over or receipt.cancelled:
        return _page(request, receipt, newest, "over" if not receipt.cancelled else "cancelled")
    return pdf_response(receipt)


def pdf_response(receipt: TaxReceipt) -> HttpResponse:
    """The receipt as a download; 404 once its copy of the donor's name is gone by law."""
    if not hasattr(receipt, "party"):
        raise Http404(_("This receipt is too old: its name and address are not kept any more."))
    response = HttpResponse(drawing.pdf(receipt), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{receipt.number}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def _receipt(receipt_id: int) -> TaxReceipt:
    joined = TaxReceipt.objects.select_related(
        "cancellation", "party", "issuer", "donor", "replaces"
    )
    return get_object_or_404(joined, pk=receipt_id)


def _newest(receipt: TaxReceipt) -> TaxReceipt | None:
    """The receipt that counts instead of `receipt`, which may be itself; None when none does."""
    while receipt.cancelled:
        follower = receipt.replaced_by.select_related("cancellation").order_by("-pk").first()
        if follower is None:
            return None
        receipt = follower
    return receipt


def _sent_again(
    request: HttpRequest, receipt: TaxReceipt, newest: TaxReceipt | None
) -> HttpResponse:
    if not allowed("receipt-link", TRIES_OF_AN_ADDRESS, address_of(request)):
        return _page(request, receipt, newest, "often", status=429)
    if newest is None:
        return _page(request, receipt, newest, "cancelled")
    letters.owe(newest, again=timezone.now().date().isoformat())
    return _page(request, receipt, newest, "sent")


def _page(
    request: HttpRequest,
    receipt: TaxReceipt,
    newest: TaxReceipt | None,
    state: str,
    status: int = 200,
) -> HttpResponse:
    context = {"receipt": receipt, "newest": newest, "state": state, "days": letters.LINK_DAYS}
    return uncached(render(request, "campaigns/receipt_link.html", context, status=status))


@takes_forms(ADDRESS_FIELDS)
def receipt_address(request: HttpRequest, token: str) -> HttpResponse:
    """Name and address for a donor's receipts, at a link only the donor has.

    What was given before is not shown: a link may be forwarded.
    """
    try:
        donor = get_object_or_404(Donor, pk=letters.donor_of(token))
    except letters.LinkOver:
        context: dict[str, object] = {"state": "over"}
        return uncached(render(request, "campaigns/receipt_address.html", context, status=410))
    except (BadSignature, ValueError):
        raise Http404(_("This link is not complete.")) from None
    scheme = issuers.scheme_offered()
    form = AddressForm(scheme, request.POST or None, initial={"name": donor.name})
    if request.method == "POST" and form.is_valid():
        requests.give_address(donor, form.address())
        issued = yearly.after_address(donor, timezone.now())
        context = {"state": "kept", "issued": issued}
        return uncached(render(request, "campaigns/receipt_address.html", context))
    known = DonorAddress.objects.filter(pk=donor.pk).exists()
    context = {"state": "asked", "form": form, "known": known}
    status = 422 if form.is_bound else 200
    return uncached(render(request, "campaigns/receipt_address.html", context, status=status))
