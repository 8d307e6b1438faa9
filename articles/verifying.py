"""Recomputing the record from nothing: does the chain hold, and is what readers see what it says?

Streamed: memory grows with the number of stories, not with versions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from articles.chain import START, commitment_of, next_site_hash, next_story_hash
from articles.models import Article, Change, Correction, Seal, Version
from articles.versions import content_of, layout_hash, words_hash

CHUNK: Final = 200

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as the record says; `article` is the story's id, None for the chain
    as a whole."""

    article: int | None
    headline: str
    sentence: str

    def __str__(self) -> str:
        if self.article is None:
            return self.sentence
        return f"Story {self.article} “{self.headline}”: {self.sentence}"


@dataclass(slots=True)
class _Story:
    """How far a story's chain was followed."""

    sequence: int = 0
    story_hash: str = START
    words_hash: str = ""
    versions: int = 0
    unexplained: int | None = None


@dataclass(slots=True)
class _Walk:
    sequence: int = 0
    site_hash: str = START
    head_seen: bool = False
    stories: dict[int, _Story] = field(default_factory=dict)


def verify_record(head: str = "", progress: Progress = lambda _links: None) -> Iterator[Difference]:
    """Every difference found. `head` is a site hash published earlier, which the chain must still
    contain; `progress` is told the number of links checked."""
    walk = _Walk(head_seen=not head or head == START)
    links = Seal.objects.select_related("version", "correction").order_by("sequence")
    for seal in links.iterator(chunk_size=CHUNK):
        yield from _check_link(seal, walk)
        walk.head_seen = walk.head_seen or seal.site_hash == head
        if walk.sequence % CHUNK == 0:
            progress(walk.sequence)
    progress(walk.sequence)
    if not walk.head_seen:
        yield Difference(None, "", f"The chain no longer contains the head {head}.")
    for article, story in walk.stories.items():
        if story.unexplained:
            yield _of(article, f"version {story.unexplained} has none of the entries it speaks of.")
    yield from _unsealed()
    yield from _check_pages()


def _check_link(seal: Seal, walk: _Walk) -> Iterator[Difference]:
    story = walk.stories.setdefault(seal.article_id, _Story())
    sealed = seal.version or seal.correction
    if sealed is None:
        yield _of(seal.article_id, f"link {seal.sequence} seals nothing.")
        return
    name = _name(sealed)
    if seal.sequence != walk.sequence + 1:
        yield _of(
            seal.article_id, f"links between {walk.sequence} and {seal.sequence} are missing."
        )
    if seal.story_sequence != story.sequence + 1:
        yield _of(seal.article_id, f"a link before {name} is missing.")
    if sealed.article_id != seal.article_id or commitment_of(sealed) != seal.commitment:
        yield _of(seal.article_id, f"{name} is not what was sealed.")
    story_hash = next_story_hash(
        story.story_hash, seal.article_id, seal.story_sequence, seal.commitment
    )
    if story_hash != seal.story_hash:
        yield _of(seal.article_id, f"the story's chain is broken at {name}.")
    if next_site_hash(walk.site_hash, seal.sequence, seal.story_hash) != seal.site_hash:
        yield _of(seal.article_id, f"the site's chain is broken at {name}.")
    # Go on from what is written, so that one break is told once.
    walk.sequence, walk.site_hash = seal.sequence, seal.site_hash
    story.sequence, story.story_hash = seal.story_sequence, seal.story_hash
    yield from _check_version(sealed, story) if isinstance(sealed, Version) else ()
    if isinstance(sealed, Correction):
        story.unexplained = None


def _check_version(version: Version, story: _Story) -> Iterator[Difference]:
    article, number = version.article_id, version.number
    if (words_hash(version.content), layout_hash(version.content)) != (
        version.words_hash,
        version.layout_hash,
    ):
        yield _of(article, f"version {number} does not hash to its own words.")
    if (version.headline, version.dek) != (version.content["headline"], version.content["dek"]):
        yield _of(article, f"version {number} carries another headline than its copy.")
    if story.unexplained:
        yield _of(article, f"version {story.unexplained} has none of the entries it speaks of.")
    changed = bool(story.words_hash) and story.words_hash != version.words_hash
    if changed and version.change in (Change.LAYOUT, Change.FIRST):
        yield _of(article, f"the words of version {number} changed and nothing says why.")
    if changed and version.change == Change.MINOR and not version.minor_reason:
        yield _of(article, f"version {number} is a minor edit without a reason.")
    if number != story.versions + 1:
        yield _of(article, f"versions before number {number} are missing.")
    story.versions, story.words_hash = number, version.words_hash
    story.unexplained = number if version.change == Change.EXPLAINED else None


def _unsealed() -> Iterator[Difference]:
    for model in (Version, Correction):
        for row in model.objects.filter(seal__isnull=True).iterator(chunk_size=CHUNK):
            yield _of(row.article_id, f"{_name(row)} was never sealed.")


def _check_pages() -> Iterator[Difference]:
    """Whether what is on the page, and what readers are shown, is the last version."""
    for article in Article.objects.filter(live=True).order_by("pk").iterator(chunk_size=CHUNK):
        last = Version.objects.filter(article=article.pk).order_by("-number").first()
        if last is None:
            yield _of(article.pk, "it is public and has no version.")
            continue
        if article.current_version_id != last.pk:
            yield _of(article.pk, f"readers are not shown the last version, {last.number}.")
        if words_hash(content_of(article, files=False)) != last.words_hash:
            yield _of(article.pk, f"the page does not have the words of version {last.number}.")


def _name(sealed: Version | Correction) -> str:
    return f"{'version' if isinstance(sealed, Version) else 'entry'} {sealed.number}"


def _of(article: int, sentence: str) -> Difference:
    headline = Article.objects.filter(pk=article).values_list("title", flat=True).first()
    return Difference(article, headline or "", sentence)
