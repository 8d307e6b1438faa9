"""Stripe's webhook: one row, one answer."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import inbox
from campaigns.nudging import nudger
from newsroom.problem import problem


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 once stored (also for one we had); 400 or 413 as problem+json, and nothing stored."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return problem(400, "Content-Length is not a number.")
    if length > inbox.MAX_BODY_BYTES:
        return problem(413, "The event is larger than any Stripe sends.")
    try:
        accepted = inbox.accept_event(request.body, request.headers.get("Stripe-Signature", ""))
    except inbox.Refused as refusal:
        return problem(refusal.status, str(refusal))
    if accepted.new and not accepted.because:
        nudger.ask()
    return JsonResponse({"received": True, "new": accepted.new, "note": accepted.because})
