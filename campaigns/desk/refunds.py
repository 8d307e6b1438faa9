"""Giving money back: a form, a question, and the rule in `campaigns/refunds.py`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import refunds
from campaigns.desk.forms import RefundForm
from campaigns.models import Payment
from campaigns.receipts import reference
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.money import Money


@permission_required("campaigns.refund_donation")
def refund(request: HttpRequest, donation_id: int, payment_id: int) -> HttpResponse:
    payment = get_object_or_404(
        Payment.objects.select_related("donation__campaign"),
        pk=payment_id,
        donation_id=donation_id,
    )
    donation = payment.donation
    assert donation is not None
    back = reverse("campaigns_desk:donation", args=[donation.pk])
    left = Money(refunds.left_to_refund(payment), payment.currency)
    form = RefundForm(left, request.POST or None)
    if request.method == "POST" and form.is_valid() and _refunded(request, form, payment):
        return redirect(back)
    page = desk_page(
        _("Give money back"),
        icon="rotate",
        trail=[
            (reverse("campaigns_desk:donations"), _("Donations")),
            (back, reference(donation)),
        ],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=_("Give it back"),
        submit_button_active_label=_("Asking Stripe…"),
        donation=donation,
        payment=payment,
        reference=reference(donation),
        left=left,
        back=back,
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/refund.html", page, status=status)


def _refunded(request: HttpRequest, form: RefundForm, payment: Payment) -> bool:
    asked = form.cleaned_data
    money = Money(asked["amount"], payment.currency)
    try:
        refunds.refund(payment, money.amount, by=acting(request), key=asked["key"])
    except refunds.RefundError as error:
        form.add_error(None, str(error))
        return False
    log.record(
        acting(request),
        "refunded",
        payment.donation or payment,
        _("Gave back %(money)s: %(reason)s") % {"money": money, "reason": asked["reason"]},
        amount=money.amount,
        currency=money.currency,
        payment=payment.stripe_id,
        key=str(asked["key"]),
    )
    messages.success(request, _("%(money)s is on its way back.") % {"money": money})
    return True
