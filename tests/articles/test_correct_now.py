"""A live story with a change scheduled is corrected at once, and the change still comes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from articles.models import Article, Correction, Section
from newsroom import roles
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, errors, save, typed
from tests.articles.scheduled import let_the_time_come

HEADLINE = "The kiln goes cold"
FOUR = "It burned four cords of birch."


@pytest.fixture
def kiln(desk: Client, energy: Section) -> Article:
    """Live with four cords of birch; scheduled for tomorrow with maple."""
    story = newsroom.story(energy, HEADLINE, slug="kiln", body=newsroom.body(newsroom.text(FOUR)))
    scheduled = {"entry_0_kind": "update", "entry_0_now": "It was maple."}
    assert errors(schedule(desk, story, "It burned four cords of maple.", **scheduled)) == {}
    return story


def schedule(desk: Client, story: Article, words: str, **said: str) -> object:
    when = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d %H:%M}"
    return save(desk, story, form(story, words, go_live_at=when, **said), **PUBLISH)


def form(story: Article, words: str, **said: str) -> dict[str, object]:
    """As the desk's form sends it: the story's one block keeps its id."""
    data = typed(HEADLINE, words, slug="kiln", **said)
    data["body-0-id"] = Article.objects.get(pk=story.pk).body.raw_data[0]["id"]
    return data


def correct(desk: Client, story: Article, words: str, **said: str) -> object:
    data = form(story, words, **said)
    return desk.post(f"/desk/stories/{story.pk}/correct-now/", data | PUBLISH, follow=False)


CORRECTION = {"entry_0_kind": "correction", "entry_0_was": "Four.", "entry_0_now": "Five."}


def live_words(story: Article) -> str:
    return Article.objects.get(pk=story.pk).current_version.body_html


def test_the_locked_form_says_that_the_story_can_be_corrected_now(
    desk: Client, kiln: Article
) -> None:
    locked = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert f"/desk/stories/{kiln.pk}/correct-now/" in locked
    page = desk.get(f"/desk/stories/{kiln.pk}/correct-now/").content.decode()
    assert "four cords of birch" in page
    assert "maple" not in page
    assert "Publish the correction" in page
    assert "action-unpublish" not in page
    assert "w-autosave#save" not in page


def test_the_correction_is_out_at_once_and_the_scheduled_change_comes_with_it_in(
    desk: Client, kiln: Article
) -> None:
    go_live_at = kiln.scheduled_revision.approved_go_live_at
    answer = correct(desk, kiln, "It burned five cords of birch.", **CORRECTION)
    assert errors(answer) == {}
    assert "five cords of birch" in live_words(kiln)
    assert Correction.objects.get().now == "Five."
    assert Article.objects.get(pk=kiln.pk).scheduled_revision.approved_go_live_at == go_live_at

    let_the_time_come(kiln)
    assert "five cords of maple" in live_words(kiln)
    said = Correction.objects.latest("number")
    assert (said.kind, said.now, said.before.number) == ("update", "It was maple.", 2)
    assert kiln.versions.count() == 3


def test_a_correction_of_the_same_words_is_out_and_the_editor_is_told_plainly(
    desk: Client, kiln: Article
) -> None:
    answer = correct(desk, kiln, "It burned four cords of ash.", **CORRECTION)
    page = desk.get(answer.url).content.decode()
    assert "readers now have “ash.”, it would say “maple.”" in page
    assert "four cords of ash" in live_words(kiln)
    fresh = Article.objects.get(pk=kiln.pk)
    assert fresh.scheduled_revision is None
    # The draft waits with its own words, and what was said of it is offered again.
    draft = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "It was maple." in draft
    assert "Another publication came between" in draft


def test_a_scheduled_change_that_the_correction_made_superfluous_is_told(
    desk: Client, kiln: Article
) -> None:
    answer = correct(desk, kiln, "It burned four cords of maple.", **CORRECTION)
    assert "not scheduled any more" in desk.get(answer.url).content.decode()
    assert Article.objects.get(pk=kiln.pk).scheduled_revision is None


def test_a_correction_without_a_word_about_it_is_refused_and_the_schedule_stays(
    desk: Client, kiln: Article
) -> None:
    refused = errors(correct(desk, kiln, "It burned five cords of birch."))
    assert list(refused) == ["entry_0_kind"]
    assert "four cords of birch" in live_words(kiln)
    assert Article.objects.get(pk=kiln.pk).scheduled_revision is not None


def test_it_goes_out_now_whatever_time_the_form_says(desk: Client, kiln: Article) -> None:
    later = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%d %H:%M}"
    said = CORRECTION | {"go_live_at": later}
    assert errors(correct(desk, kiln, "It burned five cords of birch.", **said)) == {}
    assert "five cords of birch" in live_words(kiln)


def test_only_who_may_publish_corrects(kiln: Article) -> None:
    reporter = newsroom.editor("Rita", is_superuser=False)
    reporter.groups.add(Group.objects.get(name=roles.REPORTER))
    client = Client()
    client.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/desk/stories/{kiln.pk}/correct-now/")
    assert answer.status_code == 302
    assert "correct-now" not in client.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()


def test_a_story_without_a_scheduled_change_has_no_such_form(
    desk: Client, energy: Section, editor: Reader
) -> None:
    story = newsroom.story(energy, "Ice")
    assert desk.get(f"/desk/stories/{story.pk}/correct-now/").status_code == 404
