"""Recomputing the record from nothing: does the chain hold, and is what readers see what it says?

Streamed: memory grows with the number of stories, not with versions.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from articles.chain import START, Sealed, commitment_of, next_site_hash, next_story_hash
from articles.head_lines import BadLine, HeadLine, read
from articles.models import (
    REMOVING,
    Article,
    Change,
    Correction,
    RecordHead,
    Removal,
    RemovalKind,
    Seal,
    Version,
)
from articles.verifying_pages import check_pages
from articles.versions import layout_hash, words_hash

CHUNK: Final = 200
# A link is written in the transaction of what it seals.
WRITTEN_TOGETHER: Final = timedelta(minutes=10)
NOTHING_SAYS_WHY: Final = "it is not public and nothing in its record says why."

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
    entries: int = 0
    version: int | None = None
    version_before: int | None = None
    unexplained: int | None = None


@dataclass(slots=True)
class _Walk:
    sequence: int = 0
    site_hash: str = START
    head_seen: bool = False
    heads: dict[int, set[str]] = field(default_factory=dict)
    stories: dict[int, _Story] = field(default_factory=dict)


def verify_record(
    head: str = "",
    progress: Progress = lambda _links: None,
    heads: Iterable[HeadLine] = (),
) -> Iterator[Difference]:
    """Every difference found. `head` is a site hash published earlier, which the chain must still
    contain, as it must contain `heads` and those the database itself keeps; `progress` is told the
    number of links checked."""
    with _one_moment():
        yield from _verify(head, progress, heads)


@contextmanager
def _one_moment() -> Iterator[None]:
    """What is published while we read is not seen half: one snapshot of the whole database."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _verify(head: str, progress: Progress, heads: Iterable[HeadLine]) -> Iterator[Difference]:
    walk = _Walk(head_seen=not head or head == START)
    for each in heads:
        walk.heads.setdefault(each.sequence, set()).add(each.site_hash)
    yield from _check_kept_heads(walk)
    links = Seal.objects.select_related("version", "correction", "removal").order_by("sequence")
    for seal in links.iterator(chunk_size=CHUNK):
        yield from _check_link(seal, walk)
        walk.head_seen = walk.head_seen or seal.site_hash == head
        if seal.sequence % CHUNK == 0:
            progress(walk.sequence)
    progress(walk.sequence)
    if not walk.head_seen:
        yield Difference(None, "", f"The chain no longer contains the head {head}.")
    for sequence, hashes in sorted(walk.heads.items()):
        for lost in sorted(hashes - {START}):
            yield Difference(None, "", f"The chain no longer has the head {lost} at {sequence}.")
    for article, story in walk.stories.items():
        if story.unexplained:
            yield _of(article, f"version {story.unexplained} has none of the entries it speaks of.")
    yield from _unsealed()
    for article, sentence in check_pages():
        yield _of(article, sentence)
    yield from _check_removals()


def _check_link(seal: Seal, walk: _Walk) -> Iterator[Difference]:
    story = walk.stories.setdefault(seal.article_id, _Story())
    sealed = seal.version or seal.correction or seal.removal
    if sealed is None:
        yield _of(seal.article_id, f"link {seal.sequence} seals nothing.")
        return
    name = _name(sealed)
    if (seal.version_id, seal.correction_id, seal.removal_id).count(None) != 2:
        yield _of(seal.article_id, f"link {seal.sequence} seals more than {name}.")
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
    walk.heads.get(seal.sequence, set()).discard(seal.site_hash)
    if abs(seal.recorded_at - sealed.recorded_at) > WRITTEN_TOGETHER:
        yield _of(seal.article_id, f"the link of {name} was not written when {name} was.")
    if isinstance(sealed, Version):
        yield from _check_version(sealed, story)
    elif isinstance(sealed, Correction):
        yield from _check_entry(sealed, story)


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
    story.version_before, story.version = story.version, version.pk
    story.unexplained = number if version.change == Change.EXPLAINED else None


def _check_entry(entry: Correction, story: _Story) -> Iterator[Difference]:
    """An entry follows the version it explains, and speaks of that and the one before."""
    article, number = entry.article_id, entry.number
    if number != story.entries + 1:
        yield _of(article, f"entries before number {number} are missing.")
    if (entry.before_id, entry.after_id) != (story.version_before, story.version):
        yield _of(article, f"entry {number} speaks of other versions than it stands between.")
    earlier = Correction.objects.filter(article=article, number__lt=number)
    if entry.supersedes_id and not earlier.filter(pk=entry.supersedes_id).exists():
        yield _of(article, f"entry {number} replaces none that was there before it.")
    story.entries, story.unexplained = number, None


def _check_kept_heads(walk: _Walk) -> Iterator[Difference]:
    """The heads told each day say what their signed lines say; the chain must contain them."""
    for head in RecordHead.objects.order_by("day").iterator(chunk_size=CHUNK):
        try:
            said = read(head.line)
        except BadLine as bad:
            yield Difference(None, "", str(bad))
            continue
        if (said.day, said.sequence, said.site_hash) != (head.day, head.sequence, head.site_hash):
            yield Difference(None, "", f"The head of {head.day} is not what was signed.")
        walk.heads.setdefault(said.sequence, set()).add(said.site_hash)


def _unsealed() -> Iterator[Difference]:
    for model in (Version, Correction, Removal):
        for row in model.objects.filter(seal__isnull=True).iterator(chunk_size=CHUNK):
            yield _of(row.article_id, f"{_name(row)} was never sealed.")


def _check_removals() -> Iterator[Difference]:
    """Whether each story is where its last removal or return says it is."""
    acts = Removal.objects.filter(version__isnull=True).order_by("article", "-number")
    last = acts.distinct("article").values_list("article", "kind", "article__live")
    for article, kind, live in last.iterator(chunk_size=CHUNK):
        if live and kind in REMOVING:
            yield _of(article, "it is public and its record says that it was removed.")
        if not live and kind == RemovalKind.RETURNED:
            yield _of(article, NOTHING_SAYS_WHY)
    published = Article.objects.filter(live=False, current_version__isnull=False)
    for article in (
        published.exclude(pk__in=acts.order_by().values("article"))
        .values_list("pk", flat=True)
        .iterator(chunk_size=CHUNK)
    ):
        yield _of(article, NOTHING_SAYS_WHY)


def _name(sealed: Sealed) -> str:
    kinds = {Version: "version", Correction: "entry", Removal: "removal"}
    return f"{kinds[type(sealed)]} {sealed.number}"


def _of(article: int, sentence: str) -> Difference:
    headline = Article.objects.filter(pk=article).values_list("title", flat=True).first()
    return Difference(article, headline or "", sentence)
