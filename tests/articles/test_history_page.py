"""What readers are promised of a story's history and of the comparison of any two versions."""

import random
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing import compare, in_runs
from articles.corrections import Entry, Record
from articles.differences import Difference, Seen, differences
from articles.models import Article, Kind, Section, Topic
from articles.publishing import publish
from articles.word_matching import matches
from tests.articles import newsroom

MINOR = Record(minor_reason="Spelling.")

texts = st.lists(st.sampled_from("abcdefg"), max_size=40)


@given(texts, texts)
def test_words_are_matched_only_with_the_same_words_in_the_same_order(
    before: list[str], after: list[str]
) -> None:
    done = done_after = 0
    for start, start_after, length in matches(before, after):
        assert length > 0
        assert start >= done
        assert start_after >= done_after
        assert before[start : start + length] == after[start_after : start_after + length]
        done, done_after = start + length, start_after + length


def test_words_that_stayed_are_found_in_long_texts_however_often_they_stand() -> None:
    chance = random.Random(5)
    before = [f"w{int(chance.paretovariate(0.6)) % 900}" for _ in range(5_000)]
    changed = set(chance.sample(range(5_000), 100))
    after = [f"new{n}" if n in changed else word for n, word in enumerate(before)]
    assert sum(length for _start, _after, length in matches(before, after)) == 4_900


def test_a_paragraph_put_in_does_not_make_the_others_look_changed() -> None:
    before = ["The kiln burned four cords.", "The council met on Monday.", "Nobody came to it."]
    after = [
        "The kiln burned five cords.",
        "A letter from the bank lay there unopened all winter.",
        "The council met on Tuesday.",
        "Nobody came to it.",
    ]
    assert compare(before, after) == [
        [("same", "The kiln burned"), ("gone", "four"), ("new", "five"), ("same", "cords.")],
        [("new", "A letter from the bank lay there unopened all winter.")],
        [("same", "The council met on"), ("gone", "Monday."), ("new", "Tuesday.")],
        [("same", "Nobody came to it.")],
    ]


def test_a_sentence_written_anew_is_not_cut_to_pieces_by_small_words() -> None:
    [pieces] = compare(
        ["Of all that the council said that night, nobody wrote a word down."],
        ["Ice closed the harbour, and the ferry that lay in it was crushed."],
    )
    assert [op for op, _text in pieces] == ["gone", "new"]


def test_paragraphs_that_stayed_are_kept_apart_from_those_that_changed() -> None:
    runs = in_runs(compare(["a b", "c", "d", "e f"], ["a x", "c", "d", "e y"]))
    assert [(run.changed, len(run.paragraphs)) for run in runs] == [
        (True, 1),
        (False, 2),
        (True, 1),
    ]


def copy(**fields: Any) -> dict[str, Any]:
    return {
        "lead_image": None,
        "body": [],
        "section": {"title": "Energy", "url": "/energy/"},
        "topics": [],
        "developing": False,
        **fields,
    }


def paragraph(*links: tuple[str, str]) -> dict[str, Any]:
    shown = [{"text": text, "url": url} for text, url in links]
    return {"kind": "text", "html": "", "paragraphs": ["x"], "links": shown}


IMAGE = {"kind": "image", "file": "f1", "alt": "A kiln", "caption": "", "credit": "Ann"}
KILN = {"file": "f1", "url": "/media/kiln.webp", "alt": "A kiln", "caption": "The kiln"}
BODY_KILN = {"kind": "image", "file": "f1", "alt": "", "caption": "The kiln", "credit": "Ann"}
BODY_ICE = {"kind": "image", "file": "f2", "alt": "", "caption": "Ice", "credit": "Ann"}
ICE = {"file": "f2", "url": "/media/ice.webp", "alt": "Ice", "caption": ""}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (copy(), copy(), []),
        (
            copy(lead_image=KILN),
            copy(lead_image=ICE),
            [
                Difference(
                    "picture",
                    Seen("The kiln", picture="/media/kiln.webp"),
                    Seen("Ice", picture="/media/ice.webp"),
                )
            ],
        ),
        (copy(body=[IMAGE]), copy(), [Difference("picture", Seen("A kiln"), None)]),
        (
            copy(body=[paragraph(("map", "/a/"), ("plan", "/p/"))]),
            copy(body=[paragraph(("map", "/b/"), ("plan", "/p/"))]),
            [Difference("link", Seen("map", "/a/"), Seen("map", "/b/"))],
        ),
        (
            copy(body=[paragraph()]),
            copy(body=[paragraph(("map", "/a/"))]),
            [Difference("link", None, Seen("map", "/a/"))],
        ),
        (
            copy(body=[{"kind": "embed", "url": "https://v.example/1"}]),
            copy(body=[{"kind": "embed", "url": "https://v.example/2"}]),
            [
                Difference(
                    "embed",
                    Seen("https://v.example/1", "https://v.example/1"),
                    Seen("https://v.example/2", "https://v.example/2"),
                )
            ],
        ),
        (
            copy(body=[BODY_KILN, BODY_ICE]),
            copy(body=[BODY_KILN | {"file": "f2"}, BODY_ICE | {"file": "f1"}]),
            [
                Difference("exchanged picture", Seen("The kiln"), Seen("Ice")),
                Difference("exchanged picture", Seen("Ice"), Seen("The kiln")),
            ],
        ),
        (
            copy(body=[BODY_KILN, BODY_ICE]),
            copy(body=[BODY_ICE, BODY_KILN]),
            [Difference("order")],
        ),
        (
            copy(body=[BODY_KILN]),
            copy(body=[BODY_KILN | {"file": "f3"}]),
            [Difference("picture", Seen("The kiln"), Seen("The kiln"))],
        ),
        (
            copy(body=[{"kind": "related", "story": 7, "line": "Read"}]),
            copy(body=[{"kind": "related", "story": 8, "line": "Read"}]),
            [Difference("related story", Seen("Read", story=7), Seen("Read", story=8))],
        ),
        (
            copy(body=[{"kind": "pull_quote", "quote": "Cold.", "attribution": "Mayor Otter"}]),
            copy(body=[{"kind": "pull_quote", "quote": "Cold.", "share_line": "Mayor Otter"}]),
            [
                Difference(
                    "quotation",
                    Seen("", parts=(("quote", "Cold."), ("attribution", "Mayor Otter"))),
                    Seen("", parts=(("quote", "Cold."), ("share_line", "Mayor Otter"))),
                )
            ],
        ),
        (copy(body=[{"a": 1}, {"b": 2}]), copy(body=[{"b": 2}, {"a": 1}]), [Difference("order")]),
        (
            copy(),
            copy(section={"title": "Water", "url": "/water/"}),
            [Difference("section", Seen("Energy", "/energy/"), Seen("Water", "/water/"))],
        ),
        (copy(), copy(topics=[{"name": "Wood"}]), [Difference("topics", None, Seen("Wood"))]),
        (copy(), copy(developing=True), [Difference("developing", None, Seen(""))]),
    ],
)
def test_what_changed_beside_the_words_is_named(
    before: dict[str, Any], after: dict[str, Any], found: list[Difference]
) -> None:
    assert differences(before, after) == found


