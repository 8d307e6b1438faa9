"""The record only grows, and shows when somebody tampers with it."""

import json
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.canonical import canonical, sha256
from articles.chain import START, next_site_hash, next_story_hash, sealed_version
from articles.corrections import Entry, Record, SilentEdit
from articles.models import Article, Change, Correction, Kind, Seal, Section, Version
from articles.verifying import verify_record
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

CORRECTED = Record([Entry(Kind.CORRECTION, "It was cold.", "It is warm.")])


@pytest.fixture
def kiln(energy: Section) -> Article:
    article = newsroom.story(energy, "The kiln goes cold")
    newsroom.edit(article, title="The kiln is warm", record=CORRECTED)
    newsroom.edit(article, title="The kiln is warm again", record=Record(minor_reason="Style."))
    return article


def found() -> list[str]:
    return [str(difference) for difference in verify_record()]


def by_hand(sql: str, *values: Any) -> None:
    """As the tables' owner could, with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("version", "correction", "seal"):
            cursor.execute(f"ALTER TABLE articles_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


@pytest.mark.parametrize("table", ["version", "correction", "seal"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE articles_{} SET recorded_at = now()",
        "DELETE FROM articles_{}",
        "TRUNCATE articles_{} CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_record(kiln: Article, table: str, sql: str) -> None:
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(f"SET CONSTRAINTS ALL IMMEDIATE; {sql.format(table)}")
    assert (Version.objects.count(), Correction.objects.count(), Seal.objects.count()) == (3, 1, 4)


def test_each_version_and_entry_has_its_link_in_the_order_written(kiln: Article) -> None:
    links = Seal.objects.order_by("sequence")
    assert [(link.version_id is not None, link.story_sequence) for link in links] == [
        (True, 1),
        (True, 2),
        (False, 3),
        (True, 4),
    ]
    assert found() == []


def test_the_chain_can_be_followed_from_what_is_published(kiln: Article, energy: Section) -> None:
    newsroom.story(energy, "Ice")
    site, stories = START, {}
    log = json.loads(Client().get("/corrections/log.json").content)
    assert log["start"] == START
    assert log["next"] is None
    for link in log["links"]:
        before = stories.get(link["story"], START)
        stories[link["story"]] = next_story_hash(
            before, link["story"], link["story_sequence"], link["commitment"]
        )
        site = next_site_hash(site, link["sequence"], stories[link["story"]])
        assert (link["story_hash"], link["site_hash"]) == (stories[link["story"]], site)
    assert [link["seals"] for link in log["links"]] == [
        "version",
        "version",
        "entry",
        "version",
        "version",
    ]
    assert "salt" not in str(log)


def test_the_chain_is_published_in_pages(kiln: Article, monkeypatch: Any) -> None:
    monkeypatch.setattr("articles.chain_log.LINKS_A_PAGE", 3)
    first = json.loads(Client().get("/corrections/log.json").content)
    assert len(first["links"]) == 3
    rest = json.loads(Client().get(first["next"].partition("8000")[2]).content)
    assert [link["sequence"] for link in rest["links"]] == [first["links"][-1]["sequence"] + 1]
    assert Client().get("/corrections/log.json?after=x").status_code == 404


def test_a_commitment_opens_with_its_salt_and_hides_without(kiln: Article) -> None:
    version = Version.objects.earliest("pk")
    assert version.seal.commitment == sha256(version.salt, canonical(sealed_version(version)))
    assert len({*Version.objects.values_list("salt", flat=True)}) == 3


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE articles_version SET headline = 'Another' WHERE number = 2",
            "version 2 is not what was sealed",
        ),
        (
            """UPDATE articles_version SET content = jsonb_set(content, '{dek}', '"x"')
            WHERE number = 1""",
            "version 1 does not hash to its own words",
        ),
        (
            "UPDATE articles_version SET body_html = 'x' WHERE number = 3",
            "version 3 is not what was sealed",
        ),
        (
            "UPDATE articles_version SET published_at = published_at - interval '1 hour'",
            "version 1 is not what was sealed",
        ),
        ("UPDATE articles_correction SET was = 'Nothing.'", "entry 1 is not what was sealed"),
        (
            "UPDATE articles_correction SET issued_at = issued_at - interval '1 day'",
            "entry 1 is not what was sealed",
        ),
        ("DELETE FROM articles_seal WHERE story_sequence = 2", "a link before entry 1 is missing"),
        (
            "UPDATE articles_seal SET commitment = repeat('0', 64) WHERE story_sequence = 3",
            "the story's chain is broken at entry 1",
        ),
        (
            "UPDATE articles_seal SET site_hash = repeat('0', 64) WHERE story_sequence = 1",
            "the site's chain is broken at version 1",
        ),
        ("UPDATE wagtailcore_page SET title = 'x' WHERE id = %s", "does not have the words"),
        (
            "UPDATE articles_article SET current_version_id ="
            " (SELECT min(id) FROM articles_version) WHERE page_ptr_id = %s",
            "readers are not shown the last version, 3",
        ),
    ],
)
def test_a_row_changed_by_hand_is_found_and_its_story_named(
    kiln: Article, sql: str, sentence: str
) -> None:
    by_hand(sql, *([kiln.pk] if "%s" in sql else []))
    assert any(sentence in each for each in found()), found()
    assert all(f"Story {kiln.pk} “" in each for each in found())


# By whom is not sealed, since an account may have to be forgotten; a link's own moment is told by
# its sealed row's, from which it may not stray.
# Only a check, which no session turns off, keeps a removal out of the link of a version.
NOT_SEALED = {
    ("version", "published_by_id"),
    ("correction", "issued_by_id"),
    ("seal", "removal_id"),
}
ANOTHER = {
    "integer": "{} + 1000",
    "bigint": "{} + 1000",
    "timestamp with time zone": "{} + interval '1 hour'",
    "jsonb": """jsonb_set({}, '{{location}}', '"x"')""",
    "text": "{} || 'x'",
    "character varying": "CASE {0} WHEN 'minor' THEN 'first' WHEN 'update' THEN 'correction'"
    " WHEN 'correction' THEN 'update' WHEN 'explained' THEN 'minor'"
    " WHEN 'first' THEN 'layout' ELSE overlay({0} placing 'x' from 1) END",
}


@pytest.mark.parametrize("table", ["version", "correction", "seal"])
def test_each_column_of_the_record_changed_by_hand_is_found(kiln: Article, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s ORDER BY ordinal_position",
            [f"articles_{table}"],
        )
        columns = dict(cursor.fetchall())
    assert len(columns) >= 9
    unseen = []
    for name, kind in columns.items():
        if (table, name) in NOT_SEALED:
            continue
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Also what refers to other rows: as if constraints had been dropped.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET session_replication_role = replica")
                key = "sequence" if table == "seal" else "id"
                another = ANOTHER[kind].format(name)
                if name.endswith(("before_id", "supersedes_id")):
                    another = f"coalesce({another}, 1000)"
                if name == "noticed_at":
                    another = f"coalesce({another}, now())"
                one = {"version": "number = 2", "correction": "number = 1", "seal": "sequence = 2"}
                if name in ("version_id", "correction_id"):
                    # One link seals what another should.
                    one["seal"] = f"{name} = (SELECT max({name}) FROM articles_seal)"
                cursor.execute(
                    f"UPDATE articles_{table} SET {name} = {another} WHERE {key} ="
                    f" (SELECT min({key}) FROM articles_{table} WHERE {one[table]})"
                )
                assert cursor.rowcount == 1, name
                cursor.execute("SET session_replication_role = origin")
            differences = found()
            if not any(f"Story {kiln.pk} “" in each for each in differences):
                unseen.append((name, differences))
            transaction.set_rollback(True)
    assert not unseen


def test_a_person_renamed_and_a_picture_swapped_by_hand_are_found(energy: Section) -> None:
    odile = newsroom.person("Odile Perrin", "odile")
    shown = {"lead_image_alt": "A kiln", "lead_image_credit": "Odile Perrin"}
    article = newsroom.story(energy, writers=(odile,), lead_image=newsroom.image(), **shown)
    other = newsroom.image("Blue", width=500)
    assert found() == []
    for sql, sentence in (
        ("UPDATE articles_person SET name = 'O. P.'", "does not have the words of version 1"),
        ("DELETE FROM articles_byline", "does not have the words of version 1"),
        (f"UPDATE articles_article SET lead_image_id = {other.pk}", "has another picture"),
        ("UPDATE wagtailimages_image SET file_hash = repeat('0', 40)", "has another picture"),
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET session_replication_role = replica")
                cursor.execute(sql)
                cursor.execute("SET session_replication_role = origin")
            assert any(sentence in each for each in found()), sql
            assert all(f"Story {article.pk} “" in each for each in found())
            transaction.set_rollback(True)


def test_parts_of_a_quotation_exchanged_by_hand_are_found(energy: Section) -> None:
    value = {"quote": "Cold.", "attribution": "Otter", "share_line": "", "accounts": ""}
    quote = {"type": "pull_quote", "value": value | {"hashtags": ""}}
    newsroom.story(energy, body=newsroom.body(quote))
    moved = json.dumps([quote | {"value": value | {"attribution": "", "share_line": "Otter"}}])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE articles_article SET body = %s", [moved])
        cursor.execute("SET session_replication_role = origin")
    assert any("shows things with other words than version 1" in each for each in found())


def test_a_version_slipped_in_without_a_link_is_found(kiln: Article) -> None:
    last = Version.objects.latest("number")
    last.pk, last.number = None, 4
    last.save(force_insert=True)
    assert any("version 4 was never sealed" in each for each in found())


def test_a_record_cut_short_is_found_by_its_earlier_head(kiln: Article) -> None:
    head = Seal.objects.latest("sequence").site_hash
    assert not list(verify_record(head))
    by_hand("DELETE FROM articles_seal WHERE sequence = (SELECT max(sequence) FROM articles_seal)")
    by_hand("DELETE FROM articles_version WHERE number = 4")
    assert any(head in str(difference) for difference in verify_record(head))


def test_the_command_says_so_and_fails_naming_the_story(kiln: Article) -> None:
    out = StringIO()
    call_command("verify_record", stdout=out)
    assert "No difference over 4 links" in out.getvalue()
    by_hand("UPDATE articles_correction SET now = 'x'")
    errors = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify_record", stderr=errors)
    assert f"Story {kiln.pk} “The kiln is warm again”: entry 1" in errors.getvalue()


HEADLINES = st.sampled_from(["Ice", "Fire", "Water", "Earth", "Air"])
BLOCKS = st.lists(st.sampled_from(["One.", "Two.", "Three four."]), max_size=3)
SAID = st.sampled_from(
    [
        Record(),
        CORRECTED,
        Record(minor_reason="Style."),
        Record([Entry(Kind.UPDATE, "", "News."), Entry(Kind.CLARIFICATION, "", "Clear.")]),
        Record([Entry(Kind.RETRACTION, "", "Withdrawn.")]),
        Record([Entry(Kind.CORRECTION, "", "No was.")]),
    ]
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(HEADLINES, BLOCKS, SAID), min_size=1, max_size=6))
def test_whatever_is_edited_and_taken_back_each_change_of_words_is_explained(
    energy: Section, edits: list[tuple[str, list[str], Record]]
) -> None:
    with transaction.atomic():
        article = newsroom.story(energy, "Ice")
        for headline, blocks, said in edits:
            body = newsroom.body(*(newsroom.text(each) for each in blocks))
            try:
                newsroom.edit(article, title=headline, body=body, record=said)
            except SilentEdit:
                article = Article.objects.get(pk=article.pk)
        assert found() == []
        versions = list(article.versions.order_by("number"))
        for before, after in pairwise(versions):
            entries = list(after.entries.all())
            if before.words_hash != after.words_hash:
                assert entries or after.minor_reason
            else:
                assert {entry.kind for entry in entries} <= {Kind.RETRACTION}
            assert (after.change == Change.EXPLAINED) == bool(entries)
            assert all(entry.before == before for entry in entries)
        transaction.set_rollback(True)
