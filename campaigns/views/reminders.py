"""Remind me later: the form at `/give/<slug>/remind/`, and the two pages after it.

The give form's own button may send its e-mail and day here, with the amount that was chosen.
"""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.views.asked_again import takes_forms
from campaigns import reminders
from campaigns.models import Campaign, Reminder
from campaigns.views.campaign import campaign_at
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed

FRESH_SECONDS = 60
RATE = "6/10 minutes"
# However many visitors ask: so many reminders are set for one mailbox.
RATE_OF_A_MAILBOX = "4/day"
FIELDS = ("remind_email", "remind_day", "amount", "own_amount")


@takes_forms(FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the form alone. POST: 303 to the page that says when; 422 beside the field."""
    campaign = campaign_at(slug)
    if not campaign.is_open(timezone.now()):
        response = HttpResponse(status=303)
        response["Location"] = reverse("give_page", args=[slug])
        return uncached(response)
    if request.method != "POST":
        return public(request, _form(request, campaign), FRESH_SECONDS)
    email = request.POST.get("remind_email", "").strip().lower()
    if not (
        allowed("remind", RATE, address_of(request))
        and allowed("remind a mailbox", RATE_OF_A_MAILBOX, reminders.mailbox_of(email))
    ):
        error = {"often": _("That was often in a short time. Please try again later.")}
        return uncached(_form(request, campaign, error, 429))
    try:
        reminder = reminders.set_reminder(
            campaign,
            email,
            _day(request.POST.get("remind_day", "")),
            timezone.now(),
            amount=_minor(request),
            language=get_language() or "en",
        )
    except reminders.ReminderRefused as refusal:
        return uncached(_form(request, campaign, {refusal.field: str(refusal)}, 422))
    response = HttpResponse(status=303)
    response["Location"] = reverse("reminder_set", args=[reminder.token])
    return uncached(response)


@require_http_methods(["GET", "HEAD"])
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """When we shall ask, and the button that takes it back."""
    found = Reminder.objects.select_related("campaign").filter(token=token).first()
    return _answer(request, "set" if found and found.email else "gone", token, found)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """From the page: takes the wish back. From the mail: no more such mails to this address.
    GET shows a button, POST does it (also a mail program's one click, RFC 8058); a second click
    says the same."""
    found = Reminder.objects.select_related("campaign").filter(token=token).first()
    if request.method != "POST":
        return _answer(request, "forget" if found else "gone", token, found)
    reminders.forget(token)
    return _answer(request, "stopped" if found and not found.email else "gone", token, None)


def _form(
    request: HttpRequest,
    campaign: Campaign,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "errors": errors or {},
        "email": request.POST.get("remind_email", ""),
        "day": request.POST.get("remind_day", ""),
        "amount": _minor(request) or "",
        "remind_days": reminders.choices(campaign, timezone.now()),
        "remind_url": request.path,
    }
    return render(request, "campaigns/remind.html", context, status=status)


def _answer(request: HttpRequest, step: str, token: str, reminder: Reminder | None) -> HttpResponse:
    context = {
        "step": step,
        "reminder": reminder,
        "campaign": reminder.campaign if reminder else None,
        "forget_url": reverse("reminder_forget", args=[token]),
    }
    response = render(request, "campaigns/reminder.html", context)
    # The token in the address is a secret of the mailbox: no other site is told of it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _minor(request: HttpRequest) -> int | None:
    """The preset that was chosen, where no other amount was typed beside it."""
    text = request.POST.get("amount", "")
    typed = request.POST.get("own_amount", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 and not typed else None
