"""From a letter to Stripe's page where a donor tells their bank that a recurring gift is theirs."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import dunning, gateway, gateway_recurring
from campaigns.models import Instalment, InstalmentState
from campaigns.views.card import look_soon
from newsroom.edge.headers import uncached

log = logging.getLogger(__name__)


@csrf_exempt  # it changes nothing here: who has the link is led to Stripe's page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """GET says what the button does, or what became of the gift; POST goes on to Stripe."""
    instalment = dunning.of_confirm_link(signed)
    if instalment is None:
        return _page(request, None, "old", 410)
    if instalment.state == InstalmentState.PAID:
        return _page(request, instalment, "paid")
    if instalment.state != InstalmentState.OPEN or not instalment.recurring.goes_on:
        return _page(request, instalment, "over", 410)
    if request.method != "POST":
        return _page(request, instalment, "ask")
    try:
        address = gateway_recurring.confirm_page(instalment.invoice)
    except gateway.GatewayError as error:
        log.warning("instalment %s: no page to confirm it: %s", instalment.pk, error)
        return _page(request, instalment, "away", 503)
    if not address:
        # Stripe knows more than we do: paid or over since.
        look_soon(instalment.recurring)
        return _page(request, instalment, "known")
    response = HttpResponse(status=303)
    response["Location"] = address
    return uncached(response)


def _page(
    request: HttpRequest, instalment: Instalment | None, state: str, status: int = 200
) -> HttpResponse:
    recurring = instalment.recurring if instalment else None
    context = {
        "recurring": recurring,
        "money": instalment.money if instalment else None,
        "state": state,
        "manage_url": dunning.manage_url(recurring) if recurring else "",
    }
    return uncached(render(request, "campaigns/confirm.html", context, status=status))
