"""Before a Checkout opens: who is let through, who works first, who gets a link by mail."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from campaigns import tries
from campaigns.defence import doublings, refuses_small
from campaigns.models import Campaign
from campaigns.views.campaign import campaign_at
from newsroom.edge.headers import uncached
from newsroom.edge.origin import Came, came
from newsroom.edge.proof import challenge, first_use, proved
from newsroom.edge.rates import address_of, allowed
from newsroom.mail import outbox

PURPOSE = "give"
# Not part of the gift: how its sender shows to be a person.
PROOFS = ("altcha", "by_mail", "csrfmiddlewaretoken", "email")
LINK_IS_GOOD_FOR = timedelta(hours=2)
MAILS_TO_A_MAILBOX = "3/hour"
MAILS_FROM_AN_ADDRESS = "20/hour"
LONGEST_FIELD = 2000
MOST_FIELDS = 60


class Held(Enum):
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Work:
    """Work to be done first: about half of `most` hashes."""

    most: int


def admission(request: HttpRequest, campaign: Campaign, amount: int) -> Held | Work | None:
    """Count this form; None when its Checkout may open now.

    `amount` in minor units of the campaign's currency.
    """
    address = address_of(request)
    seen = tries.seen_now(address)
    tries.note(campaign.pk, "tries")
    if refuses_small(seen, amount, settings.ATTACK_MINIMUM):
        tries.note(campaign.pk, "small")
        return Held.SMALL
    times = doublings(seen, settings.GIVE_FREE_TRIES)
    if times is None or not settings.GIVE_WORK:
        return None
    if proved(request.POST.get("altcha", ""), PURPOSE, address) or _came_by_mail(request):
        tries.note(campaign.pk, "proved")
        return None
    tries.note(campaign.pk, "asked")
    return Work(settings.GIVE_WORK * 2**times)


def passed_on(sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed, for a page that asks once more: nothing is typed twice."""
    kept = [(name, value) for name, value in sent.items() if name not in PROOFS]
    return [(name[:80], value[:LONGEST_FIELD]) for name, value in kept[:MOST_FIELDS]]


def ask_for_work(
    request: HttpRequest, campaign: Campaign, work: Work, mailbox: "MailboxForm | None" = None
) -> HttpResponse:
    """429 with a page that does the work by itself and goes on; nothing typed is lost."""
    context = {
        "campaign": campaign,
        "fields": passed_on(request.POST),
        "action": f"{campaign.give_url}start/",
        "mail_action": f"{campaign.give_url}by-mail/",
        "challenge": challenge(PURPOSE, address_of(request), work.most),
        "mailbox": mailbox or MailboxForm(),
    }
    return uncached(render(request, "campaigns/give_work.html", context, status=429))


class MailboxForm(forms.Form):
    email = forms.EmailField(max_length=320)


@csrf_exempt
@require_POST
def by_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """A link by mail instead of work: for who has no script, or shares an attacker's address."""
    campaign = campaign_at(slug)
    if came(request) is not Came.FROM_US:
        return uncached(
            render(request, "campaigns/give_refused.html", {"why": "foreign"}, status=403)
        )
    mailbox = MailboxForm(request.POST)
    if not mailbox.is_valid():
        return ask_for_work(request, campaign, Work(settings.GIVE_WORK), mailbox)
    email = mailbox.cleaned_data["email"]
    if not (
        allowed("give-link", MAILS_TO_A_MAILBOX, tries.mark(email))
        and allowed("give-link", MAILS_FROM_AN_ADDRESS, tries.mark(address_of(request)))
    ):
        return uncached(
            render(request, "campaigns/give_refused.html", {"why": "mails"}, status=429)
        )
    token = secrets.token_urlsafe(24)
    try:
        # Not in the link itself: addresses of links stand in logs.
        cache.set(
            _key(token), [slug, passed_on(request.POST)], int(LINK_IS_GOOD_FOR.total_seconds())
        )
    except RedisError:
        return ask_for_work(request, campaign, Work(settings.GIVE_WORK), mailbox)
    path = reverse("give_by_mail_link", args=[slug, token])
    outbox.owe(
        "give link",
        f"give-link:{tries.mark(token)}",
        email,
        "give_link",
        {
            "campaign_title": campaign.title,
            "link": settings.BASE_URL + path,
            "hours": LINK_IS_GOOD_FOR.seconds // 3600,
        },
        get_language() or "en",
    )
    context = {"campaign": campaign, "email": email}
    return uncached(render(request, "campaigns/give_link_sent.html", context))


@require_safe
def from_mail(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link's page: what was typed before, and the button that goes on. Scanners may open it."""
    campaign = campaign_at(slug)
    fields = _typed(token, slug)
    if fields is None:
        return uncached(render(request, "campaigns/give_refused.html", {"why": "old"}, status=410))
    context = {
        "campaign": campaign,
        "fields": [*fields, ("by_mail", token)],
        "action": f"{campaign.give_url}start/",
    }
    return uncached(render(request, "campaigns/give_from_mail.html", context))


def _came_by_mail(request: HttpRequest) -> bool:
    token = request.POST.get("by_mail", "")
    if not token or _typed(token) is None:
        return False
    return first_use(f"give-link:{token}", LINK_IS_GOOD_FOR)


def _typed(token: str, slug: str | None = None) -> list[Any] | None:
    try:
        of, fields = cache.get(_key(token)) or ("", None)
    except RedisError:
        return None
    return fields if slug in (None, of) else None


def _key(token: str) -> str:
    return f"give-link-of:{tries.mark(token)}"
