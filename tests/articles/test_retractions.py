"""A retracted story says why before anything else; its text is struck through or taken away as its
editor chose, and that choice is on the record."""

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from articles.corrections import Entry, Record
from articles.going_public import Refused
from articles.models import Article, Kind, Pin, Section, Topic
from articles.models.record import Version
from articles.publishing import publish
from articles.search import Wish, search
from articles.verifying import verify_record
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, create, errors, save, typed

pytestmark = pytest.mark.django_db

RETRACTED = Record([Entry(Kind.RETRACTION, "The source was invented.", "We withdraw the story.")])
CHOICES = pytest.mark.parametrize("choice", ["", "removed"])


@pytest.fixture
def kiln(energy: Section) -> Article:
    picture = {"lead_image": newsroom.image(), "lead_image_alt": "Red.", "lead_image_credit": "A."}
    made = newsroom.story(energy, "The kiln goes cold", slug="kiln", dek="Vermilion.", **picture)
    made.topics.add(Topic.objects.create(name="Heat", slug="heat"))
    made.bylines.add(newsroom.line(newsroom.person("Ann Bell", "ann-bell")))
    newsroom.edit(made, record=Record([Entry(Kind.UPDATE, "", "Signed.")]))
    return made


def page_of(client: Client, story: Article) -> str:
    return client.get(story.url).content.decode()


def found(words: str) -> list[str]:
    """The snippets of what search finds."""
    results = search(Wish(words, "en"), 1).found
    return ["".join(text for text, _looked_for in each.snippet) for each in results]


@CHOICES
def test_a_retracted_story_says_why_before_its_text_which_is_struck_or_gone(
    kiln: Article, client: Client, choice: str
) -> None:
    newsroom.edit(kiln, retracted_body=choice, record=RETRACTED)
    page = page_of(client, kiln)
    shown = page[page.index("<h1>") :]
    why = [shown.index(words) for words in ("The source was invented.", "We withdraw the story.")]
    if choice:
        # Neither under the headline nor for machines.
        assert "Vermilion." not in page
        assert newsroom.PARAGRAPH not in page
        assert "story-lead" not in page
        assert "was taken away when it was retracted" in page
    else:
        assert max(why) < shown.index("Vermilion.")
        assert shown.index('<del class="flow retracted">') < shown.index(newsroom.PARAGRAPH)
        assert newsroom.PARAGRAPH in shown[: shown.index("</del>")]
    assert list(verify_record()) == []


def test_machines_are_told_why_it_was_withdrawn_instead_of_its_dek(
    kiln: Article, client: Client
) -> None:
    newsroom.edit(kiln, record=RETRACTED)
    script = page_of(client, kiln).split('<script type="application/ld+json">')[1]
    assert json.loads(script.split("</script>")[0])["description"] == "We withdraw the story."


def test_a_struck_story_without_a_text_does_not_say_that_one_was_taken_away(
    energy: Section, client: Client
) -> None:
    bare = newsroom.story(energy, "The kiln", body=newsroom.body())
    newsroom.edit(bare, record=RETRACTED)
    page = page_of(client, bare)
    assert "This story has been retracted." in page
    assert "was taken away" not in page


@CHOICES
def test_a_retracted_story_is_marked_where_it_is_shared_and_leaves_every_list(
    kiln: Article, energy: Section, client: Client, choice: str
) -> None:
    other = newsroom.story(energy, "Ice")
    other.pins.add(Pin(story=kiln))
    publish(other, by=None)
    lists = ("/", "/energy/", "/topics/heat/", "/people/ann-bell/", "/feed.atom", "/feed.json")
    lists += ("/energy/feed.atom", "/sitemap.xml", "/news-sitemap.xml", other.url)
    listed = re.compile(f"{kiln.url}(?!#entry)")
    before = [path for path in lists if listed.search(client.get(path).content.decode())]
    assert before == list(lists)
    newsroom.edit(kiln, retracted_body=choice, record=RETRACTED)
    for path in lists:
        assert not listed.search(client.get(path).content.decode()), path
    page = page_of(client, kiln)
    assert "<title>Retracted: The kiln goes cold" in page
    assert '<meta property="og:title" content="Retracted: The kiln goes cold">' in page
    assert '<meta property="og:description" content="We withdraw the story.">' in page
    assert "We withdraw the story." in client.get("/corrections/").content.decode()


def test_a_headline_that_says_retracted_says_it_once(kiln: Article, client: Client) -> None:
    newsroom.edit(kiln, title="Retracted: The kiln", record=RETRACTED)
    assert '"og:title" content="Retracted: The kiln"' in page_of(client, kiln)


def test_search_finds_a_struck_text_and_of_one_taken_away_only_the_headline(
    kiln: Article, client: Client
) -> None:
    newsroom.edit(kiln, record=RETRACTED)
    assert len(found("vermilion")) == len(found("birch")) == 1
    newsroom.edit(kiln, retracted_body="removed", record=RETRACTED)
    for _time in ("as published", "written anew"):
        assert found("vermilion") == found("birch") == []
        assert found("kiln") == [""]
        call_command("rebuild_search")
    shown = client.get("/search/?q=kiln").content.decode()
    assert "This story has been retracted." in shown
    assert "Vermilion" not in shown


def test_the_choice_is_sealed_with_the_version_and_told_in_the_history(
    kiln: Article, client: Client
) -> None:
    newsroom.edit(kiln, retracted_body="removed", record=RETRACTED)
    assert kiln.versions.get(number=3).content["retracted_body"] == "removed"
    compared = client.get(f"{kiln.url}history/2-3/").content.decode()
    assert "The retracted text was taken away" in compared
    assert list(verify_record()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE articles_version DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE articles_version SET content = content - 'retracted_body' "
            "WHERE article_id = %s AND number = 3",
            [kiln.pk],
        )
    assert list(verify_record()) != []


def test_only_a_retracted_story_has_its_text_taken_away(kiln: Article) -> None:
    with pytest.raises(Refused, match="only of a story that is retracted"):
        newsroom.edit(kiln, retracted_body="removed")
    assert Version.objects.filter(article=kiln).count() == 2


def test_a_retraction_made_in_error_brings_the_story_back(kiln: Article, client: Client) -> None:
    newsroom.edit(kiln, retracted_body="removed", record=RETRACTED)
    mistaken = kiln.corrections.get(kind=Kind.RETRACTION)
    back = Record([Entry(Kind.CORRECTION, "We withdrew it.", "It stands.", supersedes=mistaken.pk)])
    with pytest.raises(Refused, match="choose that the text is shown"):
        newsroom.edit(kiln, record=back)
    newsroom.edit(kiln, retracted_body="", record=back)
    page = page_of(client, kiln)
    assert newsroom.PARAGRAPH in page
    assert "This story has been retracted." not in page
    assert kiln.url in client.get("/feed.atom").content.decode()
    assert len(found("vermilion")) == 1
    assert list(verify_record()) == []


def test_an_editor_chooses_on_the_desk_and_only_with_a_retraction(
    desk: Client, energy: Section
) -> None:
    data = typed("The kiln goes cold", "It burned four cords.", slug="kiln")
    assert errors(create(desk, energy, data)) == {}
    kiln = Article.objects.get(slug="kiln")
    said = {"entry_0_kind": "retraction", "entry_0_now": "We could not stand by it."}
    data |= {"retracted_body": "removed"}
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["retracted_body"]
    assert errors(save(desk, kiln, data | said, **PUBLISH)) == {}
    page = page_of(desk, kiln)
    assert "We could not stand by it." in page
    assert "It burned four cords." not in page
