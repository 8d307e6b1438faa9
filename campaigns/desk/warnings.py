"""Early fraud warnings on the desk: which gifts issuers call fraud, and what became of them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from campaigns.models import FraudWarning
from campaigns.receipts import reference
from newsroom.furniture import desk_page
from newsroom.money import Money
from newsroom.paging import page_by_key


@permission_required("campaigns.view_fraudwarning")
def index(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    warnings = FraudWarning.objects.select_related("payment__donation")
    slice_ = page_by_key(warnings, request.GET.dict())
    page = desk_page(
        _("Fraud warnings"),
        icon="warning",
        page=slice_,
        rows=[_row(warning) for warning in slice_.rows],
        by_itself=settings.REFUND_ON_FRAUD_WARNING,
        may_refund=request.user.has_perm("campaigns.refund_donation"),
    )
    return render(request, "campaigns/desk/warnings.html", page)


def _row(warning: FraudWarning) -> dict[str, object]:
    payment = warning.payment
    return {
        "warning": warning,
        # Stripe's word for it, as words.
        "says": warning.fraud_type.replace("_", " "),
        "payment": payment,
        "donation": payment.donation if payment else None,
        "reference": reference(payment.donation) if payment and payment.donation else "",
        "money": Money(payment.amount, payment.currency) if payment else None,
    }
