"""What stays as it is: a picture's file and a story's addresses; and which version readers see
changes only with a version (0010_published_words).

The functions compare the rows themselves, so that Wagtail's migrations may alter its columns.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION waylight_picture_keeps_its_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.file IS DISTINCT FROM NEW.file AND OLD.file <> '' THEN
        RAISE EXCEPTION 'picture % keeps its file', NEW.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_words',
                  TABLE = TG_TABLE_NAME,
                  HINT = 'Upload the other file as a new picture and put it into the story.';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER picture_keeps_its_file AFTER UPDATE ON wagtailimages_image
    FOR EACH ROW EXECUTE FUNCTION waylight_picture_keeps_its_file();

CREATE FUNCTION waylight_address_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (OLD.path, OLD.article_id) IS DISTINCT FROM (NEW.path, NEW.article_id) THEN
        RAISE EXCEPTION 'the address % stays its story''s', OLD.path
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_words',
                  TABLE = TG_TABLE_NAME,
                  HINT = 'Give the story a further address; the old one redirects to it.';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER address_stays AFTER UPDATE OR DELETE ON articles_address
    FOR EACH ROW EXECUTE FUNCTION waylight_address_stays();

CREATE CONSTRAINT TRIGGER version_readers_see AFTER UPDATE ON articles_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.current_version_id IS DISTINCT FROM NEW.current_version_id)
    EXECUTE FUNCTION waylight_words_of_story('page_ptr_id');
"""

UNMAKE = """
DROP TRIGGER version_readers_see ON articles_article;
DROP TRIGGER address_stays ON articles_address;
DROP TRIGGER picture_keeps_its_file ON wagtailimages_image;
DROP FUNCTION waylight_address_stays();
DROP FUNCTION waylight_picture_keeps_its_file();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0014_comments")]
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
