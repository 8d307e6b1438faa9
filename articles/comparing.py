"""Two versions of a text, word by word. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Op = Literal["same", "gone", "new"]
Piece = tuple[Op, str]

LONGEST_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """One place where words changed; either side may be empty."""

    before: str
    after: str


def compare(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """The paragraphs of both, each a list of pieces that stayed, went or came, in reading order.

    Paragraphs are matched first and only those that differ are compared by word, so that long
    texts cost little.
    """
    paragraphs: list[list[Piece]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for op, start, end, start_after, end_after in matcher.get_opcodes():
        if op == "equal":
            paragraphs += [[("same", text)] for text in before[start:end]]
        else:
            paragraphs += _compare_run(before[start:end], after[start_after:end_after])
    return paragraphs


def changed_words(before: Sequence[str], after: Sequence[str], most: int = 8) -> list[ChangedWords]:
    """The first `most` places where words changed, long ones cut, for a short list."""
    found: list[ChangedWords] = []
    for paragraph in compare(before, after):
        found += _changes(paragraph)
        if len(found) >= most:
            break
    return found[:most]


def _compare_run(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    pairs = min(len(before), len(after))
    found = [_compare_words(old, new) for old, new in zip(before, after, strict=False)]
    found += [[("gone", text)] for text in before[pairs:]]
    found += [[("new", text)] for text in after[pairs:]]
    return found


def _compare_words(before: str, after: str) -> list[Piece]:
    gone, new = before.split(), after.split()
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, gone, new, autojunk=False)
    for op, start, end, start_after, end_after in matcher.get_opcodes():
        if op == "equal":
            pieces.append(("same", " ".join(gone[start:end])))
            continue
        if end > start:
            pieces.append(("gone", " ".join(gone[start:end])))
        if end_after > start_after:
            pieces.append(("new", " ".join(new[start_after:end_after])))
    return pieces


def _changes(paragraph: list[Piece]) -> list[ChangedWords]:
    found: list[ChangedWords] = []
    gone = ""
    for op, text in [*paragraph, ("same", "")]:
        if op == "gone":
            gone = text
            continue
        if gone or op == "new":
            found.append(ChangedWords(_short(gone), _short(text if op == "new" else "")))
        gone = ""
    return found


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= LONGEST_SHOWN else " ".join([*words[:LONGEST_SHOWN], "…"])
