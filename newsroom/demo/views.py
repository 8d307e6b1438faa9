"""The demo's mail, read in the browser: sign-in codes, receipts, notes; and a partner's page with
the campaign on it. Never in production."""

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaigns.progress import campaign_to_give_to
from newsroom.demo.mailbox import Mailbox, NoSuchMessage, text_of

PER_PAGE = 50
SHOWN_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
# A message may style itself and show its pictures; it runs nothing and sends nothing.
MESSAGE_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
@never_cache
def partner(request: HttpRequest) -> HttpResponse:
    """As the site of a partner who put the snippet of the desk on a page of theirs."""
    campaign = campaign_to_give_to()
    if campaign is None:
        raise Http404
    return render(request, "demo/partner.html", {"campaign": campaign})


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    """Every message caught, newest first; `?to=` keeps one person's."""
    to = request.GET.get("to", "").strip()
    pages = Paginator(_mailbox().newest(to=to), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "demo/mail_list.html", {"page": page, "to": to})


@require_safe
@never_cache
def mail_message(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One message: headers, text, and its HTML in a frame of its own."""
    message = _message(mail_id)
    context: Mapping[str, object] = {
        "mail": _mailbox().entry(mail_id),
        "headers": [(name, message[name]) for name in SHOWN_HEADERS if message[name]],
        "text": text_of(message, "plain"),
        "has_html": bool(text_of(message, "html")),
    }
    return render(request, "demo/mail_message.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML part alone, for the frame: whatever it holds, it can do nothing."""
    html = text_of(_message(mail_id), "html")
    if not html:
        raise Http404
    # Links leave the frame, where the site's own pages refuse to be shown.
    response = HttpResponse('<base target="_blank">' + html)
    response["Content-Security-Policy"] = MESSAGE_CSP
    return response


def _mailbox() -> Mailbox:
    return Mailbox(Path(settings.MAIL_CATCHER_DIR))


def _message(mail_id: str) -> EmailMessage:
    try:
        return _mailbox().message(mail_id)
    except NoSuchMessage as missing:
        raise Http404 from missing
