"""Two changes put together: what one side changed stays, what both changed is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.merging import Conflict, merge_drafts


def content(**fields: Any) -> dict[str, Any]:
    blocks = fields.pop("blocks", [("a", "<p>It burned four cords of birch.</p>")])
    body = [{"id": pk, "type": "text", "value": value} for pk, value in blocks]
    return {"title": "The kiln goes cold", "body": json.dumps(body), "bylines": [], **fields}


def body_of(merged: dict[str, Any]) -> list[tuple[str, str]]:
    return [(block["id"], block["value"]) for block in json.loads(merged["body"])]


def test_changes_of_different_words_of_one_sentence_both_stay() -> None:
    live = content(blocks=[("a", "<p>It burned five cords of birch.</p>")])
    draft = content(blocks=[("a", "<p>It burned four cords of maple, in a week.</p>")])
    merged, conflicts = merge_drafts(content(), live, draft)
    assert body_of(merged) == [("a", "<p>It burned five cords of maple, in a week.</p>")]
    assert conflicts == []


def test_the_same_words_changed_twice_are_told_and_the_drafts_stay() -> None:
    live = content(blocks=[("a", "<p>It burned five cords of birch.</p>")])
    draft = content(blocks=[("a", "<p>It burned six cords of birch.</p>")])
    merged, conflicts = merge_drafts(content(), live, draft)
    assert conflicts == [Conflict("five", "six")]
    assert body_of(merged) == [("a", "<p>It burned six cords of birch.</p>")]


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = content(title="The kiln is cold")
    assert merge_drafts(content(), both, both) == (both, [])


def test_headline_here_and_body_there_both_stay() -> None:
    live = content(title="The kiln is cold")
    draft = content(blocks=[("a", "<p>It burned four cords of birch.</p>"), ("b", "<p>New.</p>")])
    merged, conflicts = merge_drafts(content(), live, draft)
    assert (merged["title"], len(body_of(merged)), conflicts) == ("The kiln is cold", 2, [])


def test_a_block_put_in_here_and_one_taken_away_there() -> None:
    base = content(blocks=[("a", "<p>A.</p>"), ("b", "<p>B.</p>"), ("c", "<p>C.</p>")])
    live = content(
        blocks=[("a", "<p>A.</p>"), ("x", "<p>X.</p>"), ("b", "<p>B.</p>"), ("c", "<p>C.</p>")]
    )
    draft = content(blocks=[("a", "<p>A.</p>"), ("b", "<p>B.</p>")])
    merged, conflicts = merge_drafts(base, live, draft)
    assert [pk for pk, _value in body_of(merged)] == ["a", "x", "b"]
    assert conflicts == []


def test_a_block_corrected_here_and_taken_away_there_is_told() -> None:
    base = content(blocks=[("a", "<p>A.</p>"), ("b", "<p>Four.</p>")])
    live = content(blocks=[("a", "<p>A.</p>"), ("b", "<p>Five.</p>")])
    draft = content(blocks=[("a", "<p>A.</p>")])
    _merged, conflicts = merge_drafts(base, live, draft)
    assert conflicts == [Conflict("Five.", "")]


def test_the_editors_own_marks_are_no_change() -> None:
    live = content(blocks=[("a", '<p data-block-key="q">It burned five cords of birch.</p>')])
    draft = content(
        blocks=[("a", '<p data-block-key="z">It burned four cords of birch.</p><p>N.</p>')]
    )
    merged, conflicts = merge_drafts(content(), live, draft)
    assert "five cords of birch.</p><p>N.</p>" in body_of(merged)[0][1]
    assert conflicts == []


def test_bylines_are_taken_from_the_side_that_changed_them() -> None:
    ann, bo = {"pk": 1, "person": 1}, {"pk": 9, "person": 2}
    base, live = content(bylines=[ann]), content(bylines=[{**ann, "pk": 5}, bo])
    draft = content(bylines=[{**ann, "pk": 7}], title="New")
    merged, conflicts = merge_drafts(base, live, draft)
    assert ([row["person"] for row in merged["bylines"]], conflicts) == ([1, 2], [])
    draft["bylines"] = []
    assert merge_drafts(base, live, draft)[1]


def test_when_it_goes_live_and_what_was_said_are_the_drafts_own() -> None:
    live = content(go_live_at=None, pending_record={})
    draft = content(go_live_at="2026-06-03", pending_record={"base": 1})
    merged, _conflicts = merge_drafts(content(), live, draft)
    assert (merged["go_live_at"], merged["pending_record"]) == ("2026-06-03", {"base": 1})


WORDS = st.lists(st.sampled_from(["ice", "kiln", "cord", "birch", "went"]), max_size=8)


@pytest.mark.parametrize("part", ["title", "body"])
@given(base=WORDS, change=WORDS)
def test_who_alone_changes_anything_gets_exactly_that(
    part: str, base: list[str], change: list[str]
) -> None:
    def made(words: list[str]) -> dict[str, Any]:
        text = " ".join(words)
        return content(title=text) if part == "title" else content(blocks=[("a", f"<p>{text}</p>")])

    old, new = made(base), made(change)
    assert merge_drafts(old, new, old) == (new, [])
    assert merge_drafts(old, old, new) == (new, [])
    assert merge_drafts(old, new, new) == (new, [])
