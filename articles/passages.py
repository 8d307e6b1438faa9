"""Where the words of a draft differ from what readers see, in context, and what an editor might say
about it. Pure: two lists of paragraphs in, passages out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from articles.comparing import Op, Piece, compare

# Words kept around a change, and how long a suggestion may be (characters).
AROUND: Final = 12
LONGEST: Final = 600
ELLIPSIS: Final = "…"

Suggested = Literal["correction", "update", "minor"]
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+")
_LETTERS_ALIKE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph with a change. `pieces` has its words, those far from the change left out;
    `was` and `now` are the sentences that changed, as each side has them (either may be empty)."""

    pieces: list[Piece]
    was: str
    now: str


def passages(before: Sequence[str], after: Sequence[str], most: int = 12) -> list[Passage]:
    """The first `most` paragraphs that differ, in reading order."""
    found: list[Passage] = []
    for paragraph in compare(before, after):
        if all(op == "same" for op, _text in paragraph):
            continue
        found.append(
            Passage(_near(paragraph), _sentences(paragraph, "gone"), _sentences(paragraph, "new"))
        )
        if len(found) == most:
            break
    return found


def suggested_kind(found: Sequence[Passage]) -> Suggested | None:
    """What the change looks like: only words that came are an update, a letter or a comma is a
    minor edit, all else a correction. A guess to start from; the editor says what it is."""
    if not found:
        return None
    pairs = [pair for passage in found for pair in _changes(passage.pieces)]
    if all(not gone for gone, _new in pairs):
        return "update"
    return "minor" if all(_is_spelling(gone, new) for gone, new in pairs) else "correction"


def _near(paragraph: list[Piece]) -> list[Piece]:
    """The paragraph with its unchanged words cut to those beside a change."""
    last = len(paragraph) - 1
    shown: list[Piece] = []
    for place, (op, text) in enumerate(paragraph):
        words = text.split()
        if op != "same":
            shown.append((op, text))
        elif place == 0 and len(words) > AROUND:
            shown.append((op, " ".join([ELLIPSIS, *words[-AROUND:]])))
        elif place == last and len(words) > AROUND:
            shown.append((op, " ".join([*words[:AROUND], ELLIPSIS])))
        elif len(words) > 2 * AROUND:
            shown.append((op, " ".join([*words[:AROUND], ELLIPSIS, *words[-AROUND:]])))
        else:
            shown.append((op, text))
    return shown


def _sentences(paragraph: list[Piece], side: Op) -> str:
    """The sentences of one side (`gone` or `new`) that the change touches."""
    text = ""
    touched: list[tuple[int, int]] = []
    for op, words in paragraph:
        if op not in ("same", side):
            touched.append((len(text), len(text)))
            continue
        text = f"{text} {words}" if text else words
        if op == side:
            touched.append((len(text) - len(words), len(text)))
    found = [
        text[start:end].strip()
        for start, end in _spans(text)
        if any(_meets(start, end, *place) for place in touched)
    ]
    whole = " ".join(found)
    return whole if len(whole) <= LONGEST else whole[:LONGEST].rsplit(" ", 1)[0] + ELLIPSIS


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield start, end.end()
        start = end.end()
    if start < len(text):
        yield start, len(text)


def _meets(start: int, end: int, first: int, last: int) -> bool:
    # Words that only the other side has stand at a point: between two sentences it is in neither.
    return start < first < end - 1 if first == last else first < end and start < last


def _changes(pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    gone = ""
    for op, text in [*pieces, ("same", "")]:
        if op == "gone":
            gone = text
            continue
        if gone or op == "new":
            yield gone, text if op == "new" else ""
        gone = ""


def _is_spelling(gone: str, new: str) -> bool:
    """Whether one reads like the other: only signs, capitals or a letter or two differ."""
    old, fresh = _letters(gone), _letters(new)
    if old == fresh:
        return True
    if any(char.isdigit() for char in old + fresh) or len(gone.split()) != len(new.split()):
        return False
    # Two names that look alike are two people.
    if gone[:1].isupper() and new[:1].isupper():
        return False
    return SequenceMatcher(None, old, fresh, autojunk=False).ratio() >= _LETTERS_ALIKE


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum() or char.isspace()).strip()
