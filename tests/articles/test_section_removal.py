"""A section with public stories goes from the site: they move first, or go along on record."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from articles.going_public import Refused
from articles.models import Article, Change, Removal, RemovalRequest, Section, Version
from articles.section_removal import move_stories
from articles.verifying import verify_record
from newsroom import roles
from newsroom.readers.models import Reader
from tests.articles import newsroom

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ALONG = {"do": "along", "ground": "other", "reason": "We no longer report on energy."}


@pytest.fixture
def water(energy: Section) -> Section:
    return newsroom.section("Water", "water")


@pytest.fixture
def stories(energy: Section) -> list[Article]:
    """One of today, one of last month, a draft."""
    old = timezone.now() - timedelta(days=30)
    made = [newsroom.story(energy, "Fresh"), newsroom.story(energy, "Old", moment=old)]
    return [*made, newsroom.draft(energy, "Not out yet")]


def place(section: Section) -> str:
    return f"/desk/sections/{section.pk}/remove/"


def is_live(section: Section) -> bool:
    return Section.objects.get(pk=section.pk).live


@pytest.mark.parametrize("act", ["unpublish", "delete"])
def test_the_desk_asks_what_becomes_of_the_stories(
    energy: Section, stories: list[Article], desk: Client, act: str
) -> None:
    answer = desk.post(f"/desk/pages/{energy.pk}/{act}/", follow=True)
    assert answer.redirect_chain[-1][0] == place(energy)
    page = answer.content.decode()
    assert "Readers have 2 stories in this section." in page
    assert "Move its stories to another section first" in page
    assert "Take its stories along" in page
    assert is_live(energy)


def test_stories_move_to_another_section_each_on_its_record_and_the_section_goes(
    energy: Section, water: Section, stories: list[Article], desk: Client
) -> None:
    urls = [story.url for story in stories[:2]]
    desk.post(place(energy), {"do": "move", "to": str(water.pk)})
    assert not is_live(energy)
    assert Client().get("/energy/").status_code == 404
    for url, story in zip(urls, stories, strict=False):
        assert Client().get(url).status_code == 200
        last = Version.objects.filter(article=story).latest("number")
        assert (last.change, last.content["section"]["title"]) == (Change.LAYOUT, "Water")
    assert Article.objects.child_of(Section.objects.get(pk=water.pk)).count() == 3
    assert list(verify_record()) == []
    desk.post(f"/desk/pages/{energy.pk}/delete/")
    assert not Section.objects.filter(pk=energy.pk).exists()


def test_stories_go_along_each_with_its_row_and_older_ones_wait_for_a_second_person(
    energy: Section, stories: list[Article], desk: Client, editor: Reader
) -> None:
    fresh, old = (story.url for story in stories[:2])
    refused = desk.post(place(energy), ALONG | {"reason": ""})
    assert refused.status_code == 422
    assert Client().get(fresh).status_code == 200
    desk.post(place(energy), ALONG)
    assert Client().get(fresh).status_code == 410
    assert ALONG["reason"] in Client().get(fresh).content.decode()
    assert Client().get(old).status_code == 200
    assert is_live(energy)
    desk.post(place(energy), ALONG)
    assert RemovalRequest.objects.count() == 1
    assert desk.post(place(energy), {"do": "agree"}).status_code == 422

    second = newsroom.editor("Second Person")
    desk.force_login(second, backend=BACKEND)
    assert "Agree to all of them" in desk.get(place(energy)).content.decode()
    desk.post(place(energy), {"do": "agree"})
    assert Client().get(old).status_code == 410
    assert not is_live(energy)
    assert Removal.objects.get(article=stories[1]).agreed_by == second
    assert list(verify_record()) == []


def test_nothing_moves_when_one_story_cannot(
    energy: Section, water: Section, stories: list[Article], editor: Reader
) -> None:
    newsroom.story(water, "Another", slug=stories[1].slug)
    with pytest.raises(Refused, match="same last part"):
        move_stories(energy, water, editor)
    assert stories[0].get_parent().pk == energy.pk
    assert is_live(energy)
    with pytest.raises(Refused, match="another section"):
        move_stories(energy, energy, editor)


@pytest.mark.parametrize("to", ["", "x", "0", "999999", "9" * 30])
def test_a_section_that_is_none_is_refused_with_a_sentence(
    energy: Section, stories: list[Article], desk: Client, to: str
) -> None:
    answer = desk.post(place(energy), {"do": "move", "to": to})
    assert answer.status_code == 422
    assert "Choose another section" in answer.content.decode()


def test_only_who_may_publish_removes_a_section(energy: Section, stories: list[Article]) -> None:
    reporter = newsroom.editor("Rita", is_superuser=False)
    reporter.groups.add(Group.objects.get(name=roles.REPORTER))
    client = Client()
    client.force_login(reporter, backend=BACKEND)
    client.post(place(energy), ALONG)
    assert is_live(energy)
    assert not Removal.objects.exists()
