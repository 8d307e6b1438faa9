"""The link in every mail to staff that ends mail of its kind, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import staff_mail
from newsroom.edge.headers import uncached


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """GET shows a button, since mail programs open links by themselves; POST does it (RFC 8058).
    A second click says the same."""
    if kind not in staff_mail.KINDS:
        raise Http404
    stopped = request.method == "POST"
    if stopped:
        staff_mail.stop(token, kind)
    response = render(
        request, "campaigns/staff_mail_stop.html", {"stopped": stopped, "stop_url": request.path}
    )
    # The token in the address is a secret of the mailbox: no other site is told of it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)
