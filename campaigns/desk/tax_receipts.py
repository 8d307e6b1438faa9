"""Tax receipts on the desk: the list, one receipt's life, issuing, cancelling, replacing."""

import re
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns.desk.offline import ReasonForm
from campaigns.desk.tax_forms import ReceiptFilter, ReceiptForm, ReplaceForm, typed_terms
from campaigns.models import (
    Donation,
    DonorAddress,
    OfflineGift,
    ReceiptParty,
    ReceiptRequest,
    TaxReceipt,
)
from campaigns.receipts import reference
from campaigns.tax import correcting, issuers, letters, rules
from campaigns.tax.issuing import Terms
from campaigns.views.tax import pdf_response
from newsroom.audit.models import AuditEntry
from newsroom.furniture import acting, desk_page
from newsroom.mail.models import OutboxMail
from newsroom.paging import page_by_key

ICON = "doc-full"
WAITING_SHOWN = 50
_NUMBER = re.compile(r"(?:(\d{4})-)?0*(\d{1,9})", re.ASCII)


@permission_required("campaigns.view_taxreceipt")
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; above them what keeps receipts from being issued."""
    form = ReceiptFilter(request.GET)
    receipts = TaxReceipt.objects.select_related("party", "cancellation", "replaces")
    if form.is_valid():
        if form.cleaned_data["state"]:
            receipts = receipts.filter(cancellation__isnull=form.cleaned_data["state"] == "valid")
        if text := form.cleaned_data["q"].strip():
            receipts = found(receipts, text)
    page = page_by_key(receipts, request.GET.dict())
    waiting = ReceiptRequest.objects.exclude(problem="").select_related("donation")
    buttons = [
        HeaderButton(
            _("Receipts of a year"), reverse("campaigns_desk:receipt_years"), icon_name="calendar"
        )
    ]
    if request.user.has_perm("campaigns.change_receiptissuer"):
        buttons.append(
            HeaderButton(
                _("What receipts say"), reverse("campaigns_desk:receipt_issuer"), icon_name="cog"
            )
        )
    context = desk_page(
        _("Tax receipts"),
        icon=ICON,
        buttons=buttons,
        form=form,
        page=page,
        receipts=page.rows,
        missing=rules.missing_of_issuer(issuers.current()),
        offered=issuers.scheme_offered(),
        waiting=[(r, reference(r.donation)) for r in waiting.order_by("pk")[:WAITING_SHOWN]],
        waiting_count=waiting.count(),
    )
    return render(request, "campaigns/desk/tax_receipts.html", context)


def found(receipts: QuerySet[TaxReceipt], text: str) -> QuerySet[TaxReceipt]:
    """Those with the number `text`, whole or its last part, or a name that begins with it."""
    named = Q(party__in=_named(text))
    if number := _NUMBER.fullmatch(text):
        exact = Q(serial=int(number[2]))
        named |= exact & Q(year=int(number[1])) if number[1] else exact
    return receipts.filter(named)


def _named(text: str) -> QuerySet[ReceiptParty]:
    return ReceiptParty.objects.annotate(known=Lower("name")).filter(known__startswith=text.lower())


@permission_required("campaigns.view_taxreceipt")
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """One receipt: what it says, what became of it, and who did what."""
    one = _receipt(receipt_id)
    gifts = one.gifts.select_related("donation")
    context = desk_page(
        _("Tax receipt %(number)s") % {"number": one.number},
        icon=ICON,
        trail=_trail(),
        receipt=one,
        party=getattr(one, "party", None),
        gifts=[(line, reference(line.donation)) for line in gifts],
        followers=one.replaced_by.order_by("pk"),
        mails=OutboxMail.objects.filter(
            Q(dedupe_key=f"tax-receipt:{one.number}")
            | Q(dedupe_key__startswith=f"tax-receipt:{one.number}:")
            | Q(dedupe_key=f"tax-receipt-cancelled:{one.number}")
        ).defer("text", "html"),
        acts=AuditEntry.objects.filter(target=f"campaigns.taxreceipt:{one.pk}").select_related(
            "actor"
        ),
        may_issue=request.user.has_perm("campaigns.issue_taxreceipt"),
    )
    return render(request, "campaigns/desk/tax_receipt.html", context)


@permission_required("campaigns.view_taxreceipt")
def pdf(request: HttpRequest, receipt_id: int) -> HttpResponse:
    return pdf_response(_receipt(receipt_id))


@permission_required("campaigns.issue_taxreceipt")
def issue(request: HttpRequest, donation_id: int) -> HttpResponse:
    """A receipt for a gift that has none: by cheque, or asked for afterwards."""
    donation = get_object_or_404(Donation.objects.select_related("donor"), pk=donation_id)
    form = ReceiptForm(
        issuers.scheme_offered(),
        donation.currency,
        request.POST or None,
        initial=_known(donation),
    )
    if request.method == "POST" and form.is_valid():
        try:
            new = correcting.issue_by_staff(
                donation, form.address(), form.terms(), by=acting(request), moment=timezone.now()
            )
        except rules.NotIssued as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Issued: %(n)s.") % {"n": ", ".join(map(str, new))})
            return redirect("campaigns_desk:tax_receipt", new[0].pk)
    title = _("Issue a tax receipt for %(money)s") % {"money": donation.money}
    back = (reverse("campaigns_desk:donation", args=[donation.pk]), reference(donation))
    return _form_page(request, title, form, [*_trail(), back])


@permission_required("campaigns.issue_taxreceipt")
def cancel(request: HttpRequest, receipt_id: int) -> HttpResponse:
    one = _receipt(receipt_id)
    form = ReasonForm(request.POST or None)
    act = partial(correcting.cancel_by_staff, one, by=acting(request))
    if request.method == "POST" and form.is_valid() and _done(form, act):
        messages.success(request, _("Receipt %(number)s is cancelled.") % {"number": one.number})
        return redirect("campaigns_desk:tax_receipt", one.pk)
    title = _("Cancel receipt %(number)s for good") % {"number": one.number}
    return _form_page(request, title, form, _trail(one))


@permission_required("campaigns.issue_taxreceipt")
def replace(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """The same gifts on a new receipt with another name, address or advantage."""
    one = _receipt(receipt_id)
    party: Any = getattr(one, "party", None) or ReceiptParty()
    said = Terms(one.advantage, one.advantage_value, one.description, party.appraiser)
    form = ReplaceForm(
        one.issuer.scheme,
        one.currency,
        request.POST or None,
        initial=party.as_typed() | typed_terms(said, one.currency),
    )
    if request.method == "POST" and form.is_valid():
        try:
            new = correcting.replace_by_staff(
                one,
                form.address(),
                form.terms(),
                reason=form.cleaned_data["reason"],
                by=acting(request),
                moment=timezone.now(),
            )
        except rules.NotIssued as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Receipt %(new)s replaces it.") % {"new": new.number})
            return redirect("campaigns_desk:tax_receipt", new.pk)
    title = _("Cancel and replace receipt %(number)s") % {"number": one.number}
    return _form_page(request, title, form, _trail(one))


@permission_required("campaigns.issue_taxreceipt")
def send_again(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """A new link to the donor's address, at most one a day."""
    one = _receipt(receipt_id)
    if request.method == "POST" and not one.cancelled:
        if letters.owe(one, again=timezone.now().date().isoformat()):
            messages.success(request, _("A new link is on its way to the donor."))
        else:
            messages.error(request, _("This donor has no e-mail address."))
    return redirect("campaigns_desk:tax_receipt", one.pk)


def _done(form: ReasonForm, act: Any) -> bool:
    try:
        act(reason=form.cleaned_data["reason"])
    except rules.NotIssued as why:
        form.add_error(None, str(why))
        return False
    return True


def _known(donation: Donation) -> dict[str, str]:
    """What the form begins with: what was asked for, else the donor's own address."""
    asked = ReceiptRequest.objects.filter(pk=donation.pk).first()
    own = DonorAddress.objects.filter(pk=donation.donor_id).first()
    offline = OfflineGift.objects.filter(donation=donation).first()
    address = (asked if asked and asked.name else own) or DonorAddress(
        name=(offline.name if offline else "") or (donation.donor.name if donation.donor else "")
    )
    return address.as_typed() | typed_terms(asked or Terms(), donation.currency)


def _receipt(receipt_id: int) -> TaxReceipt:
    joined = TaxReceipt.objects.select_related(
        "party", "cancellation__cancelled_by", "issuer", "donor", "replaces", "issued_by"
    )
    return get_object_or_404(joined, pk=receipt_id)


def _form_page(
    request: HttpRequest, title: str, form: Any, trail: list[tuple[str, str]]
) -> HttpResponse:
    page = desk_page(
        title,
        icon=ICON,
        trail=trail,
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=title,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


def _trail(one: TaxReceipt | None = None) -> list[tuple[str, str]]:
    trail = [(reverse("campaigns_desk:tax_receipts"), _("Tax receipts"))]
    if one:
        trail.append((reverse("campaigns_desk:tax_receipt", args=[one.pk]), one.number))
    return trail


def of_donation(donation: Donation) -> dict[str, Any]:
    """What the page of a donation shows of its receipts."""
    lines = donation.receipted_gifts.select_related("receipt__cancellation").order_by("-pk")
    return {
        "receipts": [line.receipt for line in lines],
        "request": ReceiptRequest.objects.filter(pk=donation.pk).first(),
    }
