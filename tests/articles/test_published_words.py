"""The database's own guard: no way round the site changes words that readers see."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from wagtail.models import Page

from articles.corrections import Record
from articles.going_public import Refused
from articles.models import Article, Byline, Person, Section, Version
from articles.published_words import as_refusal, check_now
from tests.articles import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def kiln(energy: Section) -> Article:
    who = newsroom.person("Odile Perrin", "odile-perrin")
    story = newsroom.story(
        energy,
        body=newsroom.body(newsroom.text("It burned four cords.")),
        writers=(who,),
    )
    as_in_a_new_transaction()
    return story


def as_in_a_new_transaction() -> None:
    """All of a test is one transaction: let what was witnessed so far be forgotten in it."""
    check_now()
    _sql("SELECT set_config('waylight.witnessed', '', true)")


ROUND_THE_SITE = {
    "the headline by .update()": lambda a: Page.objects.filter(pk=a.pk).update(title="Another"),
    "the dek by .update()": lambda a: Article.objects.filter(pk=a.pk).update(dek="Another"),
    "the body by .update()": lambda a: Article.objects.filter(pk=a.pk).update(
        body=newsroom.body(newsroom.text("It burned five cords."))
    ),
    "the caption by .update()": lambda a: Article.objects.filter(pk=a.pk).update(
        lead_image_caption=Concat(F("lead_image_caption"), Value("!"))
    ),
    "the address by .update()": lambda a: Page.objects.filter(pk=a.pk).update(slug="another"),
    "the label by SQL": lambda a: _sql(
        "UPDATE articles_article SET label = 'opinion' WHERE page_ptr_id = %s", a.pk
    ),
    "the body by SQL": lambda a: _sql(
        "UPDATE articles_article SET body = '[]' WHERE page_ptr_id = %s", a.pk
    ),
    "a byline taken away": lambda a: Byline.objects.filter(article=a).delete(),
    "a byline added": lambda a: Byline.objects.create(
        article_id=a.pk, person=newsroom.person("Nobody", "nobody")
    ),
    "a byline given to somebody else": lambda a: Byline.objects.filter(article=a).update(
        person=newsroom.person("Nobody", "nobody")
    ),
    "a byline turned into a credit": lambda a: Byline.objects.filter(article=a).update(
        kind=Byline.Kind.CREDIT
    ),
    "a person renamed by .update()": lambda a: Person.objects.update(name="Somebody else"),
    "bulk_update": lambda a: _bulk_update(a),
    "loaddata": lambda a: _loaddata(a),
}


def _sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _and_commit(act: Callable[[Article], object], article: Article) -> None:
    with transaction.atomic():
        act(article)
        _sql("SET CONSTRAINTS ALL IMMEDIATE")


def _bulk_update(article: Article) -> None:
    row = Article.objects.get(pk=article.pk)
    row.dek = "Another"
    Article.objects.bulk_update([row], ["dek"])


def _loaddata(article: Article) -> None:
    rows = json.loads(serializers.serialize("json", [Article.objects.get(pk=article.pk)]))
    rows[0]["fields"]["dek"] = "Another"
    fixture = Path(connection.settings_dict["NAME"]).name
    path = Path("/tmp") / f"{fixture}.json"
    path.write_text(json.dumps(rows))
    try:
        call_command("loaddata", str(path), stdout=StringIO())
    finally:
        path.unlink()


@pytest.mark.parametrize("way", ROUND_THE_SITE)
def test_words_changed_round_the_site_are_refused_by_the_database(kiln: Article, way: str) -> None:
    before = Version.objects.filter(article=kiln).count()
    with pytest.raises((IntegrityError, Refused)) as refused:
        _and_commit(ROUND_THE_SITE[way], kiln)
    sentence = as_refusal(refused.value) or refused.value
    assert "form" in str(sentence)
    row = Article.objects.get(pk=kiln.pk)
    assert "four cords" in str(row.body)
    assert (row.title, row.dek, row.label) == (kiln.title, kiln.dek, kiln.label)
    assert [line.person.name for line in row.bylines.all()] == ["Odile Perrin"]
    assert Version.objects.filter(article=kiln).count() == before


def test_a_change_with_its_version_in_the_same_transaction_passes(kiln: Article) -> None:
    newsroom.edit(kiln, dek="Another", record=Record(minor_reason="Style"))
    check_now()
    assert Version.objects.filter(article=kiln).count() == 2


def test_white_space_and_bookkeeping_ask_nothing_of_the_database(kiln: Article) -> None:
    newsroom.edit(kiln, dek=f" {kiln.dek}  ")
    row = Article.objects.get(pk=kiln.pk)
    row.save_revision()
    Article.objects.filter(pk=kiln.pk).update(comments_open=False, developing=True)
    check_now()
    changes = Version.objects.filter(article=kiln).order_by("number")
    assert list(changes.values_list("change", flat=True)) == ["first", "layout"]


def test_a_version_undone_by_a_savepoint_witnesses_nothing(kiln: Article) -> None:
    def by_hand(article: Article) -> None:
        with transaction.atomic():
            newsroom.edit(article, dek="Another", record=Record(minor_reason="Style"))
            transaction.set_rollback(True)
        Article.objects.filter(pk=article.pk).update(dek="By hand")

    with pytest.raises(IntegrityError):
        _and_commit(by_hand, kiln)


def test_a_draft_and_an_unpublished_story_are_written_freely(
    kiln: Article, energy: Section
) -> None:
    draft = energy.add_child(instance=Article(title="A draft", slug="a-draft"))
    Article.objects.filter(pk=draft.pk).update(dek="Whatever")
    Byline.objects.create(article_id=draft.pk, person=newsroom.person("Nobody", "nobody"))
    check_now()
    draft.delete()
    check_now()


@pytest.mark.django_db(transaction=True)
def test_the_desk_says_in_a_sentence_what_the_database_refused() -> None:
    energy = newsroom.section()
    story = newsroom.story(energy)
    with pytest.raises(IntegrityError) as refused:
        Page.objects.filter(pk=story.pk).update(title="Another")
    assert "Publish the change" in str(as_refusal(refused.value))
    assert Page.objects.get(pk=story.pk).title == story.title
