"""What a reader is promised of a story's page."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.comments import approve, write_comment
from articles.corrections import Entry, Record
from articles.going_public import Leaving
from articles.keep_reading import keep_reading
from articles.listing import cards, published
from articles.models import Address, Article, Kind, Pin, Section, Topic
from articles.navigation import forget
from articles.publishing import publish
from articles.removals import remove
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.campaigns_made import a_campaign

pytestmark = pytest.mark.django_db

TORONTO = ZoneInfo("America/Toronto")


def corrected(article: Article, count: int = 1, **fields: Any) -> None:
    for number in range(count):
        entry = Entry(Kind.CORRECTION, f"It was {number}.", f"It is {number + 1}.")
        newsroom.edit(article, title=f"Headline {number}", record=Record([entry]), **fields)


def test_a_story_is_read_at_the_day_of_its_first_publication_in_the_newsrooms_zone(
    client: Client, energy: Section
) -> None:
    late = datetime(2026, 6, 3, 23, 30, tzinfo=TORONTO)
    made = newsroom.story(energy, slug="the-kiln", moment=late)
    assert made.url == "/2026/06/03/the-kiln/"
    page = client.get(made.url).content.decode()
    assert "The kiln goes cold" in page
    assert newsroom.PARAGRAPH in page


def test_its_address_stays_when_it_is_changed_or_published_again(energy: Section) -> None:
    first = timezone.now() - timedelta(days=30)
    made = newsroom.story(energy, slug="the-kiln", moment=first)
    address = made.url
    corrected(made)
    why = Leaving("unpublished", "other", "Over.", newsroom.editor(), newsroom.editor())
    remove(made, why)
    publish(Article.objects.get(pk=made.pk), by=None)
    assert Article.objects.get(pk=made.pk).url == address
    assert Address.objects.count() == 1


def test_an_old_address_leads_to_the_new_one_for_ever(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, slug="the-kiln")
    old = made.url
    newsroom.edit(made, slug="the-warm-kiln")
    assert made.url == old.replace("the-kiln", "the-warm-kiln")
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, made.url)
    answer = client.get(f"{old}history/")
    assert (answer.status_code, answer["Location"]) == (301, f"{made.url}history/")
    newsroom.edit(made, slug="the-kiln")
    assert made.url == old
    assert client.get(old).status_code == 200


def test_an_address_once_public_is_given_to_no_other_story(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, slug="the-kiln")
    newsroom.edit(made, slug="moved")
    other = newsroom.story(newsroom.section("Water", "water"), "Another", slug="the-kiln")
    assert other.url == made.url.replace("moved", "the-kiln-2")
    assert "Another" in client.get(other.url).content.decode()


def test_a_draft_and_an_unknown_story_are_not_found_and_a_removed_one_is_gone(
    client: Client, energy: Section
) -> None:
    newsroom.draft(energy, slug="draft")
    assert client.get("/energy/draft/").status_code == 404
    made = newsroom.story(energy)
    url = made.url
    newsroom.unpublish(made)
    assert client.get(url).status_code == 410
    assert client.get("/2026/02/31/nothing/").status_code == 404


def test_the_address_in_the_tree_leads_to_the_storys_own(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, slug="the-kiln")
    answer = client.get("/energy/the-kiln/")
    assert (answer.status_code, answer["Location"]) == (301, made.url)


def test_entries_stand_under_the_story_newest_first_with_their_minute(
    client: Client, energy: Section, editor: Reader
) -> None:
    made = newsroom.story(energy, moment=datetime(2022, 12, 12, 9, tzinfo=TORONTO))
    for minute, kind in ((50, Kind.CLARIFICATION), (51, Kind.UPDATE)):
        moment = datetime(2022, 12, 13, 10, minute, 33, tzinfo=TORONTO)
        record = Record([Entry(kind, f"Was {minute}.", f"Now {minute}.")])
        newsroom.edit(made, title=f"At {minute}", record=record, moment=moment, by=editor)
    answer = client.get(made.url)
    assert [entry.number for entry in answer.context["corrections"]] == [2, 1]
    page = answer.content.decode()
    assert page.index("Now 51.") < page.index("Now 50.")
    assert "December 13, 2022, 10:50" in page
    assert 'id="entry-1"' in page
    assert "/corrections/policy/" in page
    entry = answer.context["corrections"][1]
    assert (entry.kind_shown, entry.was, entry.signature) == (
        "Clarification",
        "Was 50.",
        editor.public_name,
    )
    assert client.get(entry.before_after_url).status_code == 200


def test_the_headline_is_marked_for_corrections_and_retractions_only(
    client: Client, energy: Section
) -> None:
    made = newsroom.story(energy)
    for kind, mark in (
        (Kind.UPDATE, None),
        (Kind.CORRECTION, "correction"),
        (Kind.RETRACTION, "retraction"),
    ):
        newsroom.edit(made, title=str(kind), record=Record([Entry(kind, "Was.", "Now.")]))
        assert client.get(made.url).context["story"].mark == mark


def test_a_retracted_story_keeps_its_address_and_leaves_every_list(
    client: Client, energy: Section
) -> None:
    made = newsroom.story(energy, "The kiln goes cold")
    other = newsroom.story(energy, "Ice")
    other.pins.add(Pin(story=made))
    publish(other, by=None)
    record = Record([Entry(Kind.RETRACTION, "", "We could not stand by it.")])
    newsroom.edit(made, record=record)
    assert "We could not stand by it." in client.get(made.url).content.decode()
    for path in ("/", "/energy/", "/feed.atom", "/energy/feed.atom", "/sitemap.xml"):
        # The latest entries on the front page lead to its reason, never to the story as news.
        assert not re.search(f"{made.url}(?!#entry)", client.get(path).content.decode()), path
    assert client.get(other.url).context["keep_reading"] == []
    assert made.url in client.get("/corrections/").content.decode()


def test_an_entry_that_was_mistaken_is_superseded_and_no_longer_marks(
    client: Client, energy: Section
) -> None:
    made = newsroom.story(energy)
    corrected(made)
    mistaken = made.corrections.get()
    entry = Entry(Kind.CLARIFICATION, "", "Our entry was mistaken.", supersedes=mistaken.pk)
    newsroom.edit(made, record=Record([entry]))
    answer = client.get(made.url)
    assert answer.context["story"].mark is None
    assert [line.supersedes for line in answer.context["corrections"]] == [1, None]


def queries(client: Client, url: str) -> int:
    forget()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_story_takes_at_most_eight_queries_whatever_its_numbers(
    client: Client, energy: Section, editor: Reader
) -> None:
    topic = Topic.objects.create(name="Wood", slug="wood")
    made = newsroom.story(energy)
    a_campaign(on_articles=True)
    assert "Keep the lights on" in client.get(made.url).content.decode()
    plain = queries(client, made.url)
    made.topics.set([topic])
    corrected(made, 50)
    for number in range(6):
        other = newsroom.draft(energy, f"Other {number}")
        other.topics.set([topic])
        publish(other, by=None)
        made.pins.add(Pin(story=other, sort_order=number))
        comment = write_comment(
            Article.objects.get(pk=made.pk), editor, f"Comment number {number}", timezone.now()
        )
        approve(comment, editor, timezone.now())
    publish(made, by=None)
    assert queries(client, made.url) == plain
    assert plain <= 8


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/energy/",
        "/people/ann-bell/",
        "/topics/wood/",
        "/corrections/",
        "/corrections/feed.atom",
        "/corrections/log.json",
        "/feed.atom",
        "/sitemap.xml",
        "story",
        "story history/",
        "story history/1-2/",
    ],
)
def test_pages_are_the_same_for_everybody(
    path: str, energy: Section, desk: Client, client: Client
) -> None:
    topic = Topic.objects.create(name="Wood", slug="wood")
    made = newsroom.draft(energy, writers=(newsroom.person("Ann Bell", "ann-bell"),))
    made.topics.set([topic])
    publish(made, by=None)
    corrected(made)
    url = made.url + path.removeprefix("story").strip() if path.startswith("story") else path
    answer, staff = client.get(url), desk.get(url)
    assert answer.status_code == 200, url
    assert answer.content == staff.content
    for each in (answer, staff):
        assert not each.cookies
        assert "Cookie" not in each.get("Vary", "")
    assert re.fullmatch(
        r"public, max-age=0, s-maxage=\d+, stale-while-revalidate=\d+", answer["Cache-Control"]
    )
    again = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post(url).status_code in (403, 405)


def test_keep_reading_has_pins_first_then_the_topic_then_the_newest(
    client: Client, energy: Section
) -> None:
    topic = Topic.objects.create(name="Wood", slug="wood")
    start = timezone.now() - timedelta(days=20)
    same, pinned = newsroom.draft(energy, "Same topic"), newsroom.draft(energy, "Pinned")
    same.topics.set([topic])
    for day, article in enumerate((same, pinned)):
        publish(article, by=None, moment=start + timedelta(days=day))
    for day in (3, 4, 5):
        newsroom.story(energy, f"Day {day}", moment=start + timedelta(days=day))
    made = newsroom.draft(energy, "The story")
    made.topics.set([topic])
    made.pins.add(Pin(story=pinned))
    publish(made, by=None)
    shown = [card.headline for card in client.get(made.url).context["keep_reading"]]
    assert shown == ["Pinned", "Same topic", "Day 5", "Day 4"]


def test_a_pull_quote_is_shared_with_its_line_and_the_storys_address(
    client: Client, energy: Section
) -> None:
    quote = {
        "type": "pull_quote",
        "value": {
            "quote": "Mining out.",
            "attribution": "Alicia",
            "share_line": "",
            "accounts": "@standtall",
            "hashtags": "#water",
        },
    }
    made = newsroom.story(energy, slug="kiln", body=newsroom.body(quote))
    page = client.get(made.url).content.decode()
    assert "Mining out." in page
    assert "%40standtall+%23water" in page
    assert made.url.replace("/", "%2F") in page


def test_a_lead_picture_is_shown_with_its_widths_alt_and_credit(
    client: Client, energy: Section
) -> None:
    made = newsroom.story(
        energy,
        lead_image=newsroom.image(),
        lead_image_alt="A red square",
        lead_image_credit="Ann Bell",
    )
    picture = client.get(made.url).context["story"].lead_image
    assert (picture["width"], picture["height"]) == (960, 640)
    assert [source["width"] for source in picture["sources"]] == [480, 960, 1200]
    assert picture["url"].endswith(".webp")
    assert (picture["alt"], picture["credit"]) == ("A red square", "Ann Bell")


def test_machines_read_the_story_with_its_corrections(
    client: Client, energy: Section, editor: Reader
) -> None:
    ann, bo = newsroom.person("Ann Bell", "ann-bell"), newsroom.person("Bo Cray", "bo-cray")
    made = newsroom.story(
        energy, "</script><b>&", dek="Dek.", writers=(ann,), helpers=(bo,), location="Marrow Bay"
    )
    corrected(made, by=editor)
    page = client.get(made.url).content.decode()
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    known = json.loads(script)
    assert known["@type"] == "NewsArticle"
    assert known["headline"] == "Headline 0"
    assert known["author"] == [
        {"@type": "Person", "name": "Ann Bell", "url": "http://localhost:8000/people/ann-bell/"}
    ]
    assert [each["name"] for each in known["contributor"]] == ["Bo Cray"]
    assert known["isAccessibleForFree"] is True
    assert known["publishingPrinciples"].endswith("/corrections/policy/")
    assert known["publisher"]["correctionsPolicy"].endswith("/corrections/policy/")
    published = datetime.fromisoformat(known["datePublished"])
    assert datetime.fromisoformat(known["dateModified"]) > published
    [correction] = known["correction"]
    assert correction["@type"] == "CorrectionComment"
    assert correction["text"] == "It was 0. → It is 1."
    assert correction["url"] == f"http://localhost:8000{made.url}#entry-1"


def test_a_headline_cannot_end_the_script_it_stands_in(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, "</script><b>&")
    page = client.get(made.url).content.decode()
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(script)["headline"] == "</script><b>&"


def test_every_version_is_public_with_why_it_came_to_be(
    client: Client, energy: Section, editor: Reader
) -> None:
    made = newsroom.story(energy, "Cold")
    corrected(made, by=editor)
    newsroom.edit(made, title="Headline zero", record=Record(minor_reason="Style."), by=editor)
    answer = client.get(f"{made.url}history/")
    assert answer["X-Robots-Tag"] == "noindex"
    lines = answer.context["versions"]
    assert [(line.number, line.change, line.minor_reason) for line in lines] == [
        (3, "minor", "Style."),
        (2, "explained", ""),
        (1, "first", ""),
    ]
    assert [entry.number for entry in lines[1].entries] == [1]
    assert lines[0].signed == editor.public_name


def test_any_two_versions_are_compared_word_by_word(client: Client, energy: Section) -> None:
    made = newsroom.story(energy, "The kiln goes cold")
    newsroom.edit(made, title="The kiln goes warm", record=Record(minor_reason="x"))
    newsroom.edit(made, title="The kiln is warm", record=Record(minor_reason="x"))
    answer = client.get(f"{made.url}history/1-3/")
    assert answer["X-Robots-Tag"] == "noindex"
    [headline] = [each for each in answer.context["paragraphs"] if ("same", "The kiln") in each]
    assert headline == [("same", "The kiln"), ("gone", "goes cold"), ("new", "is warm")]
    for wrong in ("3-1", "1-1", "1-9", "0-1"):
        assert client.get(f"{made.url}history/{wrong}/").status_code == 404


def test_an_editor_previews_a_draft_as_it_would_look(desk: Client, energy: Section) -> None:
    made = newsroom.story(energy, "The kiln goes cold")
    made.title = "A draft"
    made.save_revision()
    page = desk.get(f"/desk/pages/{made.pk}/view_draft/").content.decode()
    assert "<h1>A draft</h1>" in page
    fresh = newsroom.draft(energy, "Never published")
    page = desk.get(f"/desk/pages/{fresh.pk}/view_draft/").content.decode()
    assert "Never published" in page


def test_keep_reading_shows_what_may_be_listed_and_nothing_else(
    client: Client, energy: Section
) -> None:
    topic = Topic.objects.create(name="Wood", slug="wood")
    made, other, away = (newsroom.draft(energy, name) for name in ("Made", "Other", "Away"))
    retracted, restored = newsroom.draft(energy, "Retracted"), newsroom.draft(energy, "Restored")
    for article in (other, away, retracted, restored, made):
        article.topics.set([topic])
        publish(article, by=None)
        made.pins.add(Pin(story=article))
    publish(made, by=None)
    newsroom.draft(energy, "Never published")
    newsroom.unpublish(Article.objects.get(pk=away.pk))
    for article in (retracted, restored):
        record = Record([Entry(Kind.RETRACTION, "Was.", "Now.")])
        newsroom.edit(article, title=f"{article.title}.", record=record)
    mistaken = restored.corrections.get()
    entry = Entry(Kind.CORRECTION, "We took it back.", "It stands.", supersedes=mistaken.pk)
    newsroom.edit(restored, title="It stands", record=Record([entry]))
    shown = {card.id: card for card in keep_reading(made.pk, "en", 9)}
    listed = {card.id: card for card in cards(published("en").exclude(pk=made.pk))}
    assert shown == listed
    assert set(shown) == {other.pk, restored.pk}
    assert shown[restored.pk].mark == "correction"
    assert keep_reading(made.pk, "fr") == []
