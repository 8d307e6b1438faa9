"""Every path on which published words could change in silence, tried one by one.

`REFUSED` is the table: each path tries it on one public story and is refused with a sentence that
an editor understands; afterwards readers have the same words and the record the same versions.
Paths that are let through because no reader sees a difference follow below it.
"""

import json
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.images.models import Image
from wagtail.models import Locale, Page, Workflow

from articles.going_public import Refused
from articles.models import Address, Article, Byline, Change, Person, Section, Version
from articles.published_words import as_refusal, check_now
from articles.publishing import publish
from articles.renaming import save_person
from articles.verifying import verify_record
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, errors, save, typed
from tests.articles.test_published_words import as_in_a_new_transaction

pytestmark = pytest.mark.django_db

FOUR = newsroom.body(newsroom.text("It burned four cords."))
FIVE = newsroom.body(newsroom.text("It burned five cords."))
IN_SILENCE = "Say under “What changed” what was wrong"
BY_THE_DATABASE = "would have changed without a word about it"
GONE_OR_BACK = "would have gone from readers, or come back, without a word"


@dataclass
class World:
    """One public story and all that its page shows."""

    kiln: Article
    ann: Person
    picture: Image
    editor: Reader
    desk: Client

    def drafted(self) -> Any:
        """A revision of the story with other words."""
        self.kiln.body = FIVE
        return self.kiln.save_revision(user=self.editor)

    def reloaded(self, **fields: Any) -> Article:
        """The story as somebody else has it in memory, with `fields` changed."""
        page = Article.objects.get(pk=self.kiln.pk)
        for name, value in fields.items():
            setattr(page, name, value)
        return page


@pytest.fixture
def world(energy: Section, editor: Reader, desk: Client) -> World:
    ann, picture = newsroom.person("Ann Bell", "ann-bell"), newsroom.image()
    kiln = newsroom.story(
        energy,
        slug="kiln",
        body=FOUR,
        writers=(ann,),
        lead_image=picture,
        lead_image_alt="A kiln",
        lead_image_caption="The kiln in May.",
        lead_image_credit="Bo Cray",
    )
    as_in_a_new_transaction()
    return World(kiln, ann, picture, editor, desk)


def by_the_form(world: World) -> str:
    kiln = world.kiln
    words = typed(kiln.title, "It burned five cords.", slug="kiln")
    return str(errors(save(world.desk, kiln, words, **PUBLISH)))


def by_bulk_publish(world: World) -> str:
    world.drafted()
    address = f"/desk/bulk/wagtailcore/page/publish/?id={world.kiln.pk}"
    return world.desk.post(address, follow=True).content.decode()


def by_workflow(world: World) -> None:
    world.drafted()
    state = Workflow.objects.get().start(world.kiln, world.editor)
    task = state.current_task_state.task.specific
    task.on_action(state.current_task_state, world.editor, "approve")


def by_a_schedule(world: World) -> None:
    world.kiln.go_live_at = timezone.now() + timedelta(days=1)
    world.drafted().publish()


def by_an_old_revision(world: World) -> None:
    # As if it held other words than readers have now.
    old = world.kiln.get_latest_revision()
    old.content = {**old.content, "body": FIVE}
    old.save()
    old.publish()


def by_the_action(world: World) -> None:
    PublishPageRevisionAction(world.drafted(), user=world.editor).execute()


def by_unpublishing_and_back(world: World) -> None:
    # The row is no longer live, and its draft may be rewritten freely.
    newsroom.unpublish(world.reloaded())
    check_now()
    page = world.reloaded(body=FIVE)
    page.save()
    publish(page, by=None)


def by_expiry_and_back(world: World) -> None:
    newsroom.unpublish(world.reloaded())
    Page.objects.filter(pk=world.kiln.pk).update(expired=True)
    publish(world.reloaded(body=FIVE), by=None)


def by_sql(sql: str) -> Callable[[World], None]:
    def attempt(world: World) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"story": world.kiln.pk, "person": world.ann.pk})

    return attempt


def by_loaddata(world: World) -> None:
    """A fixture of the story with another headline, loaded over it."""
    data = json.loads(serializers.serialize("json", [world.reloaded()]))
    data[0]["fields"]["dek"] = "Loaded."
    for each in serializers.deserialize("json", json.dumps(data), ignorenonexistent=True):
        each.save()


