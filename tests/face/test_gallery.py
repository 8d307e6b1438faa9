"""The gallery: for developers and visual tests, never for readers."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from newsroom.desk.gallery import gallery


@pytest.mark.django_db
def test_the_gallery_shows_every_kind_of_entry_and_every_state_of_a_comment(
    rf: RequestFactory,
) -> None:
    page = gallery(rf.get("/gallery/")).content.decode()
    for kind in ("correction", "clarification", "update", "retraction"):
        assert f"entry-{kind}" in page
    for state in ("held", "approved", "rejected"):
        assert f"state-{state}" in page
    assert "Enter the amount in digits" in page


def test_production_has_no_gallery(rf: RequestFactory, settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        gallery(rf.get("/gallery/"))
