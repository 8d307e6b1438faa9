"""The bar in words and in length, in every state a campaign can be in."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string

from newsroom.desk.gallery import CAMPAIGN, bars

STATES = dict(bars())


def _bar(name: str) -> str:
    context: dict[str, Any] = {"campaign": CAMPAIGN, "progress": STATES[name], "on": "paper"}
    return render_to_string("components/progress.html", context)


def _fill(bar: str) -> int:
    found = re.search(r"data-fill width=\"(\d+)\"", bar)
    assert found
    return int(found[1])


def _words(bar: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", bar).split())


@pytest.mark.parametrize(
    ("state", "fill", "words"),
    [
        ("0 %", 0, "$0 raised of $100,000 0% · 0 donors 12 days left , to June 3"),
        ("3 %", 30, "$3,000 raised of $100,000 3% · 1 donor 12 days left , to June 3"),
        ("37 %", 371, "$37,120.50 raised of $100,000 37% · 287 donors 12 days left , to June 3"),
        (
            "99 %, the last day",
            990,
            "$99,999.99 raised of $100,000 99% · 287 donors Last day: until midnight, June 3",
        ),
        (
            "100 %",
            1000,
            "$100,000 raised of $100,000 100% · 812 donors Goal reached. Open until June 3",
        ),
        (
            "250 %",
            400,
            "$250,000 raised of $100,000 250% · 2,140 donors Goal reached. Open until June 3",
        ),
        (
            "Ended below the goal",
            371,
            "$37,120.50 raised of $100,000 37% · 287 donors Ended June 3",
        ),
        (
            "Ended above it",
            960,
            "$104,120 raised of $100,000 104% · 902 donors Goal reached. Ended June 3",
        ),
        (
            "Matched, with room",
            371,
            "$37,120.50 raised of $100,000 37% · 287 donors 12 days left , to June 3"
            " The Larch Fund doubles your gift: $5,880 of $10,000 left",
        ),
        (
            "Matched, used up",
            371,
            "$37,120.50 raised of $100,000 37% · 287 donors 12 days left , to June 3"
            " $10,000 of it was added by sponsors who matched gifts",
        ),
        ("No deadline", 371, "$37,120.50 raised of $100,000 37% · 287 donors"),
        (
            "On to the stretch goal",
            667,
            "$112,000 raised of $100,000 112% · 287 donors Goal reached. Open until June 3"
            " Stretch goal: $150,000. A boat for the winter",
        ),
        (
            "A milestone just reached",
            371,
            "$37,120.50 raised of $100,000 37% · 287 donors 12 days left , to June 3"
            " $35,000 reached on May 22: A second photographer",
        ),
        (
            "Fell back below the goal",
            990,
            "$99,900 raised of $100,000 99% · 287 donors Goal reached. Open until June 3"
            " The goal was reached on May 13, 2026 · Gifts given back since then are taken off"
            " the bar.",
        ),
    ],
)
def test_the_bar_says_and_shows_how_far_the_campaign_is(state: str, fill: int, words: str) -> None:
    bar = _bar(state)
    assert _words(bar) == words
    assert _fill(bar) == fill


def test_who_cannot_see_the_bar_hears_the_amounts() -> None:
    assert 'aria-valuetext="$37,120.50 raised of $100,000, 37%"' in _bar("37 %")


def test_a_bar_beyond_its_goal_never_claims_more_than_a_whole_to_assistive_technology() -> None:
    assert 'aria-valuenow="100"' in _bar("250 %")
