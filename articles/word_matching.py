"""Which words of two texts are the same ones: patience first, since texts are long. Pure.

Words that stand exactly once in both texts are sure signs (Bram Cohen's patience diff): the longest
run of them in the same order parts the texts into short pieces, each matched in the same way; then
pairs and triples of words serve as signs; only what is left is matched exhaustively.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

Words = Sequence[str]
# `start` in the one, `start` in the other, how many words.
Match = tuple[int, int, int]

# Beyond this many comparisons a piece without any sign is taken for changed as a whole.
MOST_COMPARED: Final = 60_000
LONGEST_SIGN: Final = 3


def matches(before: Words, after: Words) -> list[Match]:
    """The runs of words that stayed, in order, none of them touching the next in both texts."""
    joined: list[Match] = []
    for start, start_after, length in _match(before, after, 0, 0):
        if joined:
            last, last_after, known = joined[-1]
            if last + known == start and last_after + known == start_after:
                joined[-1] = (last, last_after, known + length)
                continue
        joined.append((start, start_after, length))
    return joined


def _match(a: Words, b: Words, at: int, at_after: int) -> Iterator[Match]:
    """Matches of `a` with `b`, which stand at `at` and `at_after` in the whole texts."""
    head = _common(a, b)
    if head:
        yield at, at_after, head
        a, b, at, at_after = a[head:], b[head:], at + head, at_after + head
    tail = _common(a[::-1], b[::-1])
    a, b = a[: len(a) - tail], b[: len(b) - tail]
    if a and b:
        yield from _match_middle(a, b, at, at_after)
    if tail:
        yield at + len(a), at_after + len(b), tail


def _match_middle(a: Words, b: Words, at: int, at_after: int) -> Iterator[Match]:
    for length in range(1, LONGEST_SIGN + 1):
        if signs := _signs(a, b, length):
            # Between two signs new words may be the only ones of their kind.
            done, done_after = 0, 0
            for start, start_after in [*signs, (len(a), len(b))]:
                piece, other = a[done:start], b[done_after:start_after]
                yield from _match(piece, other, at + done, at_after + done_after)
                if start < len(a):
                    yield at + start, at_after + start_after, 1
                done, done_after = start + 1, start_after + 1
            return
    if len(a) * len(b) <= MOST_COMPARED:
        for start, start_after, run in SequenceMatcher(None, a, b, False).get_matching_blocks():
            if run:
                yield at + start, at_after + start_after, run


def _signs(a: Words, b: Words, length: int) -> list[tuple[int, int]]:
    """Where words, pairs or triples stand that are once in both, those in the same order."""
    ours, theirs = _once(a, length), _once(b, length)
    pairs = [(start, theirs[sign]) for sign, start in ours.items() if sign in theirs]
    return _longest_rising(pairs)


def _once(words: Words, length: int) -> dict[tuple[str, ...], int]:
    grams = list(zip(*(words[start:] for start in range(length)), strict=False))
    counted = Counter(grams)
    return {gram: start for start, gram in enumerate(grams) if counted[gram] == 1}


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs that rise in their first part, the most that rise in their second too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_start, start_after) in enumerate(pairs):
        place = bisect_left(ends, start_after)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [start_after]
        last[place : place + 1] = [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _common(a: Words, b: Words) -> int:
    """How many words both begin with."""
    for number, (mine, other) in enumerate(zip(a, b, strict=False)):
        if mine != other:
            return number
    return min(len(a), len(b))
