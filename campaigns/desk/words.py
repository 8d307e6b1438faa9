"""A donor's public name and message: taken off the campaign's page, or put back, with a reason."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns.models import Donation
from campaigns.receipts import reference
from campaigns.supporters import hide_words
from newsroom.furniture import acting, desk_page


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Kept in the audit log for ever: no names or addresses, please."),
    )


@permission_required("campaigns.change_campaign")
def words(request: HttpRequest, donation_id: int) -> HttpResponse:
    """A question with a reason; the POST turns what is shown into hidden and back."""
    donation = get_object_or_404(Donation.objects.select_related("campaign"), pk=donation_id)
    back = reverse("campaigns_desk:donation", args=[donation.pk])
    hidden = not donation.words_hidden
    title = _("Take the words off the page") if hidden else _("Put the words back")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        hide_words(donation, hidden=hidden, by=acting(request), reason=reason)
        messages.success(request, _("It is done."))
        return redirect(back)
    page = desk_page(
        title,
        icon="view",
        trail=[
            (reverse("campaigns_desk:donations"), _("Donations")),
            (back, reference(donation)),
        ],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=title,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)
