"""From the reporter to the editor to readers: what was said travels with the words."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from articles.models import Article, Correction, Section
from newsroom import founding, roles
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, SUBMIT, create, errors, save, typed

# Approving in the form also saves it: a changed form is a new revision, which is read again.
APPROVE = {"action-workflow-action": "true", "workflow-action-name": "approve"}
FIVE = typed(
    "The kiln goes cold",
    "It burned five cords.",
    slug="kiln",
    entry_0_kind="correction",
    entry_0_was="Four.",
    entry_0_now="Five.",
)


@pytest.fixture(autouse=True)
def founded(energy: Section, settings: object) -> None:
    settings.STAFF_SECOND_FACTOR = False
    founding.make_editing_workflow()


def somebody(role: str, name: str) -> Reader:
    reader = newsroom.editor(name, is_superuser=False)
    reader.groups.add(Group.objects.get(name=role))
    return reader


def at_the_desk(who: Reader) -> Client:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def approve(client: Client, story: Article) -> None:
    """Approve what was submitted as it stands, from the desk's home page."""
    state = Article.objects.get(pk=story.pk).current_workflow_task_state
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", state.pk]))


@pytest.fixture
def reporter(founded: None) -> Client:
    return at_the_desk(somebody(roles.REPORTER, "Rita Rey"))


@pytest.fixture
def editor_desk(founded: None) -> Client:
    return at_the_desk(somebody(roles.EDITOR, "Odile Perrin"))


@pytest.fixture
def kiln(energy: Section) -> Article:
    return newsroom.story(
        energy,
        "The kiln goes cold",
        slug="kiln",
        body=newsroom.body(newsroom.text("It burned four cords.")),
    )


def test_founding_makes_the_workflow_once(energy: Section) -> None:
    workflow, made = founding.make_editing_workflow()
    assert not made
    assert energy.get_workflow() == workflow
    (task,) = workflow.tasks
    readers = set(task.specific.groups.values_list("name", flat=True))
    assert readers == {
        roles.EDITOR,
        roles.STANDARDS_EDITOR,
        roles.PUBLISHER,
        roles.ADMINISTRATOR,
    }


def test_a_reporters_story_is_published_when_an_editor_approves_it(
    reporter: Client, editor_desk: Client, energy: Section
) -> None:
    data = typed("Ice", "One.", slug="ice")
    assert errors(create(reporter, energy, data, **SUBMIT)) == {}
    ice = Article.objects.get(slug="ice")
    assert (ice.live, ice.current_workflow_state.workflow.name) == (False, "Reporter to editor")
    approve(editor_desk, ice)
    ice.refresh_from_db()
    assert (ice.live, ice.versions.count()) == (True, 1)


def test_a_reporter_cannot_publish_by_pressing_the_editors_button(
    reporter: Client, kiln: Article
) -> None:
    save(reporter, kiln, FIVE, **PUBLISH)
    assert kiln.versions.count() == 1
    assert not Correction.objects.exists()


def test_what_the_reporter_said_appears_the_moment_the_words_do_and_not_before(
    reporter: Client, editor_desk: Client, kiln: Article
) -> None:
    assert errors(save(reporter, kiln, FIVE, **SUBMIT)) == {}
    assert not Correction.objects.exists()
    approve(editor_desk, kiln)
    entry = Correction.objects.get()
    assert (entry.was, entry.now, entry.signature) == ("Four.", "Five.", "Rita Rey")
    assert entry.after == kiln.versions.latest("number")
    assert entry.issued_at == entry.after.published_at.replace(second=0, microsecond=0)


def test_approving_changed_words_that_nobody_explained_asks_in_the_form(
    reporter: Client, editor_desk: Client, kiln: Article
) -> None:
    silent = typed("The kiln goes cold", "It burned five cords.", slug="kiln")
    assert errors(save(reporter, kiln, silent, **SUBMIT)) == {}
    assert list(errors(save(editor_desk, kiln, silent, **APPROVE))) == ["entry_0_kind"]
    assert kiln.versions.count() == 1
    # Nor does it go out unseen from the desk's home page.
    approve(editor_desk, kiln)
    assert kiln.versions.count() == 1
    assert not Correction.objects.exists()


def test_words_changed_after_approval_are_approved_again(
    reporter: Client, editor_desk: Client, kiln: Article
) -> None:
    assert errors(save(reporter, kiln, FIVE, **SUBMIT)) == {}
    assert errors(save(editor_desk, kiln, FIVE, **APPROVE)) == {}
    # The form held another revision than the one that was submitted: it is read once more.
    assert kiln.versions.count() == 1
    approve(editor_desk, kiln)
    assert kiln.versions.count() == 2
