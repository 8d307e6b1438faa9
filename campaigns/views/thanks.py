"""Back from Checkout: the donation is seen to arrive."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from articles.removals import headline_of
from campaigns import steps
from campaigns.matching import added_to
from campaigns.models import Donation, DonationState, Tribute
from campaigns.progress import Progress, progress, with_total
from campaigns.receipts import reference
from campaigns.tasks import look_at_donation
from newsroom.edge.headers import uncached

log = logging.getLogger(__name__)

_WAITING = (DonationState.STARTED, DonationState.PROCESSING, DonationState.FAILED)


def _donation(token: str) -> Donation:
    return get_object_or_404(
        Donation.objects.select_related("campaign", "article__current_version"),
        token=token,
    )


def _progress(donation: Donation) -> Progress:
    return progress(with_total().get(pk=donation.campaign_id))


def _arrived(donation: Donation) -> bool:
    """In the books, not only paid: the bar has moved."""
    return donation.net > 0


@require_safe
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, in the background, that the payment be looked at: the webhook may be late or lost."""
    donation = _donation(token)
    if not _arrived(donation) and donation.state in _WAITING:
        Donation.objects.filter(pk=donation.pk, next_look_at__gt=timezone.now()).update(
            next_look_at=timezone.now()
        )
        try:
            look_at_donation.delay(donation.pk)
        except OperationalError:
            log.warning("donation %s: look not queued, left to the sweeper", donation.pk)
    steps.note_return(donation, request.headers.get("User-Agent", ""))
    version = donation.article.current_version if donation.article else None
    return uncached(
        render(
            request,
            "campaigns/thanks.html",
            {
                "donation": donation,
                "campaign": donation.campaign,
                "progress": _progress(donation),
                "matched": added_to(donation),
                "tribute": Tribute.objects.filter(donation=donation).first(),
                "arrived": _arrived(donation),
                "state": donation.state,
                "state_url": f"/give/thanks/{donation.token}/state.json",
                "reference": reference(donation),
                "story": (
                    {"headline": headline_of(donation.article), "url": donation.article.url}
                    if version and donation.article
                    else None
                ),
            },
        )
    )


@require_safe
def thanks_state(request: HttpRequest, token: str) -> HttpResponse:
    """`{"arrived": bool, "state": str, "progress": {…}}` for the thanks page's script."""
    donation = _donation(token)
    return uncached(
        JsonResponse(
            {
                "arrived": _arrived(donation),
                "state": donation.state,
                "progress": _progress(donation).as_json(),
            }
        )
    )
