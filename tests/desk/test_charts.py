"""Charts are drawn beforehand, again when their figures moved, and never block the page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from campaigns import analytics, charts
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)


def test_charts_are_drawn_again_only_when_their_figures_moved() -> None:
    campaign = a_campaign(starts_at=NOW - timedelta(days=9), ends_at=NOW + timedelta(days=9))
    a_gift(campaign, 2500, NOW - timedelta(days=1))
    assert charts.draw_all(NOW) == 1
    assert charts.draw_all(NOW + timedelta(minutes=1)) == 0
    first = charts.charts_of(campaign, NOW + timedelta(minutes=1))
    assert first is not None
    assert first.drawn_at == NOW
    a_gift(campaign, 5000, NOW)
    assert charts.draw_all(NOW + timedelta(minutes=2)) == 1
    again = charts.charts_of(campaign, NOW + timedelta(minutes=2))
    assert again is not None
    assert again.svg != first.svg
    assert charts.draw_all(NOW + timedelta(days=1)) == 1, "another day, another point"


def test_a_chart_the_cache_has_lost_is_drawn_for_whoever_asks() -> None:
    campaign = a_campaign()
    charts.draw_all(NOW)
    cache.clear()
    drawn = charts.charts_of(campaign, NOW)
    assert drawn is not None
    assert set(drawn.svg) == {"line", "days"}
    assert all(svg.startswith("<svg") for widths in drawn.svg.values() for svg in widths.values())


def test_while_another_draws_the_page_shows_its_tables(sign_in: SignIn) -> None:
    campaign = a_campaign()
    a_gift(campaign, 2500, datetime.now(UTC))
    cache.add(f"charts:{campaign.pk}:lock", 1, 30)
    page = sign_in("fundraiser").get(f"/desk/campaigns/{campaign.pk}/analytics/").content.decode()
    assert page.count("The chart will be drawn within a minute.") == 2
    assert "$25.00" in page


def test_a_chart_carries_no_script_no_link_and_no_words_of_its_own() -> None:
    campaign = a_campaign(title="<script>alert(1)</script>")
    a_gift(campaign, 2500, datetime.now(UTC))
    drawn = charts.charts_of(campaign, datetime.now(UTC))
    assert drawn is not None
    for svg in (svg for widths in drawn.svg.values() for svg in widths.values()):
        assert not re.search(r"<script|<a |href=|style=|on[a-z]+=|url\(", svg)


def test_a_campaign_of_years_draws_its_last_days_and_one_without_end_draws_too() -> None:
    long = a_campaign(starts_at=NOW - timedelta(days=2000), ends_at=NOW + timedelta(days=2000))
    fund = a_campaign(starts_at=NOW - timedelta(days=900), ends_at=None, is_default=True)
    a_gift(long, 2500, NOW - timedelta(days=1500))
    a_gift(fund, 2500, NOW)
    for campaign in (long, fund):
        figures = analytics.figures(campaign, NOW)
        assert len(figures.line) == analytics.DAYS_DRAWN
        assert figures.line[-1].raised == 2500
        assert charts.draw(campaign, NOW) is not None
