"""Mail providers' webhooks: Anymail's own views, open only where a secret guards them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """`/mail/events/<provider>/`: 404 without `ANYMAIL_WEBHOOK_SECRET`, 400 for a forged one."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        found = resolve(f"/{provider}/tracking/", urlconf="newsroom.letters.views.providers")
    except Resolver404:
        raise Http404 from None
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer
