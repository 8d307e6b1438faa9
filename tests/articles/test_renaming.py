"""A person is renamed: each story that shows the name says so, and what was published stays."""

from typing import Any

import pytest
from django.test import Client

from articles.corrections import Entry, Record, set_pending
from articles.going_public import Refused
from articles.models import Article, Change, Kind, Person, Section, Version
from articles.published_words import check_now
from articles.renaming import save_person
from articles.verifying import verify_record
from tests.articles import newsroom
from tests.articles.scheduled import let_the_time_come, scheduled
from tests.articles.test_published_words import as_in_a_new_transaction

pytestmark = pytest.mark.django_db

WHY = "She has married and signs with her new name."


@pytest.fixture
def odile() -> Person:
    return newsroom.person("Odile Perrin", "odile-perrin")


@pytest.fixture
def kiln(energy: Section, odile: Person) -> Article:
    story = newsroom.story(energy, writers=(odile,))
    as_in_a_new_transaction()
    return story


def last(story: Article) -> Version:
    return Version.objects.filter(article=story).latest("number")


def names(version: Version) -> list[str]:
    return [line["name"] for line in version.content["bylines"]]


def test_a_name_on_published_stories_does_not_change_without_a_reason(
    kiln: Article, odile: Person
) -> None:
    odile.name = "Odile Marchand"
    with pytest.raises(Refused, match="Say why the name changes"):
        save_person(odile, by=None)
    assert Person.objects.get(pk=odile.pk).name == "Odile Perrin"
    assert Version.objects.filter(article=kiln).count() == 1


def test_a_new_name_goes_on_the_record_of_each_story_and_old_versions_keep_the_old_one(
    kiln: Article, odile: Person, energy: Section
) -> None:
    other = newsroom.story(energy, "Another story", helpers=(odile,))
    draft = newsroom.draft(energy, "A draft", writers=(odile,))
    as_in_a_new_transaction()
    odile.name = "Odile Marchand"
    save_person(odile, by=None, reason=WHY)
    check_now()
    for story in (kiln, other):
        assert last(story).number == 2
        assert (last(story).change, last(story).minor_reason) == (Change.MINOR, WHY)
    assert names(last(kiln)) == ["Odile Marchand"]
    assert names(Version.objects.get(article=kiln, number=1)) == ["Odile Perrin"]
    assert not Version.objects.filter(article=draft).exists()
    assert "Odile Marchand" in Client().get(kiln.url).content.decode()


def test_saving_a_person_past_the_rule_is_refused_by_the_database(
    kiln: Article, odile: Person
) -> None:
    odile.name = "Odile Marchand"
    odile.save()
    with pytest.raises(Refused):
        check_now()


def test_biography_and_role_change_without_being_asked(kiln: Article, odile: Person) -> None:
    odile.biography = "She keeps bees."
    save_person(odile, by=None)
    check_now()
    assert Version.objects.filter(article=kiln).count() == 1


def test_the_desk_asks_beside_the_field_and_then_renames(
    kiln: Article, odile: Person, desk: Client
) -> None:
    address = f"/desk/snippets/articles/person/edit/{odile.pk}/"
    typed = {
        "name": "Odile Marchand",
        "why_renamed": "",
        "slug": odile.slug,
        "role": "",
        "biography": "",
        "portrait": "",
        "reader": "",
    }
    asked = desk.post(address, typed)
    assert "1 published story shows this name" in asked.content.decode()
    assert Person.objects.get(pk=odile.pk).name == "Odile Perrin"
    assert desk.post(address, {**typed, "why_renamed": WHY}).status_code == 302
    check_now()
    assert names(last(kiln)) == ["Odile Marchand"]
    assert last(kiln).published_by is not None


IN_THE_DRAFT = Record([Entry(Kind.UPDATE, "", "It is lit again.")])


def renamed(kiln: Article, odile: Person) -> None:
    odile.name = "Odile Marchand"
    save_person(odile, by=None, reason=WHY)


def moved(kiln: Article, odile: Person) -> None:
    Article.objects.get(pk=kiln.pk).move(newsroom.section("Water", "water"), "last-child")


def moved_along(kiln: Article, odile: Person) -> None:
    front = kiln.get_parent().get_parent()
    kiln.get_parent().move(front, "first-child")
    moved(kiln, odile)


@pytest.mark.parametrize("meanwhile", [renamed, moved, moved_along])
def test_a_scheduled_change_still_comes_with_what_was_said_of_it(
    kiln: Article, odile: Person, meanwhile: Any
) -> None:
    scheduled(kiln, "The kiln is warm", IN_THE_DRAFT)
    meanwhile(kiln, odile)
    assert last(kiln).number == 2
    let_the_time_come(kiln)
    assert (last(kiln).number, last(kiln).headline) == (3, "The kiln is warm")
    assert last(kiln).entries.get().now == "It is lit again."
    assert list(verify_record()) == []


def test_what_was_said_of_a_draft_is_still_said_after_a_renaming(
    kiln: Article, odile: Person
) -> None:
    draft = Article.objects.get(pk=kiln.pk)
    draft.title = "The kiln is warm"
    set_pending(draft, IN_THE_DRAFT)
    draft.save_revision()
    renamed(kiln, odile)
    Article.objects.get(pk=kiln.pk).get_latest_revision().publish()
    assert last(kiln).entries.get().now == "It is lit again."