def by_loading_a_byline(world: World) -> None:
    bo = newsroom.person("Bo Cray", "bo-cray")
    line = Byline(pk=990_000, article=world.kiln, person=bo)
    for each in serializers.deserialize("json", serializers.serialize("json", [line])):
        each.save()


def by_the_file(world: World) -> None:
    world.picture.file = ContentFile(newsroom.image("Blue").file.read(), name="other.png")
    world.picture.save()


def by_the_persons_form(world: World) -> str:
    address = f"/desk/snippets/articles/person/edit/{world.ann.pk}/"
    fields = {"name": "Ann Otter", "slug": "ann-bell", "role": "", "biography": ""}
    return world.desk.post(address, fields, follow=True).content.decode()


def by_an_address_given_away(world: World) -> None:
    other = newsroom.story(world.kiln.get_parent(), "Ice", slug="ice")
    Address.objects.filter(article=other).update(current=False)
    Address.objects.filter(article=world.kiln).update(article=other)


SAVED = {"title": "Other", "slug": "other", "dek": "Other.", "body": FIVE, "label": "opinion"}
STORY = "UPDATE articles_article SET {} WHERE page_ptr_id = %(story)s"
PAGE = "UPDATE wagtailcore_page SET {} WHERE id = %(story)s"
BYLINE = "FROM articles_byline WHERE article_id = %(story)s"

# What is tried, how, and words of the sentence it is refused with.
REFUSED: list[tuple[str, Callable[[World], Any], str]] = [
    ("the editor's form", by_the_form, IN_SILENCE),
    ("publishing many at once", by_bulk_publish, IN_SILENCE),
    ("a workflow that ends", by_workflow, IN_SILENCE),
    ("a schedule", by_a_schedule, IN_SILENCE),
    ("publishing a draft by code or API", by_the_action, IN_SILENCE),
    ("revision.publish()", lambda world: world.drafted().publish(), IN_SILENCE),
    ("going back to an old revision", by_an_old_revision, IN_SILENCE),
    ("page.save()", lambda world: world.reloaded(body=FIVE).save(), IN_SILENCE),
    *(
        (
            f"saving the {field} alone",
            lambda world, field=field: world.reloaded(**{field: SAVED[field]}).save(
                update_fields=[field]
            ),
            IN_SILENCE,
        )
        for field in ("title", "dek", "body", "label")
    ),
    ("unpublish, edit, publish", by_unpublishing_and_back, IN_SILENCE),
    ("expire, edit, publish", by_expiry_and_back, IN_SILENCE),
    (
        "save() of the bare page",
        lambda world: _with(Page.objects.get(pk=world.kiln.pk), title="Other").save(),
        BY_THE_DATABASE,
    ),
    (
        "Page.update()",
        lambda world: Page.objects.filter(pk=world.kiln.pk).update(title="Other"),
        BY_THE_DATABASE,
    ),
    (
        "Article.update()",
        lambda world: Article.objects.filter(pk=world.kiln.pk).update(dek="Other"),
        BY_THE_DATABASE,
    ),
    (
        "Byline.delete()",
        lambda world: Byline.objects.filter(article=world.kiln.pk).delete(),
        BY_THE_DATABASE,
    ),
    ("loaddata of the story", by_loaddata, BY_THE_DATABASE),
    ("loaddata of a byline", by_loading_a_byline, BY_THE_DATABASE),
    *(
        (f"SQL: {changed}", by_sql(STORY.format(changed)), BY_THE_DATABASE)
        for changed in (
            "dek = 'Other'",
            "body = '[]'",
            "label = 'opinion'",
            "location = 'Elsewhere'",
            "content_warning = 'Fire'",
            "lead_image_id = NULL",
            "lead_image_alt = 'Other'",
            "lead_image_caption = 'Other'",
            "lead_image_credit = 'Other'",
            "current_version_id = NULL",
        )
    ),
    ("SQL: headline", by_sql(PAGE.format("title = 'Other'")), BY_THE_DATABASE),
    ("SQL: address's last part", by_sql(PAGE.format("slug = 'other'")), BY_THE_DATABASE),
    ("SQL: no byline", by_sql(f"DELETE {BYLINE}"), BY_THE_DATABASE),
    (
        "SQL: byline as credit",
        by_sql("UPDATE articles_byline SET kind = 'credit' WHERE article_id = %(story)s"),
        BY_THE_DATABASE,
    ),
    (
        "SQL: live again with other words",
        by_sql(f"{PAGE.format('live = false')}; {PAGE.format('live = true')}"),
        GONE_OR_BACK,
    ),
    ("an author's name on the desk", by_the_persons_form, "Say why it changes"),
    (
        "an author's name by code",
        lambda world: save_person(_with(world.ann, name="Ann Otter"), by=None),
        "Say why the name changes",
    ),
    (
        "an author's name in SQL",
        by_sql("UPDATE articles_person SET name = 'X' WHERE id = %(person)s"),
        BY_THE_DATABASE,
    ),
    ("the picture's file", by_the_file, "A picture keeps its file"),
    ("an address given to another story", by_an_address_given_away, "stays its own for ever"),
    (
        "an address taken away",
        lambda world: Address.objects.filter(article=world.kiln).delete(),
        "stays its own for ever",
    ),
    ("an alias", lambda world: world.kiln.create_alias(update_slug="again"), "cannot be an alias"),
]


