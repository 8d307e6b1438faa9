"""Two versions of a text, word by word. Pure.

Paragraphs are matched first, then paired by the words they share, and only the pairs are compared
by word: two versions of 5,000 words cost some milliseconds (`make bench`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from articles.word_matching import matches

Op = Literal["same", "gone", "new"]
Piece = tuple[Op, str]

LONGEST_SHOWN: Final = 14
# Two paragraphs that share less than this part of their words are not one that was edited.
ALIKE: Final = 0.2
# Runs of more pairs than this are paired by their place instead.
MOST_PAIRED: Final = 20_000


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """One place where words changed; either side may be empty."""

    before: str
    after: str


def compare(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """The paragraphs of both, each a list of pieces that stayed, went or came, in reading order."""
    paragraphs: list[list[Piece]] = []
    done, done_after = 0, 0
    for start, start_after, length in [*matches(before, after), (len(before), len(after), 0)]:
        paragraphs += _compare_run(before[done:start], after[done_after:start_after])
        paragraphs += [[("same", text)] for text in before[start : start + length]]
        done, done_after = start + length, start_after + length
    return paragraphs


@dataclass(frozen=True, slots=True)
class Run:
    """Paragraphs that follow each other, all of them changed or all of them not."""

    changed: bool
    paragraphs: list[list[Piece]]


def in_runs(paragraphs: list[list[Piece]]) -> list[Run]:
    """`paragraphs` of a comparison parted where change begins and ends."""
    runs: list[Run] = []
    for paragraph in paragraphs:
        changed = any(op != "same" for op, _text in paragraph)
        if runs and runs[-1].changed == changed:
            runs[-1].paragraphs.append(paragraph)
        else:
            runs.append(Run(changed, [paragraph]))
    return runs


def changed_words(before: Sequence[str], after: Sequence[str], most: int = 8) -> list[ChangedWords]:
    """The first `most` places where words changed, long ones cut, for a short list."""
    found: list[ChangedWords] = []
    for paragraph in compare(before, after):
        found += _changes(paragraph)
        if len(found) >= most:
            break
    return found[:most]


def _compare_run(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    found: list[list[Piece]] = []
    for old, new in _pairs(before, after):
        if old is None or new is None:
            found.append([("gone", old) if old is not None else ("new", new or "")])
        else:
            found.append(_compare_words(old, new))
    return found


def _pairs(
    before: Sequence[str], after: Sequence[str]
) -> list[tuple[str, None] | tuple[None, str] | tuple[str, str]]:
    """Which paragraph became which, in order: the pairing that shares most words."""
    height, width = len(before), len(after)
    if not height or not width:
        return [*((old, None) for old in before), *((None, new) for new in after)]
    if height == width == 1 or height * width > MOST_PAIRED:
        pairs = min(height, width)
        return [
            *zip(before, after, strict=False),
            *((old, None) for old in before[pairs:]),
            *((None, new) for new in after[pairs:]),
        ]
    gone, new = [frozenset(each.split()) for each in before], [frozenset(e.split()) for e in after]
    # best[i][j]: how much the paragraphs from i and from j on share at most. Any pair is a little
    # better than none, so that what was rewritten stands beside what it was.
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    likeness = [[_likeness(old, each) + 0.01 for each in new] for old in gone]
    for i in range(height - 1, -1, -1):
        row, below, alike = best[i], best[i + 1], likeness[i]
        for j in range(width - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], below[j + 1] + alike[j])
    found: list[tuple[str, None] | tuple[None, str] | tuple[str, str]] = []
    i = j = 0
    while i < height and j < width:
        if best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            found.append((before[i], after[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((before[i], None))
            i += 1
        else:
            found.append((None, after[j]))
            j += 1
    found += [(old, None) for old in before[i:]]
    found += [(None, each) for each in after[j:]]
    return found


def _likeness(before: frozenset[str], after: frozenset[str]) -> float:
    """Which part of the longer one's words both have, 0 to 1."""
    return len(before & after) / (max(len(before), len(after)) or 1)


def _compare_words(before: str, after: str) -> list[Piece]:
    gone, new = before.split(), after.split()
    if _likeness(frozenset(gone), frozenset(new)) < ALIKE:
        # A word in common here and there would only cut two sentences to pieces.
        return [("gone", before), ("new", after)]
    pieces: list[Piece] = []
    done, done_after = 0, 0
    for start, start_after, length in [*matches(gone, new), (len(gone), len(new), 0)]:
        if start > done:
            pieces.append(("gone", " ".join(gone[done:start])))
        if start_after > done_after:
            pieces.append(("new", " ".join(new[done_after:start_after])))
        if length:
            pieces.append(("same", " ".join(gone[start : start + length])))
        done, done_after = start + length, start_after + length
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
