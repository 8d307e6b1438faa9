"""Letters on the desk: composed as blocks, then looked at, tested, sent, paused, and counted."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.admin.widgets.button import HeaderButton

from newsroom.furniture import acting, desk_page
from newsroom.letters import corrections, readying, results
from newsroom.letters.composing import compose
from newsroom.letters.models import Letter, LetterCorrection, LetterState, Newsletter
from newsroom.letters.purging import letter_path
from newsroom.letters.rendering import render as as_mail
from newsroom.money import Money

ICON = "mail"


class TestForm(forms.Form):
    to = forms.EmailField(label=gettext_lazy("Send a test to"), max_length=320)


class WhenForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("When, by the newsroom’s clock"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Left empty, at once."),
    )


class EditLetter(EditView):
    """While it is a draft; afterwards it is looked at, not changed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.get_object().state != LetterState.DRAFT:
            return redirect("letters_desk:letter", self.kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("letters_desk:letter", args=[self.object.pk])


class AddLetter(CreateView):
    def get_success_url(self) -> str:
        return reverse("letters_desk:letter", args=[self.object.pk])


class LetterViewSet(ModelViewSet):
    model = Letter
    name = "letters"
    icon = ICON
    add_to_admin_menu = False
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    edit_view_class = EditLetter
    add_view_class = AddLetter
    list_per_page = 50
    list_filter = ("newsletter", "state", "purpose")
    list_display = (
        TitleColumn("subject", label=gettext_lazy("Subject"), url_name="letters_desk:letter"),
        Column("newsletter", label=gettext_lazy("Newsletter")),
        Column("purpose", label=gettext_lazy("Purpose"), accessor="get_purpose_display"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda letter: letter.state == LetterState.SENT,
        ),
        DateColumn("scheduled_at", label=gettext_lazy("Goes out")),
        DateColumn("sent_at", label=gettext_lazy("Sent")),
    )
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("newsletter"), FieldPanel("purpose")]),
            FieldPanel("subject"),
            FieldPanel("preheader"),
            FieldPanel("body"),
            FieldRowPanel([FieldPanel("campaign"), FieldPanel("to_givers")]),
        ]
    )


class NewsletterViewSet(ModelViewSet):
    model = Newsletter
    name = "newsletters"
    icon = "list-ul"
    add_to_admin_menu = False
    add_to_reference_index = False
    copy_view_enabled = False
    list_display = ("name", "cadence", "language", "open")
    form_fields = (
        "name", "slug", "description", "language", "cadence", "section", "from_name", "reply_to",
        "open",
    )  # fmt: skip


