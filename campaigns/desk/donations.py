"""Donations on the desk: the list with its search, and one donation with its whole life."""

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from campaigns.analytics import headlines
from campaigns.desk import donors
from campaigns.desk.forms import DonationFilter
from campaigns.desk.tax_receipts import of_donation
from campaigns.history import history_of
from campaigns.models import Donation, InboxEvent, LedgerEntry, Payment
from campaigns.receipts import reference
from campaigns.refunds import left_to_refund
from newsroom.audit.models import AuditEntry
from newsroom.furniture import desk_page
from newsroom.mail.models import OutboxMail
from newsroom.money import Money
from newsroom.paging import page_by_key

ICON = "tick-inverse"
MOST_NAMED = 50


@dataclass(frozen=True)
class Listed:
    donation: Donation
    headline: str
    reference: str


@permission_required("campaigns.view_donation")
def index(request: HttpRequest) -> HttpResponse:
    """The newest begun first. Every filter and search is answered by an index."""
    form = DonationFilter(request.GET)
    sees_donors = request.user.has_perm("campaigns.view_donor")
    donations = Donation.objects.select_related("campaign", "donor")
    if form.is_valid():
        asked = form.cleaned_data
        if asked["campaign"]:
            donations = donations.filter(campaign=asked["campaign"])
        if asked["state"] == "attention":
            donations = donations.exclude(needs_attention="")
        elif asked["state"]:
            donations = donations.filter(state=asked["state"])
        if asked["q"].strip():
            donations = found(donations, asked["q"].strip(), sees_donors=sees_donors)
    slice_ = page_by_key(donations, request.GET.dict())
    named = headlines(donation.article_id for donation in slice_.rows)
    page = desk_page(
        _("Donations"),
        icon=ICON,
        form=form,
        rows=[Listed(d, named.get(d.article_id, ""), reference(d)) for d in slice_.rows],
        page=slice_,
        sees_donors=sees_donors,
    )
    return render(request, "campaigns/desk/donations.html", page)


def found(donations: QuerySet[Donation], text: str, *, sees_donors: bool) -> QuerySet[Donation]:
    """Those that `text` names: a reference, an id of ours or of Stripe's, a donor.

    Donors are found by the beginning of their address or of the words of their name, and only
    by who may see them.
    """
    named = Q(pk__in=_named(text))
    if sees_donors:
        named |= Q(donor__in=donors.found(text))
    return donations.filter(named)


def _named(text: str) -> set[int | None]:
    """Ids of the donations that have `text` as an id or the beginning of their reference.

    One small question for each kind of id: as one question they would be a look at every row.
    """
    ids: set[int | None] = set()
    if text.isascii() and text.isdecimal() and len(text) < 19:
        ids.add(int(text))
    ours = [Q(token=text), Q(checkout_session=text)]
    if attempts := _attempts(text):
        ours.append(Q(attempt__range=attempts))
    for way in ours:
        ids.update(Donation.objects.filter(way).values_list("pk", flat=True)[:MOST_NAMED])
    payments = Payment.objects.filter(stripe_id=text)
    ids.update(payments.values_list("donation", flat=True))
    for way in (Q(charge_id=text), Q(source_key=f"stripe:{text}")):
        entries = LedgerEntry.objects.filter(way).values_list("donation", flat=True)
        ids.update(entries[:MOST_NAMED])
    return ids - {None}


def _attempts(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The range of attempts whose reference begins with `text`."""
    try:
        number = int(text, 16) if 6 <= len(text) <= 32 and text.isalnum() else None
    except ValueError:
        number = None
    if number is None:
        return None
    return uuid.UUID(text.ljust(32, "0")), uuid.UUID(text.ljust(32, "f"))


@permission_required("campaigns.view_donation")
def donation(request: HttpRequest, donation_id: int) -> HttpResponse:
    """Everything that happened to one donation."""
    donations = Donation.objects.select_related("campaign", "donor")
    one = get_object_or_404(donations, pk=donation_id)
    payments = list(one.payments.order_by("created_at"))
    looked_at = [p.stripe_id for p in payments] + [one.checkout_session or "-"]
    named = headlines([one.article_id, one.first_article_id])
    sees_donors = request.user.has_perm("campaigns.view_donor")
    may_refund = request.user.has_perm("campaigns.refund_donation")
    page = desk_page(
        _("Donation %(reference)s") % {"reference": reference(one)},
        icon=ICON,
        trail=[(reverse("campaigns_desk:donations"), _("Donations"))],
        donation=one,
        reference=reference(one),
        headline=named.get(one.article_id, ""),
        first_headline=named.get(one.first_article_id, ""),
        payments=[(p, _refundable(p) if may_refund else None) for p in payments],
        entries=LedgerEntry.objects.filter(_about(one, payments))
        .select_related("campaign")
        .order_by("occurred_at", "pk"),
        events=InboxEvent.objects.filter(object_id__in=looked_at).defer("payload")[:50],
        mails=mails_about(payments) if sees_donors else [],
        acts=acts_upon(one, payments).select_related("actor"),
        sees_donors=sees_donors,
        tax=of_donation(one) if request.user.has_perm("campaigns.view_taxreceipt") else None,
        may_move=one.net > 0 and request.user.has_perm("campaigns.move_donation"),
        may_receipt=request.user.has_perm("campaigns.issue_taxreceipt"),
    )
    page["history"] = history_of(one)
    return render(request, "campaigns/desk/donation.html", page)


def _about(one: Donation, payments: list[Payment]) -> Q:
    """The donation's own entries and what sponsors added to them."""
    charges = [charge for charge in one.entries.values_list("charge_id", flat=True) if charge]
    return Q(donation=one) | Q(payment__in=payments) | Q(charge_id__in=charges)


def mails_about(payments: list[Payment]) -> QuerySet[OutboxMail]:
    """The mails we owe or sent for these payments; their keys end with the payment's id."""
    keys = [
        f"{kind}:{p.stripe_id}" for p in payments for kind in ("receipt", "refund", "debit_failed")
    ]
    return OutboxMail.objects.filter(dedupe_key__in=keys).defer("text", "html")


def acts_upon(one: Donation, payments: list[Payment]) -> QuerySet[AuditEntry]:
    targets = [f"campaigns.donation:{one.pk}"] + [f"campaigns.payment:{p.pk}" for p in payments]
    return AuditEntry.objects.filter(target__in=targets)


def _refundable(payment: Payment) -> Money | None:
    left = left_to_refund(payment)
    return Money(left, payment.currency) if left else None
