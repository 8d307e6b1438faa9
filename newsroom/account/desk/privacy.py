"""Personal data on the desk: requests with their thirty days, erasing on behalf of somebody who
wrote, and the register of incidents."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from newsroom.account import erasing
from newsroom.account.holding import archive, counts, person_at, what_stays
from newsroom.account.models import AccessRequest, Erasure, Incident
from newsroom.audit import log
from newsroom.furniture import acting, desk_page

ICON: Final = "lock"
SHOWN: Final = 100
SEE: Final = "reader_account.view_accessrequest"
CHANGE: Final = "reader_account.change_accessrequest"
ERASE: Final = "reader_account.add_erasure"
SEE_INCIDENTS: Final = "reader_account.view_incident"
ADD_INCIDENT: Final = "reader_account.add_incident"


class RequestForm(forms.ModelForm):
    class Meta:
        model = AccessRequest
        fields = ["kind", "who", "received_on", "note"]
        widgets = {"received_on": AdminDateInput, "note": forms.Textarea(attrs={"rows": 3})}

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day

    def clean_who(self) -> str:
        who = " ".join(self.cleaned_data["who"].split())
        if not who:
            raise ValidationError(_("Say who asked, in the words they gave."))
        return who


class AnswerForm(forms.ModelForm):
    answer = forms.CharField(
        label=gettext_lazy("What was answered"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = AccessRequest
        fields = ["answer"]


class IncidentForm(forms.ModelForm):
    class Meta:
        model = Incident
        fields = [
            "about", "happened_on", "noticed_on", "what", "people", "serious", "told_on", "measures"
        ]  # fmt: skip
        widgets = {
            "happened_on": AdminDateInput,
            "noticed_on": AdminDateInput,
            "told_on": AdminDateInput,
            "what": forms.Textarea(attrs={"rows": 4}),
            "measures": forms.Textarea(attrs={"rows": 4}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        happened, noticed = data.get("happened_on"), data.get("noticed_on")
        if happened and noticed and noticed < happened:
            self.add_error("noticed_on", _("It cannot be noticed before it happened."))
        if noticed and noticed > timezone.localdate():
            self.add_error("noticed_on", _("This day is still to come."))
        return data


class AddressForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("E-mail address"), max_length=320)

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip().lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(_("This does not look like an e-mail address.")) from error
        return address


@permission_required(SEE)
def requests(request: HttpRequest) -> HttpResponse:
    """Open requests by their day, the latest closed ones below; POST enters one."""
    form = RequestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not request.user.has_perm(CHANGE):
            return redirect("privacy_requests")
        if form.is_valid():
            form.instance.entered_by = acting(request)
            form.save()
            messages.success(request, _("It is due on %(day)s.") % {"day": form.instance.due_on})
            return redirect("privacy_requests")
        status = 422
    today = timezone.localdate()
    open_ = AccessRequest.objects.filter(closed_at=None).order_by("due_on", "id")[:SHOWN]
    page = desk_page(
        _("Personal data"),
        icon=ICON,
        buttons=_buttons(request),
        waiting=[(each, each.days_left(today)) for each in open_],
        closed=AccessRequest.objects.exclude(closed_at=None).order_by("-closed_at")[:20],
        erasures=Erasure.objects.exclude(confirmed_at=None).order_by("-id")[:20],
        form=form,
        may_change=request.user.has_perm(CHANGE),
    )
    return render(request, "account/desk/requests.html", page, status=status)


@permission_required(CHANGE)
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = get_object_or_404(AccessRequest, pk=request_id, closed_at=None)
    form = AnswerForm(request.POST or None, instance=asked)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            asked.closed_at, asked.closed_by = timezone.now(), acting(request)
            form.save()
            log.record(asked.closed_by, "answered", asked, "Answered a request about personal data")
        messages.success(request, _("The request is closed."))
        return redirect("privacy_requests")
    page = desk_page(_("Answer"), icon=ICON, trail=[_crumb()], asked=asked, form=form)
    return render(request, "account/desk/answer.html", page, status=422 if form.is_bound else 200)


@permission_required(ERASE)
def person(request: HttpRequest) -> HttpResponse:
    """What is held about an address somebody wrote from. POST `do`: "file" gives the ZIP, "erase"
    erases, both logged; without it, it is looked up. The address is in no address bar."""
    form = AddressForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        found = person_at(form.cleaned_data["address"])
        do = request.POST.get("do", "")
        if do == "file":
            log.record(
                acting(request), "exported", acting(request), "Took a person’s data as a file"
            )
            response = HttpResponse(archive(found, timezone.now()), content_type="application/zip")
            response["Content-Disposition"] = 'attachment; filename="everything.zip"'
            response["Cache-Control"] = "private, no-store"
            return response
        if do == "erase":
            try:
                erasing.begin(found, acting(request), timezone.now())
            except erasing.CannotErase as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("It has begun; the list below says how far it is."))
                return redirect("privacy_requests")
        context |= {"person": found, "held": counts(found), "kept": what_stays(found)}
    page = desk_page(_("What we hold about an address"), icon=ICON, trail=[_crumb()], **context)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "account/desk/person.html", page, status=status)


@permission_required(SEE_INCIDENTS)
def incidents(request: HttpRequest) -> HttpResponse:
    """The register, the newest first; POST writes a further line."""
    form = IncidentForm(request.POST or None)
    status = 200
    may_add = request.user.has_perm(ADD_INCIDENT)
    if request.method == "POST" and may_add:
        if form.is_valid():
            form.instance.recorded_by = acting(request)
            form.save()
            messages.success(request, _("It is in the register, and stays there."))
            return redirect("privacy_incidents")
        status = 422
    page = desk_page(
        _("Register of incidents"),
        icon=ICON,
        trail=[_crumb()],
        incidents=Incident.objects.select_related("recorded_by", "about")[:SHOWN],
        form=form,
        may_add=may_add,
    )
    return render(request, "account/desk/incidents.html", page, status=status)


def _crumb() -> tuple[str, str]:
    return reverse("privacy_requests"), _("Personal data")


def _buttons(request: HttpRequest) -> list[HeaderButton]:
    buttons = []
    if request.user.has_perm(ERASE):
        buttons.append(
            HeaderButton(_("Look up an address"), reverse("privacy_person"), icon_name="search")
        )
    if request.user.has_perm(SEE_INCIDENTS):
        buttons.append(
            HeaderButton(
                _("Register of incidents"), reverse("privacy_incidents"), icon_name="warning"
            )
        )
    return buttons


urlpatterns: list[URLPattern] = [
    path("privacy/", requests, name="privacy_requests"),
    path("privacy/<int:request_id>/", answer, name="privacy_answer"),
    path("privacy/person/", person, name="privacy_person"),
    path("privacy/incidents/", incidents, name="privacy_incidents"),
]
