"""Words of a live story change only in a transaction that writes a version of it.

What it means and who calls it: articles/published_words.py. Triggers are made without a look at the
rows, so the locks last an instant.
"""

from typing import Final

from django.db import migrations

WITNESS: Final = """
CREATE FUNCTION waylight_witness(story bigint) RETURNS void LANGUAGE sql AS $$
    SELECT set_config(
        'waylight.witnessed',
        coalesce(current_setting('waylight.witnessed', true), '') || ':' || story || ':',
        true
    )
$$;

CREATE FUNCTION waylight_witness_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM waylight_witness(NEW.article_id);
    RETURN NULL;
END $$;

CREATE FUNCTION waylight_must_be_witnessed(story bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF position(':' || story || ':' IN coalesce(current_setting('waylight.witnessed', true), ''))
        = 0 AND EXISTS (
            SELECT 1 FROM wagtailcore_page page
            JOIN articles_article ON articles_article.page_ptr_id = page.id
            WHERE page.id = story AND page.live
        )
    THEN
        RAISE EXCEPTION 'published words of story % would change without a version', story
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_words',
                  HINT = 'Publish the change on the desk, with what was wrong and what is right.';
    END IF;
END $$;

CREATE FUNCTION waylight_words_of_story() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := to_jsonb(OLD); ELSE changed := to_jsonb(NEW); END IF;
    PERFORM waylight_must_be_witnessed((changed ->> TG_ARGV[0])::bigint);
    RETURN NULL;
END $$;

CREATE FUNCTION waylight_name_on_stories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM waylight_must_be_witnessed(byline.article_id)
    FROM articles_byline byline WHERE byline.person_id = NEW.id;
    RETURN NULL;
END $$;
"""

_STORY: Final = (
    "dek label location content_warning lead_image_id lead_image_alt lead_image_caption"
    " lead_image_credit body"
).split()


def _changed(*columns: str) -> str:
    old, new = (", ".join(f"{side}.{c}" for c in columns) for side in ("OLD", "NEW"))
    return f"(ROW({old}) IS DISTINCT FROM ROW({new}))"


def _trigger(name: str, when: str, table: str, condition: str, call: str) -> str:
    return (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW {condition} EXECUTE FUNCTION {call};\n"
    )


TRIGGERS: Final = (
    "CREATE TRIGGER version_witnesses_its_story AFTER INSERT ON articles_version "
    "FOR EACH ROW EXECUTE FUNCTION waylight_witness_version();\n"
    + _trigger(
        "words_of_a_story",
        "UPDATE",
        "articles_article",
        f"WHEN {_changed(*_STORY)}",
        "waylight_words_of_story('page_ptr_id')",
    )
    + _trigger(
        "a_story_put_there_live",
        "INSERT",
        "articles_article",
        "",
        "waylight_words_of_story('page_ptr_id')",
    )
    + _trigger(
        "headline_of_a_story",
        "UPDATE",
        "wagtailcore_page",
        f"WHEN (NEW.live AND {_changed('title', 'slug', 'live')})",
        "waylight_words_of_story('id')",
    )
    + _trigger(
        "bylines_of_a_story",
        "INSERT OR UPDATE OR DELETE",
        "articles_byline",
        "",
        "waylight_words_of_story('article_id')",
    )
    + _trigger(
        "name_on_stories",
        "UPDATE",
        "articles_person",
        f"WHEN {_changed('name')}",
        "waylight_name_on_stories()",
    )
)

UNDO: Final = """
DROP TRIGGER name_on_stories ON articles_person;
DROP TRIGGER bylines_of_a_story ON articles_byline;
DROP TRIGGER headline_of_a_story ON wagtailcore_page;
DROP TRIGGER a_story_put_there_live ON articles_article;
DROP TRIGGER words_of_a_story ON articles_article;
DROP TRIGGER version_witnesses_its_story ON articles_version;
DROP FUNCTION waylight_name_on_stories();
DROP FUNCTION waylight_words_of_story();
DROP FUNCTION waylight_must_be_witnessed(bigint);
DROP FUNCTION waylight_witness_version();
DROP FUNCTION waylight_witness(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0009_corrections_page"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunSQL(WITNESS + TRIGGERS, UNDO)]
