"""The bar and button on partners' sites: small, framed there and nowhere else, without a trace."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.views.embed import MOST_BYTES, weight
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.money.test_milestones import charge, with_marks

pytestmark = pytest.mark.django_db


def test_the_frame_may_stand_on_any_site_and_no_other_page_may() -> None:
    campaign = a_campaign()
    frame = Client().get(f"/embed/{campaign.slug}/")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "script-src 'self'" in frame["Content-Security-Policy"]
    for path in (campaign.get_absolute_url(), campaign.give_url, "/"):
        page = Client().get(path)
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"


def test_it_sets_no_cookie_and_is_the_same_for_everybody() -> None:
    campaign = a_campaign()
    for path in (f"/embed/{campaign.slug}/", "/embed.js"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"].startswith("public")
    assert Client().get("/embed.js")["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_all_that_a_partners_page_loads_weighs_less_than_ten_kilobytes() -> None:
    campaign = with_marks(20_000, stretch_goal=200_000, stretch_words="A second photographer")
    charge(campaign, 120_000)
    page = Client().get(f"/embed/{campaign.slug}/").content
    linked = re.findall(rb'(?:src|href)="/static/([^"]+)"', page)
    assert len(linked) == 3
    files = [Path(settings.BASE_DIR, "static", name.decode()).read_bytes() for name in linked]
    figures = Client().get(f"/campaigns/{campaign.slug}/progress.json").content
    loaded = [page, Client().get("/embed.js").content, figures, *files]
    assert weight(*loaded) <= MOST_BYTES


def test_the_button_opens_our_give_page_and_says_where_the_gift_began() -> None:
    campaign = a_campaign()
    for asked, via in (
        ("", "embed"),
        ("?via=embed-riverdale-paper", "embed-riverdale-paper"),
        ("?via=banner", "embed"),
        ('?via=embed-"><script>', "embed"),
        (f"?via=embed-{'x' * 60}", "embed"),
    ):
        page = Client().get(f"/embed/{campaign.slug}/{asked}").content.decode()
        assert f'href="{settings.BASE_URL}{campaign.give_url}?via={via}"' in page
    assert Client().get("/embed/nowhere/").status_code == 404


def test_it_speaks_french_where_asked() -> None:
    page = Client().get(f"/fr/embed/{a_campaign().slug}/").content.decode()
    assert '<html lang="fr">' in page
    assert "/fr/give/" in page


def test_after_the_end_it_shows_the_result_and_where_gifts_go_now() -> None:
    fund = the_default_campaign()
    ended = timezone.now() - timedelta(days=1)
    begun = ended - timedelta(days=9)
    goes_on, closed = (
        a_campaign(starts_at=begun, ends_at=ended, after_end=after)
        for after in ("goes_on", "closed")
    )
    assert fund.give_url in Client().get(f"/embed/{goes_on.slug}/").content.decode()
    page = Client().get(f"/embed/{closed.slug}/").content.decode()
    assert "Ended" in page
    assert "/give/" not in page
