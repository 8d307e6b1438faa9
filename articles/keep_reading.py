"""What to read after a story. Plain SQL: every story's page asks it, and the ORM took longer to put
the query together than the database to answer it.

Each of the three arms reads a few rows by an index, so it costs the same however many stories there
are. What may be listed is the rule of `articles.listing.published`; a test holds the two together.
"""

import json
from typing import Any, Final

from django.db import connection

from articles.listing import Card, card_of

_JSON: Final = ("section", "authors", "picture")


def keep_reading(article: int, language: str, count: int = 4) -> list[Card]:
    """What its editor pinned, in order, then the newest that share a topic with the story, then the
    newest; never itself. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"article": article, "language": language, "count": count})
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [card_of(row | {name: _read(row[name]) for name in _JSON}) for row in rows]


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _in_force(kind: str, story: str) -> str:
    """As `articles.listing.in_force`; both arguments are ours."""
    return f"""EXISTS (
        SELECT FROM articles_correction entry
        WHERE entry.article_id = {story} AND entry.kind = '{kind}' AND NOT EXISTS (
            SELECT FROM articles_correction later WHERE later.supersedes_id = entry.id))"""  # noqa: S608


def _listed(story: str) -> str:
    return f"""
    JOIN wagtailcore_page page ON page.id = {story} AND page.live
    JOIN articles_article story ON story.page_ptr_id = page.id
    WHERE story.current_version_id IS NOT NULL AND page.id <> %(article)s
      AND page.locale_id = (SELECT id FROM wagtailcore_locale WHERE language_code = %(language)s)
      AND NOT {_in_force("retraction", "page.id")}"""  # noqa: S608


_SQL: Final = f"""
WITH chosen AS (
    SELECT DISTINCT ON (id) id, arm, place, moment FROM (
        (SELECT pin.story_id AS id, 0 AS arm, coalesce(pin.sort_order, 0) AS place,
                page.first_published_at AS moment
         FROM articles_pin pin {_listed("pin.story_id")} AND pin.article_id = %(article)s
         ORDER BY place LIMIT %(count)s)
        UNION ALL
        (SELECT DISTINCT page.id, 1, 0, page.first_published_at
         FROM articles_article_topics mine
         JOIN articles_article_topics shared ON shared.topic_id = mine.topic_id
         {_listed("shared.article_id")} AND mine.article_id = %(article)s
         ORDER BY page.first_published_at DESC, page.id DESC LIMIT %(count)s)
        UNION ALL
        (SELECT page.id, 2, 0, page.first_published_at
         FROM articles_version first {_listed("first.article_id")} AND first.number = 1
         ORDER BY first.published_at DESC, first.article_id DESC LIMIT %(count)s)
    ) arms
    ORDER BY id, arm
), kept AS (
    SELECT * FROM chosen ORDER BY arm, place, moment DESC, id DESC LIMIT %(count)s
)
SELECT kept.id AS pk, kept.moment AS first_published_at, address.path AS address,
       version.headline, version.dek AS shown_dek, version.published_at AS modified,
       version.content->>'label' AS shown_label, version.content->'section' AS section,
       version.content->'bylines' AS authors, version.content->'lead_image' AS picture,
       {_in_force("correction", "kept.id")} AS corrected
FROM kept
JOIN articles_article story ON story.page_ptr_id = kept.id
JOIN articles_version version ON version.id = story.current_version_id
JOIN articles_address address ON address.article_id = kept.id AND address.current
ORDER BY kept.arm, kept.place, kept.moment DESC, kept.id DESC
"""  # noqa: S608 - put together from our own words alone
