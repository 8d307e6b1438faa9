"""What campaigns offer to every page: the banner with its bar, and money as text."""

from typing import Any

from django import template

from campaigns.progress import banner_campaign, progress
from newsroom.money import Money

register = template.Library()


@register.inclusion_tag("components/campaign_banner.html")
def campaign_banner(article: int | None = None, via: str = "banner") -> dict[str, Any]:
    """The campaign under way, with a give link that carries the story it stands on."""
    campaign = banner_campaign()
    if campaign is None:
        return {"campaign": None}
    query = f"?from={article}&via={via}" if article else f"?via={via}"
    now = progress(campaign)
    return {
        "campaign": campaign,
        "progress": now,
        "shown": now.as_shown(),
        "give_url": campaign.give_url + query,
        # A holdout is of stories: elsewhere no load is counted that it could be weighed against.
        "drawn": article is not None,
    }


@register.filter
def money(value: Money) -> str:
    """As the page's language writes it, with cents only where there are any."""
    return value.show()


@register.filter
def in_currency(minor: int, currency: str) -> Money:
    """Minor units as money: `{{ milestone.amount|in_currency:campaign.currency }}`."""
    return Money(minor, currency)
