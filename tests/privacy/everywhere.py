"""Every place where a person can still be named: the whole database, files and logs."""

import json
from pathlib import Path

from django.contrib.sessions.models import Session
from django.db import connection
from psycopg import sql


def tables_naming(mark: str) -> set[str]:
    """The tables of which any row, as text, holds `mark`, whatever the case."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            asked = sql.SQL(
                "SELECT EXISTS (SELECT 1 FROM {} AS each WHERE each::text ILIKE %s)"
            ).format(sql.Identifier(table))
            cursor.execute(asked, [f"%{mark}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    # Sessions are encoded: read as the site reads them.
    for session in Session.objects.all():
        if mark.lower() in json.dumps(session.get_decoded(), default=str).lower():
            found.add("django_session")
    return found


def files_naming(mark: str, *folders: Path) -> set[str]:
    needle = mark.lower().encode()
    return {
        str(path)
        for folder in folders
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
        if path.is_file() and needle in path.read_bytes().lower()
    }
