"""Tables that only grow: the migration operation that makes the database refuse the rest.

A row trigger refuses UPDATE and DELETE, a statement trigger TRUNCATE. There is no switch to
turn them off from the application; only the tables' owner can, by hand, in SQL.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION waylight_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Write a further row that corrects or undoes the earlier one.';
END $$
"""


def append_only(table: str) -> migrations.RunSQL:
    """Make `table` append-only. The migration must depend on `("audit", "0003_append_only")`."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION waylight_append_only();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION waylight_append_only();
        """,
        f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )
