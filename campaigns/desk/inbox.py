"""The webhook inbox on the desk: what waits, what failed and why, and trying again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import inbox
from campaigns.models import InboxEvent
from newsroom.audit import log
from newsroom.furniture import acting, desk_page
from newsroom.paging import page_by_key

SHOWN = {
    "": InboxEvent.objects.all,
    "waiting": inbox.waiting_events,
    "failed": inbox.failed_events,
}
# What one press of "try all again" owes anew: no page waits for more.
MOST_AT_ONCE = 500


@permission_required("campaigns.view_inboxevent")
def index(request: HttpRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    events = SHOWN.get(show, SHOWN[""])().defer("payload")
    page = page_by_key(events, request.GET.dict())
    context = desk_page(
        _("Inbox"),
        icon="mail",
        page=page,
        events=page.rows,
        show=show if show in SHOWN else "",
        waiting=inbox.waiting_events().count(),
        failed=inbox.failed_events().count(),
        may_try=request.user.has_perm("campaigns.change_inboxevent"),
        most_looks=inbox.MAX_ATTEMPTS,
    )
    return render(request, "campaigns/desk/inbox.html", context)


@require_POST
@permission_required("campaigns.change_inboxevent")
def try_again(request: HttpRequest) -> HttpResponse:
    """Owe one event (`event`) anew, or all that failed."""
    asked = request.POST.get("event", "")
    unprocessed = InboxEvent.objects.filter(processed_at=None)
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        events = list(unprocessed.filter(pk=int(asked)).defer("payload"))
    elif asked == "failed":
        events = list(inbox.failed_events().defer("payload").order_by("pk")[:MOST_AT_ONCE])
    else:
        events = []
    count = inbox.try_again([event.pk for event in events])
    for event in events:
        log.record(
            acting(request),
            "tried again",
            event,
            _("Looked again at %(object)s") % {"object": event.object_id or event.stripe_id},
            attempts=event.attempts,
        )
    if count:
        words = ngettext(
            "%(count)d event will be looked at again within seconds.",
            "%(count)d events will be looked at again within seconds.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.warning(request, _("Nothing was waiting any more."))
    return redirect("campaigns_desk:inbox")
