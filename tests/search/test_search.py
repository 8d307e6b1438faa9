"""Readers find stories by their words, in English and French, as they are now."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.models import Locale

from articles.corrections import Entry, Record
from articles.models import FrontPage, Kind, SearchEntry, Section, Topic
from articles.search import NotUnderstood, Wish, search, statement
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)


def headlines(words: str, language: str = "en", page: int = 1, **narrowed: Any) -> list[str]:
    found = search(Wish(words, language, **narrowed), page).found
    return ["".join(text for text, _ in each.headline) for each in found]


def marked(words: str, language: str = "en") -> list[str]:
    (found,) = search(Wish(words, language), 1).found
    return [text for text, looked_for in found.headline + found.snippet if looked_for]


@pytest.fixture
def french(energy: Section) -> Section:
    locale, _made = Locale.objects.get_or_create(language_code="fr")
    front = FrontPage.objects.get().copy_for_translation(locale)
    front.save_revision().publish()
    return front.add_child(instance=Section(title="Énergie", slug="energie", locale=locale))


def test_other_forms_of_a_word_find_the_story(energy: Section) -> None:
    newsroom.story(energy, "Farmers irrigating orchards")
    assert headlines("farmer orchard irrigated") == ["Farmers irrigating orchards"]
    assert marked("irrigated orchard") == ["irrigating", "orchards"]


def test_a_french_story_is_found_by_french_stems_and_without_accents(french: Section) -> None:
    newsroom.story(french, "Les rivières débordées", dek="L’été des inondations.")
    for words in ("rivière", "riviere", "RIVIÈRES", "inondation", "debordee"):
        assert headlines(words, "fr") == ["Les rivières débordées"]
    assert marked("riviere", "fr") == ["rivières"]
    assert headlines("rivière", "en") == []


def test_the_headline_weighs_more_than_the_dek_and_the_dek_more_than_the_body(
    energy: Section,
) -> None:
    in_body = newsroom.body(newsroom.text(f"A sturgeon was seen. {newsroom.PARAGRAPH}"))
    newsroom.story(energy, "Sturgeon", moment=DAY)
    newsroom.story(energy, "In the dek", dek="A sturgeon.", moment=DAY + timedelta(days=1))
    newsroom.story(energy, "In the body", body=in_body, moment=DAY + timedelta(days=2))
    assert headlines("sturgeon") == ["Sturgeon", "In the dek", "In the body"]
    assert headlines("sturgeon", newest=True) == ["In the body", "In the dek", "Sturgeon"]


def test_quotes_find_a_phrase_and_a_minus_leaves_out(energy: Section) -> None:
    newsroom.story(energy, "A winter road")
    newsroom.story(energy, "A road in winter with salmon")
    assert headlines('"winter road"') == ["A winter road"]
    assert headlines("winter road -salmon") == ["A winter road"]
    assert len(headlines("winter road")) == 2


def test_section_day_author_and_topic_narrow_the_search(energy: Section) -> None:
    water, ice = newsroom.section("Water", "water"), Topic.objects.create(name="Ice", slug="ice")
    ann, bea = newsroom.person("Ann", "ann"), newsroom.person("Bea", "bea")
    newsroom.story(energy, "Ferry one", writers=(ann,), moment=DAY)
    newsroom.story(water, "Ferry two", helpers=(bea,), moment=DAY + timedelta(days=2), topics=[ice])
    assert headlines("ferry", section="water") == ["Ferry two"]
    assert headlines("ferry", author="ann") == ["Ferry one"]
    assert headlines("ferry", author="bea") == ["Ferry two"]
    assert headlines("ferry", topic="ice") == ["Ferry two"]
    assert headlines("ferry", until=date(2026, 6, 3)) == ["Ferry one"]
    assert headlines("ferry", since=date(2026, 6, 4)) == ["Ferry two"]
    assert headlines("ferry", since=date(2026, 6, 4), author="ann") == []


def test_a_corrected_story_is_found_by_its_words_of_now_alone(energy: Section) -> None:
    story = newsroom.story(energy, "The kiln in Halifax")
    entry = Entry(kind=Kind.CORRECTION, was="Halifax", now="It is in Truro.")
    newsroom.edit(story, title="The kiln in Truro", record=Record([entry]))
    assert headlines("Truro") == ["The kiln in Truro"]
    assert headlines("Halifax") == []


def test_a_draft_is_not_found_and_a_story_taken_down_drops_out(energy: Section) -> None:
    newsroom.draft(energy, "The secret kiln")
    story = newsroom.story(energy, "The open kiln")
    assert headlines("kiln") == ["The open kiln"]
    newsroom.unpublish(story)
    assert headlines("kiln") == []


def test_a_retracted_story_is_found_and_marked(energy: Section) -> None:
    story = newsroom.story(energy, "The kiln that never was")
    entry = Entry(kind=Kind.RETRACTION, was="", now="We cannot stand by it.")
    newsroom.edit(story, dek="Withdrawn.", record=Record([entry]))
    (found,) = search(Wish("kiln", "en"), 1).found
    assert found.retracted
    assert "This story has been retracted." in page("kiln").content.decode()


@pytest.mark.parametrize("words", ["the", "-kiln", '""', "&|!():*", "x" * 300, "", "\x00"])
def test_what_says_nothing_is_answered_with_a_sentence(energy: Section, words: str) -> None:
    newsroom.story(energy, "The kiln")
    with pytest.raises(NotUnderstood):
        search(Wish(words, "en"), 1)
    if words:
        answer = page(words, order="newest")
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()


def page(words: str, **more: str) -> Any:
    return Client().get("/search/", {"q": words, **more})


def test_hostile_text_in_stories_and_searches_is_shown_as_text(energy: Section) -> None:
    body = newsroom.body(newsroom.text("The &lt;script&gt;alert(1)&lt;/script&gt; kiln of clay."))
    newsroom.story(energy, "A kiln <b>cold</b>", body=body)
    shown = page('kiln "><script>alert(2)</script>').content.decode()
    assert "<script>alert" not in shown
    shown = page("kiln cold clay").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;b&gt;" in shown
    assert "<mark>kiln</mark>" in shown


def test_everybody_gets_the_same_page_and_robots_leave_it(energy: Section) -> None:
    newsroom.story(energy, "The kiln")
    answer = page("kiln")
    assert answer["Cache-Control"].startswith("public, max-age=0, s-maxage=5,")
    assert not answer.cookies
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert (
        Client()
        .get("/search/", {"q": "kiln"}, headers={"If-None-Match": answer["ETag"]})
        .status_code
        == 304
    )
    assert Client().get("/fr/search/", {"q": "kiln"}).status_code == 200


def test_the_page_costs_the_same_for_one_story_and_for_many(
    energy: Section, django_assert_max_num_queries: Any
) -> None:
    for number in range(24):
        newsroom.story(energy, f"Kiln {number}")
    page("kiln")
    with django_assert_max_num_queries(8):
        shown = page("kiln").content.decode()
    assert shown.count('class="found"') == 20
    assert "24 stories" in shown
    assert 'href="?q=kiln&amp;page=2"' in shown
    assert len(headlines("kiln", page=2)) == 4


def test_help_stands_where_nothing_was_asked_or_found(energy: Section) -> None:
    for answer in (Client().get("/search/"), page("zeppelin")):
        assert "A minus leaves stories out" in answer.content.decode()
    assert "No story was found" in page("zeppelin").content.decode()


@pytest.mark.parametrize("day", ["yesterday", "9999-12-31", "0001-01-01", "2026-13-40"])
def test_a_day_that_is_none_is_explained(energy: Section, day: str) -> None:
    assert "A day is written like this" in page("kiln", until=day).content.decode()


@pytest.mark.parametrize("number", ["0", "101", "x"])
def test_a_page_that_cannot_be_is_not_found(energy: Section, number: str) -> None:
    assert page("kiln", page=number).status_code == 404


def test_a_reader_searches_from_every_page(energy: Section) -> None:
    newsroom.story(energy, "The kiln")
    shown = Client().get("/").content.decode()
    assert '<form class="masthead-search" method="get" action="/search/"' in shown


def test_the_index_can_be_made_again_from_nothing(energy: Section) -> None:
    newsroom.story(energy, "The kiln")
    newsroom.draft(energy, "No kiln yet")
    SearchEntry.objects.all().delete()
    assert headlines("kiln") == []
    call_command("rebuild_search")
    assert headlines("kiln") == ["The kiln"]


def test_search_goes_through_the_index_among_a_hundred_thousand_stories(energy: Section) -> None:
    """The rows are generated, in tables of this session that stand before the real ones; the plan
    is what counts, not the time."""
    with connection.cursor() as cursor:
        cursor.execute(_MANY)
        sql, values = statement(Wish("kiln", "en"))
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Bitmap Index Scan on articles_searchentry_words_idx" in plan, plan
    assert "Seq Scan on articles_searchentry" not in plan


_MANY = """
CREATE TEMPORARY TABLE articles_searchentry
    (LIKE public.articles_searchentry INCLUDING INDEXES) ON COMMIT DROP;
CREATE TEMPORARY TABLE articles_article ON COMMIT DROP AS
    SELECT n AS page_ptr_id, n AS current_version_id FROM generate_series(1, 100000) n;
CREATE TEMPORARY TABLE wagtailcore_page ON COMMIT DROP AS
    SELECT n AS id, true AS live FROM generate_series(1, 100000) n;
CREATE UNIQUE INDEX ON articles_article (page_ptr_id);
CREATE UNIQUE INDEX ON wagtailcore_page (id);
INSERT INTO articles_searchentry
    (article_id, version_id, language, section, people, topics, published_at, words)
    SELECT n, n, 'en', 'energy', '{}', '{}', now() - n * interval '1 hour',
           to_tsvector('english', n || CASE n % 1000 WHEN 0 THEN ' kiln' ELSE ' story' END)
    FROM generate_series(1, 100000) n;
ANALYZE articles_searchentry, articles_article, wagtailcore_page;
"""
