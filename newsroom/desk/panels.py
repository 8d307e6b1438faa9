"""What the desk's home page says first: the campaign today, what waits, whether all is well."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from articles.comments import WAITING
from articles.models import Comment
from articles.overdue import shown_overdue
from campaigns import analytics
from campaigns.progress import banner_campaign
from newsroom.desk.health import health

# Enough to know that it is many.
MOST_COUNTED = 100


class TodayPanel(Component):
    """One panel; each part only for who may see what it tells."""

    name = "today"
    order = 10
    template_name = "desk/home_panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        user, moment = self.request.user, timezone.now()
        context: dict[str, Any] = {}
        if user.has_perm("campaigns.view_analytics"):
            campaign = banner_campaign(moment)
            if campaign:
                figures = analytics.figures(campaign, moment)
                context |= {
                    "campaign": campaign,
                    "currency": campaign.currency,
                    "figures": figures,
                    "standing": figures.standing,
                    "plan": figures.plan,
                    "to_do": analytics.to_do(campaign),
                    "sees_donations": user.has_perm("campaigns.view_donation"),
                }
        if user.has_perm("articles.change_comment"):
            held = Comment.objects.filter(state__in=WAITING).order_by("created_at")
            context["held"] = len(held.values_list("pk")[: MOST_COUNTED + 1])
            context["most_counted"] = MOST_COUNTED
            context["comments_url"] = reverse("comments_desk:index")
        context["overdue"] = [
            (each, reason)
            for each, reason in shown_overdue(moment)
            if each.story.permissions_for_user(user).can_edit()
        ]
        if user.has_perm("campaigns.view_inboxevent"):
            context["health"] = health(moment)
        context["has_something"] = bool(
            {"campaign", "held", "health"} & set(context) or context["overdue"]
        )
        return context
