"""The quoted sentence stands in its paragraph, however a reader typed or selected it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.quoting import Marked, place

PARAGRAPHS = ["He said “no”. It’s the ferry – late.", "Fifty people waited.", "None came."]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Fifty people waited.", [Marked("", "Fifty people waited.", "")]),
        ("fifty\n  PEOPLE", [Marked("", "Fifty people", " waited.")]),
        ("It's the ferry - late.", [Marked("He said “no”. ", "It’s the ferry – late.", "")]),
        ('said "no"', [Marked("He ", "said “no”", ". It’s the ferry – late.")]),
        (
            "people waited.\n\nNone",
            [Marked("Fifty ", "people waited.", ""), Marked("", "None", " came.")],
        ),
        ("Sixty people waited.", []),
        ("", []),
        ("  \u200b ", []),
    ],
)
def test_a_sentence_is_found_where_it_stands(sentence: str, found: list[Marked]) -> None:
    assert place(sentence, PARAGRAPHS) == found


@given(st.lists(st.text(), max_size=5), st.text())
def test_what_is_marked_and_around_it_is_the_paragraph(paragraphs: list[str], text: str) -> None:
    for each in place(text, paragraphs):
        assert each.before + each.words + each.after in paragraphs


@given(st.text(min_size=1).filter(lambda text: text == " ".join(text.split())), st.text())
def test_a_whole_paragraph_is_always_found(paragraph: str, other: str) -> None:
    from articles.wording import plain

    if plain(paragraph) == paragraph:
        assert place(paragraph, [" ".join(other.split()), paragraph])
