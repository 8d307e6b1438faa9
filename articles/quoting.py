"""A quoted sentence, found again in a story's paragraphs. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from articles.wording import plain

# What a keyboard makes of typography: a reader who types the sentence means the same one.
_AS_TYPED: Final = str.maketrans("“”«»‘’–—", '""""\'\'--')


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph with the words of the quotation between what stands before and after them."""

    before: str
    words: str
    after: str


def place(sentence: str, paragraphs: Sequence[str]) -> list[Marked]:
    """Where `sentence` stands: the paragraph, or the paragraphs one after the other, with the
    words marked; empty when it does not. White space, case and typography make no difference."""
    wanted = _typed(plain(sentence))
    if not wanted:
        return []
    start = _typed(" ".join(paragraphs)).find(wanted)
    return [] if start < 0 else list(_marked(paragraphs, start, start + len(wanted)))


def _marked(paragraphs: Sequence[str], start: int, end: int) -> Iterator[Marked]:
    begins = 0
    for paragraph in paragraphs:
        first, last = max(start - begins, 0), min(end - begins, len(paragraph))
        if first < last:
            yield Marked(paragraph[:first], paragraph[first:last], paragraph[last:])
        begins += len(paragraph) + 1


def _typed(text: str) -> str:
    """`text` as a plain keyboard would have it, character for character: as long as before."""
    return "".join(
        low if len(low := character.lower()) == 1 else character
        for character in text.translate(_AS_TYPED)
    )
