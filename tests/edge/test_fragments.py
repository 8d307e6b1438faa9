"""Parts of pages kept by the values they show: never another page's, never an earlier one's."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.safestring import SafeString
from django.utils.translation import override

from articles.comments import write_comment
from articles.corrections import Entry, Record
from articles.entries import EntryLine
from articles.listing import Card
from articles.models import Comment, CommentState, Kind
from articles.story import Story
from articles.threads import CommentShown
from campaigns.progress import OpenMatch, progress
from newsroom.branding.models import Branding, OwnWords
from newsroom.edge import fragments
from newsroom.edge.fragments import frozen, kept
from tests.articles import newsroom
from tests.campaigns_made import a_campaign, the_default_campaign

MOMENT = datetime(2026, 6, 3, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    fragments.forget()
    yield
    fragments.forget()


def a_story(**other: Any) -> Story:
    return Story(
        **{
            "id": 1,
            "url": "/2026/06/03/kiln/",
            "absolute_url": "https://n.example/2026/06/03/kiln/",
            "headline": "The kiln goes cold",
            "dek": "A village counts its wood.",
            "label": "news",
            "label_shown": "News",
            "section_title": "Energy",
            "section_url": "/energy/",
            "location": "Marrow Bay",
            "published_at": MOMENT,
            "modified_at": None,
            "bylines": [("Odile Perrin", "/people/odile/")],
            "credits": [],
            "lead_image": None,
            "body": [],
            "body_html": SafeString("<p>Four cords.</p>"),
            "topics": [],
            "content_warning": "",
            "developing": False,
            "comments_open": True,
            "mark": None,
            "language": "en",
            "version": 1,
        }
        | other
    )


def an_entry(**other: Any) -> EntryLine:
    return EntryLine(
        **{
            "number": 1,
            "kind": "correction",
            "kind_shown": "Correction",
            "was": "Four cords.",
            "now": "Five cords.",
            "issued_at": MOMENT,
            "recorded_at": MOMENT,
            "signature": "Odile Perrin",
            "anchor": "entry-1",
            "before_after_url": "/2026/06/03/kiln/history/1-2/",
            "story_headline": "The kiln goes cold",
            "story_url": "/2026/06/03/kiln/",
            "after": 2,
        }
        | other
    )


def a_comment(**other: Any) -> CommentShown:
    return CommentShown(
        **{
            "name_shown": "Bea",
            "text": "I remember.",
            "created_at": MOMENT,
            "anchor": "c1",
            "id": 1,
        }
        | other
    )


def a_card(**other: Any) -> Card:
    return Card(
        **{
            "id": 2,
            "url": "/2026/06/02/ice/",
            "headline": "The ice",
            "dek": "It went out.",
            "label": "news",
            "label_shown": "News",
            "section_title": "Energy",
            "section_url": "/energy/",
            "published_at": MOMENT,
            "modified_at": MOMENT,
            "authors": [("Anand Rao", "/people/anand/")],
            "image_url": "/media/i.webp",
            "image_alt": "Ice",
            "image_width": 960,
            "image_height": 640,
            "mark": None,
        }
        | other
    )


PICTURE = {
    "url": "/media/a.webp",
    "absolute_url": "https://n.example/media/a.webp",
    "srcset": "",
    "width": 960,
    "height": 640,
    "alt": "A kiln",
    "caption": "Cold",
    "credit": "A. Rao",
}
# For each type of a field, what it may become.
OTHER: dict[type, list[Any]] = {
    str: ["Another <b>"],
    int: [7],
    bool: [True, False],
    datetime: [MOMENT + timedelta(days=1)],
    list: [[], [("Bea", "/people/bea/")]],
    dict: [PICTURE, PICTURE | {"alt": "Another kiln"}],
    type(None): ["correction", MOMENT, PICTURE, 5],
}


def others(value: Any) -> Iterator[Any]:
    for kind, values in OTHER.items():
        if isinstance(value, kind):
            yield from values


def variations(one: Any) -> Iterator[Any]:
    """`one` with each of its fields changed in turn, where the page can show the change at all."""
    for field in fields(one):
        for other in others(getattr(one, field.name)):
            yield replace(one, **{field.name: other})


def page(**context: Any) -> str:
    story = context.get("story") or a_story()
    return render_to_string(
        "articles/article.html",
        {
            "story": story,
            "corrections": [],
            "retraction": None,
            "marked": None,
            "shared_headline": story.headline,
            "keep_reading": [],
            "comments": [],
            "comment_count": 0,
            "more_comments_url": "",
            "policy_url": "/corrections/policy/",
            "history_url": f"{story.url}history/",
            **context,
        },
        RequestFactory().get("/"),
    )


def same_as_anew(**context: Any) -> None:
    """The page is what a process just started would give."""
    try:
        warm = page(**context)
    except (TypeError, AttributeError):
        # No such story can be: neither page is to be had.
        return
    fragments.forget()
    assert page(**context) == warm


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["story", "entry", "retraction", "comment", "card"])
def test_whatever_changes_the_page_shows_it_as_if_nothing_had_been_kept(what: str) -> None:
    def shown(one: Any) -> dict[str, Any]:
        match what:
            case "story":
                return {"story": one}
            case "entry":
                return {
                    "corrections": [one],
                    "marked": an_entry(),
                    "story": a_story(mark="correction"),
                }
            case "retraction":
                return {"corrections": [one], "marked": one, "retraction": one}
            case "comment":
                return {"comments": [one], "comment_count": 1}
        return {"keep_reading": [one]}

    one = {
        "story": a_story(),
        "entry": an_entry(),
        "retraction": an_entry(kind="retraction"),
        "comment": a_comment(),
        "card": a_card(),
    }[what]
    page(**shown(one))
    for other in variations(one):
        # The first is kept beside it each time, and nothing of it may come along.
        page(**shown(one))
        same_as_anew(**shown(other))


@pytest.mark.django_db
def test_another_name_of_the_newsroom_is_seen_on_every_part_of_the_page() -> None:
    page()
    branding = Branding.load()
    for field in ("name", "about", "legal_name", "postal_address", "contact_email"):
        setattr(branding, field, f"Tidewire {field}")
        branding.save()
        assert f"Tidewire {field}" in page()
        same_as_anew()


@pytest.mark.django_db
def test_a_page_in_french_has_no_part_of_an_english_one() -> None:
    english = page()
    with override("fr"):
        french = page()
        fragments.forget()
        assert page() == french
    assert 'lang="fr"' in french
    assert page() == english


@pytest.mark.django_db
def test_a_live_story_is_read_as_it_is_after_each_change(client: Any) -> None:
    the_default_campaign()
    story = newsroom.story(newsroom.section())

    def read() -> str:
        warm = client.get(story.url).content.decode()
        fragments.forget()
        assert client.get(story.url).content.decode() == warm
        return str(warm)

    assert "Five cords" not in read()
    newsroom.edit(
        story,
        body=newsroom.body(newsroom.text("Five cords.")),
        record=Record([Entry(Kind.CORRECTION, "It was four.", "It is five.")]),
    )
    assert "Five cords" in read()
    reader = newsroom.editor("Bea", is_superuser=False, is_staff=False)
    comment = write_comment(story, reader, "I remember that winter.", datetime.now(UTC))
    assert "I remember that winter" not in read()
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.APPROVED)
    assert "I remember that winter" in read()
    campaign = a_campaign(on_articles=True, appeal="Before the ice")
    assert "Before the ice" in read()
    campaign.goal = 9_900_000
    campaign.save()
    assert "$99,000" in read()


def test_equal_words_with_and_without_markup_are_two_parts() -> None:
    assert frozen("a<b") == frozen("a<" + "b")
    assert frozen("a<b") != frozen(SafeString("a<b"))


def test_one_moment_in_two_zones_is_shown_in_each() -> None:
    there = MOMENT.astimezone(ZoneInfo("America/Toronto"))
    assert there == MOMENT
    assert frozen(there) != frozen(MOMENT)


def test_what_cannot_be_compared_is_not_kept_by_half() -> None:
    with pytest.raises(TypeError):
        frozen(object())


def test_a_part_is_rendered_once_for_its_values() -> None:
    template = Template("{% load kept %}{% kept 'p' value %}{{ count }}{% endkept %}")
    assert template.render(Context({"value": [1], "count": 1})) == "1"
    assert template.render(Context({"value": [1], "count": 2})) == "1"
    assert template.render(Context({"value": [2], "count": 3})) == "3"


def test_what_is_kept_stays_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_BYTES", 1_000)
    made: list[object] = []

    def part(key: object, length: int = 100) -> None:
        def render() -> SafeString:
            made.append(key)
            return SafeString("x" * length)

        kept(key, render)

    for number in range(50):
        part(number)
    made.clear()
    part(49)
    assert made == []
    part(0)
    assert made == [0]
    part("large", fragments.LARGEST_BYTES)
    made.clear()
    part(0)
    assert made == []


def test_a_part_that_shows_little_of_much_is_weighed_with_all_it_is_kept_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fragments, "MOST_BYTES", 50_000)
    for number in range(20):
        long = a_story(dek=f"{number} " + "word " * 2_000)
        kept(frozen([long]), lambda: SafeString("The kiln"))
    assert len(fragments._kept) <= 4


def test_a_part_that_shows_what_cannot_be_compared_is_shown_all_the_same() -> None:
    template = Template("{% load kept %}{% kept 'p' value %}{{ count }}{% endkept %}")
    for count in (1, 2):
        assert template.render(Context({"value": {1, 2}, "count": count})) == str(count)


@pytest.mark.django_db
def test_two_looks_at_a_campaign_are_one_part_until_it_looks_otherwise() -> None:
    campaign = a_campaign(starts_at=MOMENT - timedelta(days=9), ends_at=MOMENT + timedelta(days=3))
    now = progress(campaign, MOMENT)
    assert now.as_shown() == progress(campaign, MOMENT + timedelta(seconds=5)).as_shown()
    later = progress(campaign, MOMENT + timedelta(days=1))
    assert now.as_shown() != later.as_shown()
    assert now.as_shown() != replace(now, raised=1).as_shown()
    frozen(now.as_shown())


@pytest.mark.django_db
def test_a_sponsors_name_said_anew_in_french_is_another_part() -> None:
    promise = OpenMatch("The Lakes Fund", 100, 1_000, 500, "CAD")
    now = replace(progress(a_campaign(), MOMENT), match=promise)
    with override("fr"):
        before = now.as_shown()
        OwnWords.objects.create(language="fr", source="The Lakes Fund", said="Le Fonds des lacs")
        assert now.as_shown() != before
