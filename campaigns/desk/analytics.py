"""A campaign's figures: the page and its tables as CSV."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets.button import HeaderButton

from campaigns import analytics, calls, charts, forecasting, reminders, today
from campaigns.desk.tables import MAY, csv_of
from campaigns.models import Campaign
from newsroom.furniture import desk_page

STORIES_SHOWN = 20


@permission_required("campaigns.view_analytics")
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Where the campaign stands, and what that means for today."""
    found = get_object_or_404(Campaign, pk=campaign_id)
    moment = timezone.now()
    figures = analytics.figures(found, moment)
    # Every story that brought a gift is among those of the whole campaign.
    named = {story.article_id: story.headline for story in figures.stories}
    week = analytics.by_story(found, since=figures.week_ago, named=named)
    drawn = charts.charts_of(found, moment)
    gifts = list(analytics.last_gifts(found))
    page = desk_page(
        _("%(campaign)s: figures") % {"campaign": found.title},
        icon="view",
        trail=[(reverse("campaigns_desk:campaigns"), _("Campaigns"))],
        buttons=_buttons(request, found),
        campaign=found,
        currency=found.currency,
        figures=figures,
        standing=figures.standing,
        plan=figures.plan,
        story_of_the_week=next((s for s in week if s.article_id and s.net > 0), None),
        stories=figures.stories[:STORIES_SHOWN],
        stories_left=max(0, len(figures.stories) - STORIES_SHOWN),
        most=max([s.net for s in figures.stories] or [0]),
        to_do=analytics.to_do(found),
        letter=today.last_letter(found, figures.standing),
        charts=drawn,
        # As on the chart.
        notes=drawn.notes if drawn else (),
        reminders=reminders.counts(found),
        calls=calls.counts(found),
        # Made with the charts.
        made=forecasting.kept(found),
        # After the charts, which count the sizes when nobody has yet.
        sizes=analytics.gift_sizes(found),
        last_gifts=[(entry, named.get(entry.article_id, "")) for entry in gifts],
        sees_donors=request.user.has_perm("campaigns.view_donor"),
        sees_donations=request.user.has_perm("campaigns.view_donation"),
    )
    return render(request, "campaigns/desk/analytics.html", page)


@permission_required(MAY)
def days_csv(request: HttpRequest, campaign_id: int) -> StreamingHttpResponse:
    """Every day on which money moved; amounts in major units."""
    return csv_of("days", {"campaign": campaign_id})


@permission_required(MAY)
def stories_csv(request: HttpRequest, campaign_id: int) -> StreamingHttpResponse:
    """Every story from which gifts were begun; amounts in major units."""
    return csv_of("stories", {"campaign": campaign_id})


def _buttons(request: HttpRequest, found: Campaign) -> list[HeaderButton]:
    if not request.user.has_perm("campaigns.change_campaign"):
        return []
    url = reverse("campaigns_desk:edit", args=[found.pk])
    noting = reverse("campaigns_desk:day_notes", args=[found.pk])
    return [
        HeaderButton(_("Change"), url, icon_name="edit"),
        HeaderButton(_("Note a day"), noting, icon_name="calendar-alt"),
    ]
