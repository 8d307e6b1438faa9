"""Quotes and stories are shared with a picture drawn from their words, of the current version."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from articles.cards import HEIGHT, WIDTH, balanced, quote_card, story_card
from articles.corrections import Entry, Record
from articles.models import Kind, Section
from tests.articles import newsroom

LONG = "Là où la rivière s’élargit, on n’a jamais vu l’été finir si tôt, ni l’hiver si tard. " * 9


def quote(words: str = "Mining out.", by: str = "Alicia") -> dict[str, Any]:
    parts = {"share_line": "", "accounts": "", "hashtags": ""}
    return {"type": "pull_quote", "value": {"quote": words, "attribution": by, **parts}}


def drawn(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    return image.convert("RGB")


@pytest.mark.parametrize("words", ["", "No.", "“No.”", LONG, "x" * 900, "ÎÉŒŷ ĉ 中"])
def test_every_quote_is_drawn_whole_within_its_margins(words: str) -> None:
    ground = (16, 41, 43)
    for image in (
        drawn(quote_card(words, "Béatrice Côté-Œuvrard, " * 8, "Waylight")),
        drawn(story_card(words, "Énergie", "Waylight")),
    ):
        for x in (*range(8), *range(WIDTH - 60, WIDTH)):
            assert {image.getpixel((x, y)) for y in range(HEIGHT)} == {ground}


@given(st.lists(st.text("abc", min_size=1, max_size=9), max_size=40), st.integers(9, 80))
def test_lines_are_no_wider_than_their_room_and_lose_no_word(words: list[str], width: int) -> None:
    lines = balanced(words, len, width)
    assert " ".join(lines).split() == words
    assert all(len(line) <= width for line in lines)


@pytest.mark.django_db
def test_a_shared_quote_leads_to_its_place_in_the_story_with_its_picture(energy: Section) -> None:
    made = newsroom.story(energy, body=newsroom.body(quote("One."), quote("Two.", "Bea")))
    story = Client().get(made.url).content.decode()
    assert f"{made.url}quote/2/".replace("/", "%2F") in story
    assert '<figure class="pull-quote" id="quote-2">' in story
    page = Client().get(f"{made.url}quote/2/")
    html = page.content.decode()
    assert f'href="{made.url}#quote-2"' in html
    assert f'property="og:image" content="http://localhost:8000{made.url}quote/1-2.png"' in html
    assert "“Two.” — Bea" in html
    assert not page.cookies
    picture = Client().get(f"{made.url}quote/1-2.png")
    assert picture["Content-Type"] == "image/png"
    # A quote that is corrected away is not handed out for longer than the story as it was.
    assert picture["Cache-Control"] == Client().get(made.url)["Cache-Control"]
    assert picture.content == quote_card("Two.", "Bea", "Waylight")


@pytest.mark.django_db
def test_a_quote_that_was_corrected_is_drawn_as_it_is_now(energy: Section) -> None:
    made = newsroom.story(energy, body=newsroom.body(quote("One.")))
    record = Record([Entry(Kind.CORRECTION, "We wrote one.", "It was two.")])
    newsroom.edit(made, body=newsroom.body(quote("Two.")), record=record)
    old = Client().get(f"{made.url}quote/1-1.png")
    assert (old.status_code, old.url) == (302, f"{made.url}quote/2-1.png")
    assert Client().get(old.url).content == quote_card("Two.", "Alicia", "Waylight")
    assert Client().get(f"{made.url}quote/9/").status_code == 302
    assert Client().get(f"{made.url}quote/2-9.png").status_code == 404


@pytest.mark.django_db
def test_nothing_of_a_retracted_story_is_handed_out_as_a_quote(energy: Section) -> None:
    made = newsroom.story(energy, body=newsroom.body(quote("One.")))
    wrong = Record([Entry(Kind.RETRACTION, "It was made up.", "It did not happen.")])
    newsroom.edit(made, dek="Retracted.", record=wrong)
    assert Client().get(f"{made.url}quote/1/").url == made.url
    assert Client().get(f"{made.url}quote/2-1.png").status_code == 404


@pytest.mark.django_db
def test_no_card_is_drawn_of_a_retracted_story(energy: Section) -> None:
    made = newsroom.story(energy)
    wrong = Record([Entry(Kind.RETRACTION, "It was made up.", "It did not happen.")])
    newsroom.edit(made, dek="Retracted.", record=wrong)
    assert [Client().get(f"{made.url}card/{n}.png").status_code for n in (1, 2)] == [404, 404]
    assert "/card/" not in Client().get(made.url).content.decode()


@pytest.mark.django_db
def test_a_story_without_a_lead_picture_is_shared_with_its_headline_drawn(energy: Section) -> None:
    made = newsroom.story(energy, "The ice goes out")
    card = f"{made.url}card/1.png"
    assert f'content="http://localhost:8000{card}"' in Client().get(made.url).content.decode()
    assert Client().get(card).content == story_card("The ice goes out", "Energy", "Waylight")
