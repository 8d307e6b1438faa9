"""Breaking news: one line updates a developing story, for as long as the newsroom says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.developing import needs_one_line
from articles.models import Article, Correction, Section
from newsroom.branding.models import Branding
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, errors, save, typed

NOW = timezone.now()


def developing(**fields: object) -> Article:
    return Article(developing=True, **fields)


@pytest.mark.parametrize(
    ("hours_since_marked", "hours_since_published", "enough"),
    [(1, 20, True), (11.9, 20, True), (12, 20, False), (20, 1, True), (20, 13, False)],
)
def test_one_line_is_enough_from_the_mark_or_the_publication_on(
    hours_since_marked: float, hours_since_published: float, enough: bool
) -> None:
    story = developing(
        developing_since=NOW - timedelta(hours=hours_since_marked),
        first_published_at=NOW - timedelta(hours=hours_since_published),
    )
    assert needs_one_line(story, NOW, 12) is enough


def test_one_line_is_never_enough_for_another_story_or_when_the_newsroom_says_no_hours() -> None:
    assert not needs_one_line(Article(first_published_at=NOW), NOW, 12)
    assert not needs_one_line(developing(first_published_at=NOW), NOW, 0)
    assert not needs_one_line(developing(), NOW, 12)


@pytest.fixture
def fire(energy: Section) -> Article:
    text = newsroom.body(newsroom.text("It burns."))
    return newsroom.story(energy, "Fire", slug="fire", body=text, developing=True)


def words(*paragraphs: str, **said: object) -> dict[str, object]:
    return typed("Fire", *paragraphs, slug="fire", developing="on", **said)


def test_one_line_publishes_an_update_of_a_developing_story(desk: Client, fire: Article) -> None:
    assert "whats_new" in desk.get(f"/desk/pages/{fire.pk}/edit/").content.decode()
    data = words("It burns.", "It is out.", whats_new="The fire is out.")
    assert errors(save(desk, fire, data, **PUBLISH)) == {}
    entry = Correction.objects.get()
    assert (entry.kind, entry.was, entry.now) == ("update", "", "The fire is out.")
    assert "The fire is out." in desk.get(fire.url).content.decode()


def test_without_the_line_the_form_asks_for_it_there(desk: Client, fire: Article) -> None:
    assert list(errors(save(desk, fire, words("It is out."), **PUBLISH))) == ["whats_new"]


def test_the_line_kept_with_a_draft_is_said_once(desk: Client, fire: Article) -> None:
    data = words("It is out.", whats_new="The fire is out.")
    assert errors(save(desk, fire, data)) == {}
    assert errors(save(desk, fire, data)) == {}
    assert errors(save(desk, fire, data, **PUBLISH)) == {}
    assert Correction.objects.count() == 1


def test_a_correction_of_a_developing_story_is_still_a_correction(
    desk: Client, fire: Article
) -> None:
    said = {"entry_0_kind": "correction", "entry_0_was": "It burns.", "entry_0_now": "It smokes."}
    assert errors(save(desk, fire, words("It smokes.", **said), **PUBLISH)) == {}
    assert Correction.objects.get().kind == "correction"


def test_after_the_newsrooms_hours_a_change_is_explained_like_any_other(
    desk: Client, fire: Article
) -> None:
    branding = Branding.load()
    branding.developing_hours = 0
    branding.save()
    data = words("It is out.", whats_new="The fire is out.")
    assert "whats_new" in errors(save(desk, fire, data, **PUBLISH))
    assert list(errors(save(desk, fire, words("It is out."), **PUBLISH))) == ["entry_0_kind"]


def test_a_story_marked_anew_gets_its_hours_anew(desk: Client, fire: Article) -> None:
    assert errors(save(desk, fire, typed("Fire", "It burns.", slug="fire"))) == {}
    assert Article.objects.get(pk=fire.pk).get_latest_revision_as_object().developing_since is None
    assert errors(save(desk, fire, words("It burns."))) == {}
    marked = Article.objects.get(pk=fire.pk).get_latest_revision_as_object().developing_since
    assert marked is not None
    assert errors(save(desk, fire, words("It burns."))) == {}
    again = Article.objects.get(pk=fire.pk).get_latest_revision_as_object().developing_since
    assert again == marked