@pytest.mark.parametrize(
    ("attempt", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_no_path_changes_published_words_in_silence(
    world: World, attempt: Callable[[World], Any], sentence: str
) -> None:
    with nothing_changes(world):
        assert sentence in refusal(world, attempt)


def test_a_story_with_versions_is_not_deleted(world: World) -> None:
    with nothing_changes(world), suppress(ProtectedError), transaction.atomic():
        Article.objects.get(pk=world.kiln.pk).delete()


def test_a_new_story_is_not_public_past_the_guard(world: World) -> None:
    draft = newsroom.draft(world.kiln.get_parent(), "Ice", slug="ice")
    put_live = Page.objects.filter(pk=draft.pk)
    assert BY_THE_DATABASE in refusal(world, lambda _world: put_live.update(live=True) and "")
    imported = Article(title="Imported", slug="imported", live=True, body=FOUR)
    world.kiln.get_parent().add_child(instance=imported)
    assert not Article.objects.get(slug="imported").live


def test_a_copy_and_a_translation_leave_the_story_as_it_is(world: World) -> None:
    french = Locale.objects.get_or_create(language_code="fr")[0]
    with nothing_changes(world):
        world.kiln.copy(update_attrs={"slug": "copy"}, keep_live=True)
        front = world.kiln.get_parent().get_parent()
        front.copy_for_translation(french)
        world.kiln.get_parent().copy_for_translation(french)
        made = world.kiln.copy_for_translation(french)
        assert not Article.objects.get(slug="copy").live
        assert not Article.objects.get(pk=made.pk).live


def test_an_old_address_redirects_for_ever(world: World) -> None:
    old = world.kiln.url
    newsroom.edit(world.kiln, slug="cold-kiln")
    new = Article.objects.get(pk=world.kiln.pk).url
    assert new != old
    answer = Client().get(old)
    assert (answer.status_code, answer.headers["Location"]) == (301, new)
    other = newsroom.story(world.kiln.get_parent(), "Ice", slug="kiln")
    assert other.url != old


def test_moving_and_restricting_change_no_word(world: World) -> None:
    words = world.kiln.versions.get().words_hash
    world.kiln.move(newsroom.section("Water", "water"), "last-child")
    last = Version.objects.filter(article=world.kiln.pk).latest("number")
    assert (last.change, last.words_hash) == (Change.LAYOUT, words)
    assert list(verify_record()) == []


def refusal(world: World, attempt: Callable[[World], Any]) -> str:
    """The sentence that the attempt met: raised, said by the database, or shown on a page."""
    try:
        with transaction.atomic():
            said = attempt(world) or ""
            check_now()
            return str(said)
    except Refused as refused:
        return str(refused)
    except DatabaseError as error:
        return str(as_refusal(error))


def public_words(story: Article) -> str:
    return Client().get(Article.objects.get(pk=story.pk).url).content.decode()


@contextmanager
def nothing_changes(world: World) -> Any:
    """Readers' page, the record and the story's address are afterwards as they were."""
    before, versions = public_words(world.kiln), Version.objects.filter(article=world.kiln.pk)
    known = list(versions.values_list("pk"))
    yield
    assert public_words(world.kiln) == before
    assert list(versions.values_list("pk")) == known
    assert list(verify_record()) == []


def _with(instance: Any, **fields: Any) -> Any:
    for name, value in fields.items():
        setattr(instance, name, value)
    return instance
