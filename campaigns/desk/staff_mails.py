"""Each person on the staff chooses on a page of their own what the figures tell them by mail."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns.models import StaffMail
from newsroom.furniture import acting, desk_page


class MailsForm(forms.ModelForm):
    class Meta:
        model = StaffMail
        fields = ("daily", "weekly", "alerts")


@permission_required("campaigns.view_analytics")
def mails(request: HttpRequest) -> HttpResponse:
    """Nothing is sent before it is chosen."""
    person = acting(request)
    wish = StaffMail.objects.filter(reader=person).first() or StaffMail(reader=person)
    form = MailsForm(request.POST or None, instance=wish)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved: from now on you are sent that."))
        return redirect("campaigns_desk:mails")
    page = desk_page(
        _("Mails to you"),
        icon="mail",
        form=form,
        address=person.email,
        action_url=request.path,
        submit_button_label=_("Save"),
    )
    return render(request, "campaigns/desk/mails.html", page)