def versions(energy: Section) -> Article:
    made = newsroom.story(energy, "The kiln goes cold")
    newsroom.edit(made, title="The kiln goes warm", record=MINOR)
    newsroom.edit(made, title="The kiln is warm", record=MINOR)
    return made


@pytest.mark.django_db
def test_a_reader_chooses_any_two_versions_with_a_plain_form(
    client: Client, energy: Section
) -> None:
    made = versions(energy)
    page = client.get(f"{made.url}history/").content.decode()
    assert re.search(rf'<form[^>]*method="get" action="{made.url}history/"', page)
    for chosen in ("before=1&after=3", "before=3&after=1"):
        answer = client.get(f"{made.url}history/?{chosen}&view=side")
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{made.url}history/1-3/?view=side",
        )
        assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(f"{made.url}history/?before=1&after=2")["Location"].endswith("history/1-2/")
    for same in ("before=2&after=2", "before=x&after=y"):
        answer = client.get(f"{made.url}history/?{same}")
        assert answer.status_code == 200
        assert "Choose two different versions." in answer.content.decode()


@pytest.mark.django_db
def test_a_story_of_one_version_offers_no_comparison(client: Client, energy: Section) -> None:
    made = newsroom.story(energy)
    assert "choose-versions" not in client.get(f"{made.url}history/").content.decode()


@pytest.mark.django_db
def test_what_went_and_came_is_said_to_who_listens_and_shown_without_colour(
    client: Client, energy: Section
) -> None:
    made = versions(energy)
    page = client.get(f"{made.url}history/1-3/").content.decode()
    assert '<del><span class="hide">[taken out: </span>goes cold' in page
    assert '<ins><span class="hide">[put in: </span>is warm' in page


@pytest.mark.django_db
def test_side_by_side_each_version_stands_in_its_own_column(
    client: Client, energy: Section
) -> None:
    made = versions(energy)
    page = client.get(f"{made.url}history/1-3/?view=side").content.decode()
    cells = re.findall(r"<td>(.*?)</td><td>(.*?)</td>", page, re.DOTALL)
    left, right = next((old, new) for old, new in cells if "kiln" in old and "<del>" in old)
    assert "goes cold" in left
    assert "is warm" not in left
    assert "is warm" in right
    assert "goes cold" not in right
    assert '<th scope="col">Version 1</th><th scope="col">Version 3</th>' in page


@pytest.mark.django_db
def test_edits_without_an_entry_are_shown_with_their_reasons(
    client: Client, energy: Section
) -> None:
    made = versions(energy)
    made.topics.set([Topic.objects.create(name="Wood", slug="wood")])
    publish(made, by=None)
    page = client.get(f"{made.url}history/1-4/").content.decode()
    assert page.count("minor edit: Spelling.") == 2
    assert "layout only" in page
    assert "The topics changed" in page
    alone = client.get(f"{made.url}history/3-4/").content.decode()
    assert "The words are the same" in alone


@pytest.mark.django_db
def test_a_moment_set_back_shows_when_it_was_written_down(
    client: Client, energy: Section, settings: Any
) -> None:
    made = newsroom.story(energy, moment=timezone.now() - timedelta(days=9))
    record = Record([Entry(Kind.CORRECTION, "Was.", "Now.")])
    earlier = timezone.now() - timedelta(minutes=30)
    newsroom.edit(made, title="Other", record=record, moment=earlier)
    shown = "Entered in the record on"
    settings.RECORDED_LATE_MINUTES = 60
    assert shown not in client.get(made.url).content.decode()
    settings.RECORDED_LATE_MINUTES = 20
    page = client.get(made.url).content.decode()
    assert shown in page
    assert made.corrections.get().recorded_at.astimezone().strftime("%Y") in page
    assert client.get(f"{made.url}history/").content.decode().count(shown) == 2
    settings.RECORDED_LATE_MINUTES = 0
    assert shown not in client.get(f"{made.url}history/").content.decode()
