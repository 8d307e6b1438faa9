"""A search engine learns the one whole address of each page, and may list the ways to give."""

import pytest
from django.conf import settings
from django.test import Client

from tests.articles import newsroom
from tests.campaigns_made import a_campaign


@pytest.mark.django_db
def test_a_page_says_its_whole_address_and_a_campaign_may_be_found(client: Client) -> None:
    section, campaign = newsroom.section(), a_campaign()
    for path in ("/", section.url, campaign.get_absolute_url(), campaign.give_url):
        page = client.get(path).content.decode()
        assert f'<link rel="canonical" href="{settings.BASE_URL}{path}">' in page, path
        assert "noindex" not in page, path
