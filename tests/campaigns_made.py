"""Campaigns for tests: each its own, so that tests on one stack do not meet."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.models import Campaign


def a_campaign(**fields: Any) -> Campaign:
    """A campaign of $1,000 under way, with an address of its own."""
    slug = f"campaign-{uuid.uuid4().hex[:10]}"
    now = datetime.now(UTC)
    return Campaign.objects.create(
        **{
            "title": "Keep the lights on",
            "slug": slug,
            "goal": 100_000,
            "starts_at": now - timedelta(days=10),
            "ends_at": now + timedelta(days=20),
            **fields,
        }
    )


def the_default_campaign() -> Campaign:
    """The one without deadline, made when there is none yet."""
    return Campaign.objects.filter(is_default=True).first() or a_campaign(
        title="General fund", ends_at=None, is_default=True
    )
