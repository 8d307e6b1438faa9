"""What staff do with a donor: write down what they know, join two that are one, send a receipt
again, move a gift to another campaign."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import joining, moving, receipts
from campaigns.desk.donor_forms import DonorForm, JoinForm, MoveForm, NoteForm
from campaigns.models import Donation, Donor, DonorJoin, DonorNote
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.money import Money

ICON = "user"
MAY_CHANGE = "campaigns.change_donor"


@permission_required(MAY_CHANGE)
def edit(request: HttpRequest, donor_id: int) -> HttpResponse:
    """Name, telephone, language, what the donor does not wish. The log says which were changed."""
    donor = _standing(donor_id)
    form = DonorForm(request.POST or None, instance=donor)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            if form.changed_data:
                changed = ", ".join(form.changed_data)
                log.record(acting(request), "changed", donor, f"Changed a donor’s {changed}")
        messages.success(request, _("It is saved."))
        return redirect("campaigns_desk:donor", donor.pk)
    return _form(request, donor, form, _("What we know of this donor"), _("Save"))


@require_POST
@permission_required(MAY_CHANGE)
def add_note(request: HttpRequest, donor_id: int) -> HttpResponse:
    donor = _standing(donor_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something, at most 2,000 characters."))
        return redirect("campaigns_desk:donor", donor.pk)
    with transaction.atomic():
        note = form.save(commit=False)
        note.donor, note.by = donor, acting(request)
        note.save()
        log.record(acting(request), "noted", donor, "Wrote a note about a donor", note=note.pk)
    messages.success(request, _("The note is saved."))
    return redirect("campaigns_desk:donor", donor.pk)


@require_POST
@permission_required(MAY_CHANGE)
def remove_note(request: HttpRequest, donor_id: int, note_id: int) -> HttpResponse:
    donor = _standing(donor_id)
    with transaction.atomic():
        removed, _each = DonorNote.objects.filter(pk=note_id, donor=donor).delete()
        if removed:
            words = "Took a note about a donor away"
            log.record(acting(request), "removed", donor, words, note=note_id)
    messages.success(request, _("The note is gone."))
    return redirect("campaigns_desk:donor", donor.pk)


@permission_required(MAY_CHANGE)
def join(request: HttpRequest, donor_id: int) -> HttpResponse:
    """Two donors are one person: the other one's gifts come here."""
    donor = _standing(donor_id)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            joining.join(donor, asked["other"], reason=asked["reason"], by=acting(request))
        except joining.NotJoined as refusal:
            form.add_error("other", str(refusal))
        else:
            messages.success(request, _("They are one donor now. It can be undone below."))
            return redirect("campaigns_desk:donor", donor.pk)
    return _form(request, donor, form, _("Join with another donor"), _("Join them"))


@require_POST
@permission_required(MAY_CHANGE)
def part(request: HttpRequest, donor_id: int, join_id: int) -> HttpResponse:
    made = get_object_or_404(DonorJoin, pk=join_id, kept=donor_id)
    try:
        joining.part(made, by=acting(request), moment=timezone.now())
    except joining.NotJoined as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("They are two donors again."))
    return redirect("campaigns_desk:donor", donor_id)


@require_POST
@permission_required("campaigns.view_donor")
def resend(request: HttpRequest, donation_id: int) -> HttpResponse:
    """The receipt of a donation by mail once more, at most once a day."""
    donation = get_object_or_404(
        Donation.objects.select_related("donor", "campaign", "article"), pk=donation_id
    )
    back = redirect("campaigns_desk:donation", donation.pk)
    if donation.donor is None or not donation.donor.email:
        messages.error(request, _("This donor has no address."))
        return back
    with transaction.atomic():
        sent = receipts.send_again(donation, timezone.localdate())
        if sent:
            words = "Sent the receipt of a gift again"
            log.record(acting(request), "sent again", donation, words)
    if sent:
        messages.success(request, _("The receipt is on its way; at most one goes out in a day."))
    else:
        messages.error(request, _("Nothing of this gift has come through Stripe yet."))
    return back


@permission_required("campaigns.move_donation")
def move(request: HttpRequest, donation_id: int) -> HttpResponse:
    donation = get_object_or_404(Donation.objects.select_related("campaign"), pk=donation_id)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            moved = moving.move(
                donation,
                asked["campaign"],
                reason=asked["reason"],
                by=acting(request),
                moment=timezone.now(),
            )
        except moving.NotMoved as refusal:
            form.add_error("campaign", str(refusal))
        else:
            money = Money(moved, donation.currency)
            messages.success(request, _("%(money)s counts there now.") % {"money": money})
            return redirect("campaigns_desk:donation", donation.pk)
    page = desk_page(
        _("Move to another campaign"),
        icon="calendar-check",
        trail=[
            (reverse("campaigns_desk:donations"), _("Donations")),
            (
                reverse("campaigns_desk:donation", args=[donation.pk]),
                receipts.reference(donation),
            ),
        ],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=_("Move it"),
        submit_button_active_label=_("Moving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


def _standing(donor_id: int) -> Donor:
    return get_object_or_404(Donor, pk=donor_id, joined_to=None)


def _form(
    request: HttpRequest, donor: Donor, form: DonorForm | JoinForm, title: str, button: str
) -> HttpResponse:
    page = desk_page(
        title,
        icon=ICON,
        trail=[
            (reverse("campaigns_desk:donors"), _("Donors")),
            (reverse("campaigns_desk:donor", args=[donor.pk]), str(donor)),
        ],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=button,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)
