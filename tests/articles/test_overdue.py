"""What was scheduled and is refused when its time comes: its editor hears of it, once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from articles.corrections import Entry, Record, set_pending
from articles.models import Article, Kind, Section
from articles.scheduling import publish_what_is_due
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.scheduled import let_the_time_come

pytestmark = pytest.mark.django_db
SAID = Record([Entry(Kind.UPDATE, "", "It is lit again.")])


@pytest.fixture
def kiln(energy: Section, editor: Reader) -> Article:
    """A live story whose scheduled change nobody explains any more."""
    story = newsroom.story(energy, "The kiln goes cold")
    story.title, story.go_live_at = "The kiln is warm", timezone.now() + timedelta(days=1)
    set_pending(story, SAID)
    revision = story.save_revision(user=editor)
    revision.publish()
    content = revision.content | {"pending_record": {}}
    Revision.objects.filter(pk=revision.pk).update(content=content)
    return Article.objects.get(pk=story.pk)


def test_the_editor_is_told_once_why_it_was_refused(kiln: Article, editor: Reader) -> None:
    let_the_time_come(kiln)
    publish_what_is_due()
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.kind) == (editor.email, "schedule refused")
    assert mail.subject == "Not published as scheduled: The kiln goes cold"
    for words in (mail.text, mail.html):
        assert "Published words of this story changed." in words
        assert f"/desk/pages/{kiln.pk}/edit/" in words


def test_the_form_and_the_desks_first_page_say_it_until_it_is_mended(
    kiln: Article, desk: Client
) -> None:
    sentence = "Published words of this story changed."
    assert sentence not in desk.get("/desk/").content.decode()
    let_the_time_come(kiln)
    form = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "was refused: " + sentence in form
    home = " ".join(desk.get("/desk/").content.decode().split())
    assert "“The kiln is warm” was not published as scheduled: " + sentence in home
    other = newsroom.story(kiln.get_parent(), "Ice")
    assert sentence not in desk.get(f"/desk/pages/{other.pk}/edit/").content.decode()
    kiln.latest_revision.approved_go_live_at = None
    kiln.latest_revision.save(update_fields=["approved_go_live_at"])
    assert sentence not in desk.get("/desk/").content.decode()


def test_an_expiry_that_is_refused_is_told_too(energy: Section, editor: Reader) -> None:
    story = newsroom.draft(energy, "Ice")
    story.save_revision(user=editor).publish()
    Article.objects.filter(pk=story.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    publish_what_is_due()
    publish_what_is_due()
    mail = OutboxMail.objects.get()
    assert mail.subject == "Still on the site: Ice"
    assert "Say why the story expires" in mail.text


def test_the_desk_does_not_blame_what_the_clock_has_only_not_come_round_to(
    energy: Section, desk: Client
) -> None:
    story = newsroom.draft(energy, "Ice")
    story.go_live_at = timezone.now() + timedelta(days=1)
    revision = story.save_revision()
    revision.publish()
    past = timezone.now() - timedelta(seconds=1)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past)
    assert "not published as scheduled" not in desk.get("/desk/").content.decode()
