"""Donors on the desk: the list with its search and filters, and one donor's whole life."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns import joining, segments
from campaigns.desk.donor_forms import DonorFilter, NoteForm
from campaigns.models import (
    Donation,
    Donor,
    DonorJoin,
    DonorYear,
    LedgerEntry,
    RecurringDonation,
    Reminder,
    ThankYouCall,
)
from campaigns.receipts import reference
from newsroom.audit.models import AuditEntry
from newsroom.furniture import desk_page
from newsroom.mail import outbox
from newsroom.mail.models import OutboxMail
from newsroom.money import Money
from newsroom.paging import page_by_key

ICON = "user"
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A donor with what the kept years come to, one sum a currency."""

    donor: Donor
    given: list[Money]
    gifts: int
    first_year: int | None
    years: list[int]


@permission_required("campaigns.view_donor")
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; a filter is answered donor by donor from the kept years."""
    form = DonorFilter(request.GET)
    donors = segments.everybody()
    asked = request.GET.dict()
    if form.is_valid():
        donors = segments.chosen(donors, form.rules, timezone.localdate())
        if text := form.cleaned_data["q"].strip():
            donors = donors.filter(pk__in=found(text))
    page = page_by_key(donors, asked)
    kept = {name: value for name, value in asked.items() if name not in ("q", "before") and value}
    buttons = []
    if request.user.has_perm("campaigns.change_segment"):
        address = f"{reverse('campaigns_desk:add_segment')}?{urlencode(kept)}"
        buttons.append(HeaderButton(_("Save as a segment"), address, icon_name="group"))
    context = desk_page(
        _("Donors"), icon=ICON, buttons=buttons, form=form, page=page, rows=listed(page.rows)
    )
    return render(request, "campaigns/desk/donors.html", context)


def found(text: str) -> list[int]:
    """Those whose address, or words of whose name, begin so; whom they were joined to."""
    query = " & ".join(f"{word}:*" for word in re.findall(r"\w+", text))
    donors = Donor.objects.annotate(
        address=Lower("email"), words=SearchVector("name", config="simple")
    )
    fits = Q(address__startswith=text.lower())
    if query and "@" not in text:
        fits |= Q(words=SearchQuery(query, search_type="raw", config="simple"))
    return [joining.standing(each).pk for each in donors.filter(fits)[:MOST_SHOWN]]


def listed(donors: Sequence[Donor]) -> list[Listed]:
    """What each of `donors` gave: one query, however many they are."""
    years: dict[int, list[DonorYear]] = {donor.pk: [] for donor in donors}
    for year in DonorYear.objects.filter(donor__in=years).order_by("year"):
        years[year.donor_id].append(year)
    rows = []
    for donor in donors:
        sums: dict[str, int] = {}
        for year in years[donor.pk]:
            sums[year.currency] = sums.get(year.currency, 0) + year.net
        gave = [year.year for year in years[donor.pk] if year.gifts]
        rows.append(
            Listed(
                donor,
                [Money(amount, currency) for currency, amount in sorted(sums.items()) if amount],
                sum(year.gifts for year in years[donor.pk]),
                min(gave, default=None),
                sorted(set(gave), reverse=True)[:4],
            )
        )
    return rows


@permission_required("campaigns.view_donor")
def donor(request: HttpRequest, donor_id: int) -> HttpResponse:
    """Everything there is of one donor; each table shows the newest rows and says so."""
    one = get_object_or_404(Donor.objects.select_related("reader"), pk=donor_id)
    if one.joined_to_id:
        return redirect("campaigns_desk:donor", one.joined_to_id)
    user = request.user
    gifts = list(
        Donation.objects.filter(donor=one).select_related("campaign").order_by("-pk")[:MOST_SHOWN]
    )
    ids = [gift.pk for gift in gifts]
    joins = list(DonorJoin.objects.filter(kept=one).select_related("joined", "made_by"))
    addresses = [address for address in joining.addresses(one) if address]
    context = desk_page(
        str(one),
        icon=ICON,
        trail=[(reverse("campaigns_desk:donors"), _("Donors"))],
        donor=one,
        whole=listed([one])[0],
        years=DonorYear.objects.filter(donor=one).order_by("-year", "currency"),
        gifts=[(gift, reference(gift)) for gift in gifts],
        recurring=RecurringDonation.objects.filter(donor=one).select_related("campaign"),
        entries=LedgerEntry.objects.filter(donation__in=ids)
        .select_related("campaign")
        .order_by("-pk")[:MOST_SHOWN],
        mails=mails_to(addresses),
        calls=ThankYouCall.objects.filter(donation__in=ids).select_related("caller", "ended_by"),
        notes=one.notes.select_related("by"),
        note_form=NoteForm(),
        joins=joins,
        reminders=Reminder.objects.filter(email__in=addresses),
        acts=acts_upon(one, ids).select_related("actor"),
        may_change=user.has_perm("campaigns.change_donor"),
        may_move=user.has_perm("campaigns.move_donation"),
        me=user,
        most_shown=MOST_SHOWN,
    )
    return render(request, "campaigns/desk/donor.html", context)


def mails_to(addresses: list[str]) -> QuerySet[OutboxMail]:
    """The newest mails to any of a donor's addresses, but those with a key in them."""
    to_them = Q(pk__in=[])
    for address in addresses:
        to_them |= Q(to__iexact=address)
    mails = OutboxMail.objects.filter(to_them).exclude(kind__in=outbox.CONFIDENTIAL)
    return mails.defer("text", "html").order_by("-pk")[:MOST_SHOWN]


def acts_upon(one: Donor, donations: list[int]) -> QuerySet[AuditEntry]:
    """What staff did with the donor and the donations."""
    targets = [f"campaigns.donor:{one.pk}"]
    targets += [f"campaigns.donation:{pk}" for pk in donations]
    return AuditEntry.objects.filter(target__in=targets)[:MOST_SHOWN]
