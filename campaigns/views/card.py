"""From a letter to Stripe's page where the card of a recurring gift is changed, and back."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from kombu.exceptions import OperationalError

from campaigns import dunning, gateway, gateway_recurring
from campaigns.models import RecurringDonation
from campaigns.tasks import look_at_recurring
from newsroom.edge.headers import uncached

log = logging.getLogger(__name__)


@csrf_exempt  # it changes nothing here: who has the link is led to Stripe's page
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, signed: str) -> HttpResponse:
    """GET says what the button does (mail programs follow links by themselves); POST goes on."""
    recurring = dunning.of_card_link(signed)
    if recurring is None or not recurring.goes_on:
        return _page(request, recurring, "over" if recurring else "old", 410)
    if request.method != "POST":
        return _page(request, recurring, "ask")
    here = f"{settings.BASE_URL}{request.path}"
    try:
        address = gateway_recurring.card_page(
            recurring.customer, recurring.language, back=here, done=f"{here}done/"
        )
    except gateway.GatewayError as error:
        log.warning("recurring donation %s: no card page: %s", recurring.pk, error)
        return _page(request, recurring, "away", 503)
    response = HttpResponse(status=303)
    response["Location"] = address
    return uncached(response)


@require_safe
def card_done(request: HttpRequest, signed: str) -> HttpResponse:
    """Back from Stripe: what is owed is tried for with the new card, in the background."""
    recurring = dunning.of_card_link(signed)
    if recurring is None:
        return _page(request, None, "old", 410)
    look_soon(recurring)
    return _page(request, recurring, "done")


def look_soon(recurring: RecurringDonation) -> None:
    """Have it looked at; a broker that is away leaves it to the sweeper and Stripe's event."""
    try:
        look_at_recurring.delay(recurring.subscription)
    except OperationalError:
        log.warning("recurring donation %s: look not queued", recurring.pk)


def _page(
    request: HttpRequest, recurring: RecurringDonation | None, state: str, status: int = 200
) -> HttpResponse:
    context = {
        "recurring": recurring,
        "state": state,
        "manage_url": dunning.manage_url(recurring) if recurring else "",
    }
    return uncached(render(request, "campaigns/card.html", context, status=status))
