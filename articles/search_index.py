"""What search finds a story by: its row, written in the transaction of its publication."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from articles.models import Article, Version
from articles.versions import body_paragraphs, body_taken_away

# PostgreSQL's configuration for each language; any other is taken word by word.
CONFIGURATIONS: Final = {"en": "english", "fr": "french"}
# What PostgreSQL keeps positions of, and far below what a tsvector can hold.
MOST_CHARACTERS: Final = 200_000
BATCH: Final = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UPSERT = """
INSERT INTO articles_searchentry
    (article_id, version_id, language, section, people, topics, published_at, words)
VALUES (%s, %s, %s, %s, %s, %s, %s,
    setweight(to_tsvector(%s::regconfig, %s), 'A') ||
    setweight(to_tsvector(%s::regconfig, %s), 'B') ||
    setweight(to_tsvector(%s::regconfig, %s), 'C'))
ON CONFLICT (article_id) DO UPDATE SET
    version_id = excluded.version_id, language = excluded.language, section = excluded.section,
    people = excluded.people, topics = excluded.topics, published_at = excluded.published_at,
    words = excluded.words
"""


def index_story(version: Version, first_published_at: datetime) -> None:
    """Let search find a story by `version`. Call it in the publication's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, _row(version, first_published_at))


def rebuild() -> Iterator[int]:
    """Write every story's row anew; yields how many are done after each batch."""
    found = Article.objects.filter(current_version__isnull=False).order_by("pk")
    done = last = 0
    while True:
        with transaction.atomic():
            # A publication at this moment waits, and then writes its own.
            locked = found.select_for_update(of=("self",), no_key=True).filter(pk__gt=last)
            batch = list(locked.select_related("current_version")[:BATCH])
            for story in batch:
                if story.current_version and story.first_published_at:
                    index_story(story.current_version, story.first_published_at)
        if not batch:
            return
        done, last = done + len(batch), batch[-1].pk
        yield done


def configuration(language: str) -> str:
    return CONFIGURATIONS.get(language.split("-")[0], "simple")


def folded(text: str) -> str:
    """`text` without accents, one character for each of its own: “Église” is “Eglise”."""
    return "".join(unicodedata.normalize("NFD", each)[0] for each in text)


def plain(text: str) -> str:
    """`text` composed, without control characters."""
    return _CONTROL.sub(" ", unicodedata.normalize("NFC", text))


def plain_dek(version: Version) -> str:
    return "" if body_taken_away(version.content) else plain(version.content["dek"])


def plain_body(version: Version) -> str:
    """The body's words as a reader reads them, for the snippet and the index. Of a retracted story
    whose text was taken away only the headline is left."""
    if body_taken_away(version.content):
        return ""
    return plain("\n".join(body_paragraphs(version.content)))[:MOST_CHARACTERS]


def _row(version: Version, first_published_at: datetime) -> list[Any]:
    content = version.content
    stems = configuration(content["language"])
    return [
        version.article_id,
        version.pk,
        content["language"],
        content["section"]["url"].strip("/").rpartition("/")[2],
        [each["slug"] for each in content["bylines"] + content["credits"]],
        [each["slug"] for each in content["topics"]],
        first_published_at,
        *(stems, folded(plain(content["headline"]))),
        *(stems, folded(plain_dek(version))),
        *(stems, folded(plain_body(version))),
    ]
