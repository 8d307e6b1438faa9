"""Readers' search: the words of published stories, in the stems of the page's language.

As on the web: “a phrase in quotes” and -without. A story is found by its current version alone; one
that is no longer public is not found, one that was retracted is marked.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.addresses import person_path
from articles.models import Kind, Version
from articles.search_index import configuration, folded, plain, plain_body, plain_dek

LONGEST: Final = 200
PER_PAGE: Final = 20
# Of a word that very many stories have, the newest so many are ranked.
RANKED: Final = 2_000
LAST_PAGE: Final = RANKED // PER_PAGE
# What stands around a word that was found, in PostgreSQL's answer; no text of ours has them.
_START, _STOP, _BETWEEN = "\x02", "\x03", "\x04"

Part = tuple[str, bool]


class NotUnderstood(Exception):
    """There is nothing to look for; the text is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader looks for. `section`, `author` and `topic` are slugs or empty; the days are
    the newsroom's, both included."""

    words: str
    language: str
    section: str = ""
    author: str = ""
    topic: str = ""
    since: date | None = None
    until: date | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A story that was found. `headline` and `snippet` are (text, whether it was looked for) in
    order, plain text."""

    url: str
    headline: list[Part]
    snippet: list[Part]
    section_title: str
    section_url: str
    published_at: datetime
    authors: list[tuple[str, str]]
    retracted: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found; `count` is how many in all, at most `RANKED`."""

    found: list[Found]
    count: int
    has_next: bool

    @property
    def more_than_counted(self) -> bool:
        return self.count >= RANKED


def search(wish: Wish, page: int) -> Results:
    """The `page`th of what matches. Three queries. Raises NotUnderstood."""
    words = folded(plain(" ".join(wish.words.split())))
    _check(words, wish.language)
    sql, values = statement(wish)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} LIMIT {PER_PAGE + 1} OFFSET %(offset)s",
            values | {"offset": (page - 1) * PER_PAGE},
        )
        rows = cursor.fetchall()
    shown = rows[:PER_PAGE]
    return Results(
        found=_shown(shown, words, wish.language),
        count=rows[0][4] if rows else 0,
        has_next=len(rows) > PER_PAGE and page < LAST_PAGE,
    )


def statement(wish: Wish) -> tuple[str, dict[str, Any]]:
    """The query and its values: rows of (version, address, first publication, retracted, count)."""
    values: dict[str, Any] = {
        "stems": configuration(wish.language),
        "words": folded(plain(" ".join(wish.words.split()))),
        "language": wish.language,
        "section": wish.section,
        "author": [wish.author],
        "topic": [wish.topic],
        "since": _begins(wish.since),
        "until": _begins(wish.until + timedelta(days=1)) if wish.until else None,
        "retraction": str(Kind.RETRACTION),
    }
    narrowed = "".join(
        f" AND {condition}"
        for wanted, condition in (
            (wish.section, "entry.section = %(section)s"),
            (wish.author, "entry.people @> %(author)s::varchar[]"),
            (wish.topic, "entry.topics @> %(topic)s::varchar[]"),
            (wish.since, "entry.published_at >= %(since)s"),
            (wish.until, "entry.published_at < %(until)s"),
        )
        if wanted
    )
    order = "" if wish.newest else "ts_rank(matching.words, matching.query, 1) DESC, "
    return _SEARCH.format(narrowed=narrowed, order=order, most=RANKED), values


def _check(words: str, language: str) -> None:
    if not words:
        raise NotUnderstood(_("Write one or more words to look for."))
    if len(words) > LONGEST:
        raise NotUnderstood(_("These are too many words: please look for fewer."))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT querytree(websearch_to_tsquery(%s::regconfig, %s))",
            [configuration(language), words],
        )
        (tree,) = cursor.fetchone()
    # PostgreSQL writes T where every story, or all but a few, would match.
    if tree in ("", "T"):
        raise NotUnderstood(
            _("Every story has these words, or none could be read. Try a name, a place or a thing.")
        )


def _begins(day: date | None) -> datetime | None:
    """When the day begins in the newsroom's zone."""
    return (
        timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
        if day
        else None
    )


