"""What a reader is promised of a story's page."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.articles import newsroom

pytestmark = pytest.mark.django_db

TORONTO = ZoneInfo("America/Toronto")


def test_a_story_is_read_at_its_address(client: Client) -> None:
    made = newsroom.story(newsroom.section(), "The kiln goes cold", slug="the-kiln")
    response = client.get(made.url)
    assert response.status_code == 200
    page = response.content.decode()
    assert "The kiln goes cold" in page
    assert newsroom.PARAGRAPH in page
