"""Monthly and yearly giving on the desk: the waterfall, who stays, what is expected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from campaigns import monthly, monthly_charts
from campaigns.models import MoveKind
from newsroom.furniture import desk_page


@permission_required("campaigns.view_analytics")
def index(request: HttpRequest) -> HttpResponse:
    """One currency at a time: `?currency=usd`, else the one in which most is going on."""
    known = monthly.currencies()
    asked = request.GET.get("currency", "")
    currency = asked if asked in known else next(iter(known), "")
    figures = monthly.figures(currency, timezone.now()) if currency else None
    trail = []
    if request.user.has_perm("campaigns.view_recurringdonation"):
        trail = [(reverse("campaigns_desk:recurring"), _("Recurring donations"))]
    page = desk_page(
        _("Monthly giving"),
        icon="history",
        trail=trail,
        figures=figures,
        currency=currency,
        currencies=known,
        charts=monthly_charts.charts_of(figures) if figures else None,
        kinds=[MoveKind(kind) for kind in (*monthly.UP, *monthly.DOWN)],
    )
    return render(request, "campaigns/desk/monthly.html", page)
