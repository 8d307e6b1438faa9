"""Which addresses a change of a campaign makes old. Gifts are none: the bar's own seconds are few
enough (`progress.json`, `edge/headers.py`)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models.signals import post_delete, post_save

from articles.purging import TURN_WINDOW, newest_stories, owe_once
from campaigns.models import Campaign, CampaignChange, Match
from newsroom.edge import purges
from newsroom.edge.language import language_prefix


def join() -> None:
    """Called once, when the app is ready."""
    post_save.connect(_campaign_saved, sender=Campaign, dispatch_uid="purge_campaign")
    post_save.connect(_part_saved, sender=CampaignChange, dispatch_uid="purge_campaign_change")
    post_save.connect(_part_saved, sender=Match, dispatch_uid="purge_match")
    post_delete.connect(_part_saved, sender=Match, dispatch_uid="purge_match_gone")


def campaign_paths(campaign: Campaign) -> Iterator[str]:
    """The campaign's page, its give page and its figures; with a banner, the newest stories too."""
    for code, _name in settings.LANGUAGES:
        prefix = language_prefix(code)
        yield from (f"{prefix}/campaigns/{campaign.slug}/", f"{prefix}/give/{campaign.slug}/")
        yield f"{prefix}/give/"
        yield f"{prefix}/embed/{campaign.slug}/"
    yield f"/campaigns/{campaign.slug}/progress.json"
    if campaign.on_articles:
        yield from newest_stories()


def owe_turns(now: datetime) -> None:
    """Campaigns and matches that began or ended of themselves before `now`."""
    turns = {}
    for field in ("starts_at", "ends_at"):
        passed = {f"{field}__gt": now - TURN_WINDOW, f"{field}__lte": now}
        for campaign in Campaign.objects.filter(**passed):
            moment = getattr(campaign, field)
            turns[f"campaign:{campaign.pk}:{field}:{moment.isoformat()}"] = campaign
        for match in Match.objects.filter(**passed).select_related("campaign"):
            moment = getattr(match, field)
            turns[f"match:{match.pk}:{field}:{moment.isoformat()}"] = match.campaign
    owe_once({key: list(campaign_paths(campaign)) for key, campaign in turns.items()})


def _campaign_saved(instance: Campaign, **_signal: Any) -> None:
    paths = [*campaign_paths(instance)]
    if not instance.on_articles:
        # The banner may have been its own until now.
        paths += newest_stories()
    purges.owe(f"campaign:{instance.pk}:{uuid4()}", paths)


def _part_saved(instance: Any, **_signal: Any) -> None:
    name = type(instance).__name__.lower()
    purges.owe(f"{name}:{instance.pk}:{uuid4()}", campaign_paths(instance.campaign))
