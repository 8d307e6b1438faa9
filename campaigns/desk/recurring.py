"""Recurring donations on the desk: the list, one with its whole life, and ending one."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import recurring_changes, recurring_figures
from campaigns.models import Campaign, Instalment, RecurringDonation, RecurringState
from newsroom.audit.models import AuditEntry
from newsroom.furniture import acting, desk_page
from newsroom.mail.models import OutboxMail
from newsroom.paging import page_by_key

ICON = "rotate"
MOST_MAILS = 100


class RecurringFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Find"), required=False, max_length=120)
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("All campaigns"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            *(s for s in RecurringState.choices if s[0] != RecurringState.STARTED),
        ],
    )


class EndForm(forms.Form):
    """Why staff end a gift; the donor is told it. Sent twice, it ends once."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("The donor reads it in the letter that tells of the end."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


@permission_required("campaigns.view_recurringdonation")
def index(request: HttpRequest) -> HttpResponse:
    """Those that were begun, the newest first."""
    form = RecurringFilter(request.GET)
    sees_donors = request.user.has_perm("campaigns.view_donor")
    found = RecurringDonation.objects.exclude(state=RecurringState.STARTED).select_related(
        "campaign", "donor"
    )
    if form.is_valid():
        found = _filtered(found, form.cleaned_data, sees_donors=sees_donors)
    slice_ = page_by_key(found, request.GET.dict())
    page = desk_page(
        _("Recurring donations"),
        icon=ICON,
        form=form,
        rows=slice_.rows,
        page=slice_,
        sees_donors=sees_donors,
        figures=recurring_figures.by_currency(timezone.now()),
    )
    return render(request, "campaigns/desk/recurring_list.html", page)


def _filtered(
    found: QuerySet[RecurringDonation], asked: dict[str, Any], *, sees_donors: bool
) -> QuerySet[RecurringDonation]:
    if asked["campaign"]:
        found = found.filter(campaign=asked["campaign"])
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if text := asked["q"].strip():
        named = Q(subscription=text) | Q(customer=text) | Q(instalments__invoice=text)
        if sees_donors:
            found = found.annotate(address=Lower("donor__email"))
            named |= Q(address__startswith=text.lower())
        found = found.filter(named).distinct()
    return found


@permission_required("campaigns.view_recurringdonation")
def one(request: HttpRequest, recurring_id: int) -> HttpResponse:
    """Its life: gifts, failures, changes, letters, who did what."""
    known = RecurringDonation.objects.select_related("campaign", "donor", "first")
    recurring = get_object_or_404(known, pk=recurring_id)
    sees_donors = request.user.has_perm("campaigns.view_donor")
    instalments = list(recurring.instalments.select_related("donation__campaign"))
    target = f"{RecurringDonation._meta.label_lower}:{recurring.pk}"
    page = desk_page(
        str(recurring),
        icon=ICON,
        trail=[(reverse("campaigns_desk:recurring"), _("Recurring donations"))],
        recurring=recurring,
        instalments=instalments,
        changes=recurring.changes.select_related("by"),
        mails=_letters(recurring, instalments) if sees_donors else [],
        acts=AuditEntry.objects.filter(target=target).select_related("actor"),
        sees_donors=sees_donors,
        may_end=recurring.goes_on and request.user.has_perm("campaigns.cancel_recurringdonation"),
    )
    return render(request, "campaigns/desk/recurring.html", page)


def _letters(recurring: RecurringDonation, instalments: list[Instalment]) -> list[OutboxMail]:
    """Its letters; their keys name the invoice, the subscription or the change."""
    about = Q(dedupe_key__startswith=f"recurring-ended:{recurring.subscription}:")
    about |= Q(dedupe_key__startswith=f"card-changed:{recurring.subscription}:")
    for instalment in instalments[:MOST_MAILS]:
        about |= Q(dedupe_key__startswith=f"renewal-failed:{instalment.invoice}:")
        about |= Q(dedupe_key__startswith=f"renewal-confirm:{instalment.invoice}:")
    exact = [f"renewal-recovered:{each.invoice}" for each in instalments]
    exact += [f"recurring-change:{change.key}" for change in recurring.changes.all()]
    about |= Q(dedupe_key__in=exact)
    return list(OutboxMail.objects.filter(about).defer("text", "html").order_by("-pk")[:MOST_MAILS])


@permission_required("campaigns.cancel_recurringdonation")
def end(request: HttpRequest, recurring_id: int) -> HttpResponse:
    recurring = get_object_or_404(RecurringDonation, pk=recurring_id)
    back = reverse("campaigns_desk:recurring_one", args=[recurring.pk])
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _ended(request, form, recurring):
        return redirect(back)
    page = desk_page(
        _("End this recurring donation"),
        icon=ICON,
        trail=[
            (reverse("campaigns_desk:recurring"), _("Recurring donations")),
            (back, str(recurring)),
        ],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=_("End it"),
        submit_button_active_label=_("Asking Stripe…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


def _ended(request: HttpRequest, form: EndForm, recurring: RecurringDonation) -> bool:
    asked = form.cleaned_data
    try:
        wish = recurring_changes.cancel(recurring, asked["reason"])
        recurring_changes.ask(recurring, wish, key=asked["key"], by=acting(request), by_staff=True)
    except recurring_changes.NotYet as later:
        messages.warning(request, str(later))
        return True
    except recurring_changes.ChangeRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("It has ended: nothing more is taken. The donor is told by mail."))
    return True
