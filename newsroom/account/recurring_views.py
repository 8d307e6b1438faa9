"""A donor's own page of a recurring gift: see it, change it, pause it, end it; receipts and the
statement of a year."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from campaigns import dunning, gateway, gateway_recurring, receipts, recurring_changes
from campaigns.models import RecurringDonation, RecurringState
from campaigns.views.card import look_soon
from newsroom.account.giving import donations_of, recurring_of, statement, years_of
from newsroom.account.recurring_forms import FORMS, ChangeForm
from newsroom.readers.models import Reader

INSTALMENTS_SHOWN = 60


def _reader(request: HttpRequest) -> Reader:
    assert request.user.is_authenticated
    return Reader.objects.get(pk=request.user.pk)


def _own(request: HttpRequest, token: str) -> RecurringDonation:
    """The reader's own; for anybody else there is none."""
    return get_object_or_404(recurring_of(_reader(request)), token=token)


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def manage(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, _own(request, token))


@require_POST
@cache_control(private=True, no_store=True)
@login_required
def change(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """Make the change that `what` names (a key of FORMS), or say beside the field why not."""
    recurring = _own(request, token)
    if what not in FORMS:
        raise Http404
    form = FORMS[what](recurring, timezone.localdate(), request.POST)
    wish = form.read()
    if wish is None:
        return _page(request, recurring, form, status=422)
    try:
        recurring_changes.ask(recurring, wish, key=form.cleaned_data["key"], by=_reader(request))
    except recurring_changes.NotYet as later:
        messages.warning(request, str(later))
    except recurring_changes.ChangeRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, recurring, form, status=422)
    else:
        messages.success(request, _said(what))
    return redirect("recurring", token=token)


def _said(what: str) -> str:
    return {
        "amount": _("The new amount is taken from the next gift on. We confirm it by e-mail."),
        "day": _("The day is moved. We confirm it by e-mail."),
        "pause": _("Your gift is paused. We confirm it by e-mail."),
        "resume": _("Your gift goes on. We confirm it by e-mail."),
        "cancel": _("Your gift has ended: nothing more is taken. We confirm it by e-mail."),
        "keep": _("Your gift goes on as before. We confirm it by e-mail."),
    }[what]


@require_POST
@cache_control(private=True, no_store=True)
@login_required
def card(request: HttpRequest, token: str) -> HttpResponse:
    """On to Stripe's page where the card is changed."""
    recurring = _own(request, token)
    back = reverse("recurring", args=[token])
    try:
        address = gateway_recurring.card_page(
            recurring.customer,
            (get_language() or "en")[:2],
            back=settings.BASE_URL + back,
            done=settings.BASE_URL + reverse("recurring_card_done", args=[token]),
        )
    except gateway.GatewayError:
        messages.error(request, _("Stripe’s page could not be opened just now. Please try again."))
        return redirect(back)
    response = HttpResponse(status=303)
    response["Location"] = address
    return response


@require_GET
@cache_control(private=True, no_store=True)
@login_required
def card_done(request: HttpRequest, token: str) -> HttpResponse:
    recurring = _own(request, token)
    look_soon(recurring)
    messages.success(
        request,
        _("Your card was changed. If a gift did not go through, it is tried again now."),
    )
    return redirect("recurring", token=token)


@require_POST
@cache_control(private=True, no_store=True)
@login_required
def receipt_again(request: HttpRequest, token: str) -> HttpResponse:
    donation = get_object_or_404(donations_of(_reader(request)), token=token)
    if receipts.send_again(donation, timezone.localdate()):
        messages.success(request, _("The receipt is on its way to you again."))
    else:
        messages.warning(request, _("There is no receipt yet: the money has not come."))
    return redirect(f"{reverse('reader_account')}#gifts")


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def year_statement(request: HttpRequest, year: int) -> HttpResponse:
    """A page made to be printed, or saved as PDF by the browser."""
    reader = _reader(request)
    if year not in years_of(reader):
        raise Http404
    context = {"statement": statement(reader, year), "made_at": timezone.now()}
    return render(request, "account/statement.html", context)


def _page(
    request: HttpRequest,
    recurring: RecurringDonation,
    wrong: ChangeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    shown = {what: form(recurring, today) for what, form in FORMS.items()}
    if wrong is not None:
        shown[wrong.what] = wrong
    instalments = list(recurring.instalments.select_related("donation")[:INSTALMENTS_SHOWN])
    unpaid = recurring.state == RecurringState.UNPAID
    asked = next((each for each in instalments if unpaid and each.to_confirm), None)
    return render(
        request,
        "account/recurring.html",
        {
            "confirm_url": dunning.confirm_url(asked) if asked else "",
            "recurring": recurring,
            "forms": shown,
            "wrong": wrong.what if wrong else "",
            "instalments": instalments,
        },
        status=status,
    )