@permission_required("letters.view_letter")
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter: how it looks, whether it is ready, where it stands, what became of it."""
    found = _letter(letter_id)
    now = timezone.now()
    draft = found.state == LetterState.DRAFT
    sealed = found.sealed_at is not None
    counted = found.state not in _GOING and found.figures
    figures = found.figures if counted or not sealed else results.count(found.pk)
    buttons = []
    if draft and request.user.has_perm("letters.change_letter"):
        edit = reverse("letters:edit", args=[found.pk])
        buttons = [HeaderButton(_("Edit"), edit, icon_name="edit")]
    me = acting(request)
    page = desk_page(
        found.subject,
        icon=ICON,
        trail=[(reverse("letters:index"), _("Letters"))],
        buttons=buttons,
        letter=found,
        look=readying.look(found, now) if draft or found.state in _WAITING else None,
        figures=figures if sealed else None,
        gifts=[(Money(net, currency), n) for currency, n, net in figures.get("gifts", [])],
        links=list(found.links.all()[:200]) if sealed else [],
        test_form=TestForm(initial={"to": me.email}),
        when_form=WhenForm(),
        may_send=request.user.has_perm("letters.send_letter"),
        mine=found.ready_by_id == me.pk,
        web_url=_web(found) if sealed else "",
    )
    return render(request, "letters/desk/letter.html", page)


@permission_required("letters.view_letter")
@xframe_options_sameorigin
def preview(request: HttpRequest, letter_id: int, form: str) -> HttpResponse:
    """The mail itself: `light`, `dark` or `text`."""
    found = _letter(letter_id)
    if found.sealed_at:
        text, html = found.text, found.html
    else:
        rendered = as_mail(found, compose(found, timezone.now()))
        text, html = rendered.text, rendered.html
    if form == "text":
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    # A browser shows the colours of its own scheme: both are to be seen.
    wanted = "all" if form == "dark" else "not all"
    html = html.replace("(prefers-color-scheme: dark)", wanted)
    scheme = "dark" if form == "dark" else "light"
    page = HttpResponse(html.replace("color-scheme: light dark", f"color-scheme: {scheme}"))
    page["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; "
        "frame-ancestors 'self'"
    )
    return page


@permission_required("letters.change_letter")
@require_POST
def test(request: HttpRequest, letter_id: int) -> HttpResponse:
    found, form = _letter(letter_id), TestForm(request.POST)
    try:
        if not form.is_valid():
            raise readying.NotReady(_("This does not look like an e-mail address."))
        readying.send_test(found, form.cleaned_data["to"], timezone.now())
        messages.success(request, _("The test is on its way."))
    except readying.NotReady as refusal:
        messages.error(request, str(refusal))
    return redirect("letters_desk:letter", letter_id)


@permission_required("letters.send_letter")
@require_POST
def act(request: HttpRequest, letter_id: int, do: str) -> HttpResponse:
    """`ready`, `agree`, `call-back`, `pause` or `resume`."""
    found, me, now = _letter(letter_id), acting(request), timezone.now()
    try:
        if do == "ready":
            form = WhenForm(request.POST)
            if not form.is_valid():
                raise readying.NotReady(_("Give a day and a time, or leave it empty."))
            at = form.cleaned_data["at"] or now
            if at < now - timedelta(minutes=5):
                raise readying.NotReady(_("That moment is past."))
            found = readying.set_ready(found, at, me, now)
            said = (
                _("It waits for a second person.")
                if found.state == LetterState.WAITING
                else _("The letter is ready.")
            )
        elif do == "agree":
            readying.agree(found, me, now)
            said = _("The letter is ready.")
        elif do == "call-back":
            readying.call_back(found, me)
            said = _("It is a draft again.")
        elif do == "pause":
            readying.pause(found, me)
            said = _("No further mail goes out.")
        else:
            readying.resume(found, me)
            said = _("It goes on.")
        messages.success(request, said)
    except readying.NotReady as refusal:
        messages.error(request, str(refusal))
    return redirect("letters_desk:letter", letter_id)


@permission_required("letters.view_letter")
def owed(request: HttpRequest) -> HttpResponse:
    """Corrections that the next letters carry; one that is serious is sent at once from here."""
    if request.method == "POST":
        if not request.user.has_perm("letters.send_letter"):
            return redirect("letters_desk:owed")
        entry = get_object_or_404(LetterCorrection, pk=request.POST.get("entry") or 0)
        if corrections.send_at_once(entry, timezone.now(), acting(request)):
            messages.success(request, _("It goes to everybody who got the story."))
        return redirect("letters_desk:owed")
    page = desk_page(
        _("Corrections for letters"),
        icon="warning",
        trail=[(reverse("letters:index"), _("Letters"))],
        owed=corrections.waiting(),
        may_send=request.user.has_perm("letters.send_letter"),
    )
    return render(request, "letters/desk/owed.html", page)


@permission_required("letters.view_letter")
def providers(request: HttpRequest) -> HttpResponse:
    """How mail arrives, by who runs the mailboxes, in the last 30 days."""
    page = desk_page(
        _("How letters arrive"),
        icon="mail",
        trail=[(reverse("letters:index"), _("Letters"))],
        rows=results.by_provider(timezone.now() - timedelta(days=30)),
    )
    return render(request, "letters/desk/providers.html", page)


_WAITING = (LetterState.WAITING, LetterState.SCHEDULED)
_GOING = (LetterState.SENDING, LetterState.PAUSED)


def _letter(letter_id: int) -> Letter:
    found = Letter.objects.select_related("newsletter", "campaign", "ready_by", "agreed_by")
    return get_object_or_404(found, pk=letter_id)


def _web(found: Letter) -> str:
    return letter_path(found)
