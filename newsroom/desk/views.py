"""Health for people and for machines, and the audit log."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_required

from newsroom.audit.models import AuditEntry
from newsroom.desk.forms import AuditFilter
from newsroom.desk.health import health, ready
from newsroom.desk.release import release
from newsroom.furniture import desk_page
from newsroom.paging import page_by_key
from newsroom.readers.models import Reader

MOST_NAMED = 50


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """`/healthz`: this process answers. Asks nothing else, so that a sick database kills no one."""
    return JsonResponse({"status": "alive", "release": release()})


@require_safe
@never_cache
def can_serve(request: HttpRequest) -> JsonResponse:
    """`/readyz`: 200 when database, Redis and tables are there, else 503 naming what is not."""
    parts = ready(timezone.now())
    is_ready = all(parts.values())
    body = {"status": "ready" if is_ready else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if is_ready else 503)


@never_cache
@permission_required("campaigns.view_inboxevent")
def health_page(request: HttpRequest) -> HttpResponse:
    moment = timezone.now()
    page = desk_page(
        _("Health"), icon="crosshairs", health=health(moment), release=release(), moment=moment
    )
    return render(request, "desk/health.html", page)


@permission_required("audit.view_auditentry")
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first; the filters on entries are answered by indexes."""
    form = AuditFilter(request.GET)
    entries = AuditEntry.objects.select_related("actor")
    if form.is_valid():
        asked = form.cleaned_data
        if asked["who"]:
            named = Reader.objects.filter(
                Q(email__istartswith=asked["who"]) | Q(public_name__istartswith=asked["who"])
            )
            ids = list(named.values_list("pk", flat=True)[:MOST_NAMED])
            entries = entries.filter(actor__in=ids)
        if asked["verb"]:
            entries = entries.filter(verb=asked["verb"])
        if asked["target"]:
            entries = entries.filter(target__startswith=asked["target"])
    page = page_by_key(entries, request.GET.dict())
    context = desk_page(_("Audit log"), icon="history", form=form, page=page, entries=page.rows)
    return render(request, "desk/audit_log.html", context)
