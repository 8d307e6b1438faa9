"""One copy of a page serves every browser."""

import pytest
from django.test import Client

from tests.campaigns_made import a_campaign


@pytest.mark.django_db
def test_a_page_is_the_same_bytes_whatever_language_a_browser_prefers() -> None:
    campaign = a_campaign()
    for path in ("/", "/corrections/", campaign.give_url, f"{campaign.get_absolute_url()}"):
        english, french = (
            Client().get(path, headers={"Accept-Language": wished}) for wished in ("en-CA", "fr-CA")
        )
        assert english.content == french.content, path
        assert english["Content-Language"] == "en"
        assert "Vary" not in english or "Accept-Language" not in english["Vary"]


@pytest.mark.django_db
def test_a_french_address_speaks_french_whatever_a_browser_prefers() -> None:
    campaign = a_campaign()
    page = Client().get(f"/fr{campaign.give_url}", headers={"Accept-Language": "en-CA"})
    assert page["Content-Language"] == "fr"