def _shown(rows: list[Any], words: str, language: str) -> list[Found]:
    versions = Version.objects.only("headline", "content").in_bulk([row[0] for row in rows])
    ordered = [versions[row[0]] for row in rows]
    headlines = [plain(version.headline) for version in ordered]
    bodies = [f"{plain_dek(each)}\n{plain_body(each)}".strip() for each in ordered]
    marked = _marked(headlines + bodies, len(headlines), words, language)
    return [
        Found(
            url=path,
            headline=_parts(headline, marked[nth]),
            snippet=_parts(body, marked[nth + len(rows)]),
            section_title=version.content["section"]["title"],
            section_url=version.content["section"]["url"],
            published_at=published_at,
            authors=[
                (each["name"], person_path(each["slug"], language))
                for each in version.content["bylines"]
            ],
            retracted=retracted,
        )
        for nth, (
            (_key, path, published_at, retracted, _count),
            version,
            headline,
            body,
        ) in enumerate(zip(rows, ordered, headlines, bodies, strict=True))
    ]


def _marked(texts: list[str], whole: int, words: str, language: str) -> list[str]:
    """The texts with what was looked for marked: the first `whole` whole, of the others the
    passages around it."""
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            {
                "stems": configuration(language),
                "words": words,
                "texts": [folded(text) for text in texts],
                "whole": whole,
                "all": f'StartSel="{_START}", StopSel="{_STOP}", HighlightAll=true',
                "some": f'StartSel="{_START}", StopSel="{_STOP}", FragmentDelimiter="{_BETWEEN}", '
                "MaxFragments=2, MinWords=12, MaxWords=28",
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _parts(text: str, marked: str) -> list[Part]:
    """The passages of `marked`, which have no accents, as `text` has them."""
    parts: list[Part] = []
    bare, place = folded(text), 0
    for nth, passage in enumerate(marked.split(_BETWEEN)):
        said = passage.replace(_START, "").replace(_STOP, "")
        at = bare.find(said, place)
        original = text[at : at + len(said)] if at >= 0 else said
        place = max(place, at + len(said))
        if nth or at > 0:
            parts.append((" … " if nth else "… ", False))
        parts += _cut(original, passage)
    return parts


def _cut(original: str, passage: str) -> list[Part]:
    parts: list[Part] = []
    for nth, piece in enumerate(passage.replace(_STOP, _START).split(_START)):
        if piece:
            parts.append((original[: len(piece)], nth % 2 == 1))
        original = original[len(piece) :]
    return parts


_SEARCH = """
WITH matching AS MATERIALIZED (
    SELECT entry.article_id, entry.version_id, entry.published_at, entry.words, query
    FROM websearch_to_tsquery(%(stems)s::regconfig, %(words)s) query
    JOIN articles_searchentry entry ON entry.words @@ query
    JOIN articles_article article ON article.page_ptr_id = entry.article_id
        AND article.current_version_id = entry.version_id
    JOIN wagtailcore_page page ON page.id = entry.article_id AND page.live
    WHERE entry.language = %(language)s{narrowed}
    ORDER BY entry.published_at DESC, entry.article_id DESC
    LIMIT {most}
)
SELECT matching.version_id, address.path, matching.published_at,
       EXISTS (
           SELECT FROM articles_correction retraction
           WHERE retraction.article_id = matching.article_id AND retraction.kind = %(retraction)s
             AND NOT EXISTS (SELECT FROM articles_correction later
                             WHERE later.supersedes_id = retraction.id)
       ),
       count(*) OVER ()
FROM matching
JOIN articles_address address ON address.article_id = matching.article_id AND address.current
ORDER BY {order}matching.published_at DESC, matching.article_id DESC
"""

_MARK = """
SELECT ts_headline(%(stems)s::regconfig, text, query,
                   CASE WHEN place <= %(whole)s THEN %(all)s ELSE %(some)s END)
FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS given(text, place),
     websearch_to_tsquery(%(stems)s::regconfig, %(words)s) query
ORDER BY place
"""
