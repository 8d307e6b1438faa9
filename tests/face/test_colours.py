"""Everybody can read it: the contrast of each pair of colours that carries words or a border."""

import re

from newsroom.engines.schema import CHECKOUT
from tests.face.colours import contrast, tokens

ROW = re.compile(r"^\| `([\w-]+)` on `([\w-]+)` \| (.*) \| ([\d.]+) \| ([\d.]+) \|$", re.M)
PAIRS = ROW.findall((CHECKOUT / "docs" / "design-language.md").read_text(encoding="utf-8"))


def test_each_pair_has_the_contrast_that_is_asked_and_the_one_the_docs_say() -> None:
    assert len(PAIRS) > 20
    for ink, ground, use, *said in PAIRS:
        for light, ratio in zip(("light", "dark"), said, strict=True):
            here = tokens()[light]
            measured = contrast(here[ink], here[ground])
            assert f"{measured:.1f}" == ratio, f"{ink} on {ground}, {light}: {measured:.1f}"
            assert measured >= (3 if "(3:1)" in use else 4.5), f"{ink} on {ground}, {light}"


def test_every_colour_of_words_is_in_the_table() -> None:
    named = {name for pair in PAIRS for name in pair[:2]}
    drawn = {"rule", "night-rule"}  # lines that only part
    assert set(tokens()["light"]) - named <= drawn
