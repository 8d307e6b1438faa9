"""What is tried at the give form, hour by hour, and whether it is an attack."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from campaigns import tries
from campaigns.models import Campaign, GiveHour
from newsroom.furniture import desk_page
from newsroom.money import Money

DAYS = 7


@permission_required("campaigns.view_givehour")
def index(request: HttpRequest) -> HttpResponse:
    """The hours of the last week in which anything was tried, newest first."""
    hours = (
        GiveHour.objects.filter(hour__gte=timezone.now() - timedelta(days=DAYS))
        .values("hour")
        .annotate(**{what: Sum(what) for what in GiveHour.COUNTS})
        .order_by("-hour")
    )
    default = Campaign.objects.filter(is_default=True).first()
    currency = default.currency if default else "cad"
    context = desk_page(
        _("Card testing"),
        icon="lock",
        seen=tries.seen_by_all(),
        hours=list(hours),
        days=DAYS,
        least=Money(settings.ATTACK_MINIMUM, currency),
        declines_per_checkout=settings.DECLINES_PER_CHECKOUT,
        free=settings.GIVE_FREE_TRIES,
    )
    return render(request, "campaigns/desk/card_testing.html", context)
