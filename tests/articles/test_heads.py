"""The record's head goes each day to places outside the database, signed."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from articles.chain import START
from articles.corrections import Entry, Record
from articles.feeds import HEADS_NAMESPACE
from articles.head_lines import BadLine, public_key, read, signed
from articles.heads import HeadLost, append_missing, heads_file, publish_head, this_key
from articles.models import Article, Kind, RecordHead, Seal, Section
from articles.verifying import verify_record
from newsroom import roles
from newsroom.desk.role_sync import sync_roles
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)
SECRET = "11" * 32
CORRECTED = Record([Entry(Kind.CORRECTION, "It was cold.", "It is warm.")])


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.RECORD_HEADS_DIR = tmp_path / "heads"
    return tmp_path


@pytest.fixture
def kiln(energy: Section) -> Article:
    article = newsroom.story(energy, "The kiln goes cold")
    newsroom.edit(article, title="The kiln is warm", record=CORRECTED)
    return article


def by_hand(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("version", "correction", "seal", "recordhead"):
            cursor.execute(f"ALTER TABLE articles_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


def test_a_signed_line_says_the_head_and_opens_with_the_public_key() -> None:
    line = signed("https://sound.example", date(2026, 5, 10), 12, "ab" * 32, SECRET)
    head = read(line)
    assert (head.site, head.day, head.sequence) == ("https://sound.example", date(2026, 5, 10), 12)
    assert (head.site_hash, head.key) == ("ab" * 32, public_key(SECRET))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("2026-05-10", "2026-05-11"),
        (" 12 ", " 13 "),
        ("abab", "abac"),
        ("sound.example", "other.example"),
        (public_key(SECRET), public_key("22" * 32)),
        ("waylight-record-head 1", "waylight-record-head 2"),
        (" 12 ", " twelve "),
        (" 12 ", "  "),
    ],
)
def test_a_line_changed_anywhere_is_refused(was: str, becomes: str) -> None:
    line = signed("https://sound.example", date(2026, 5, 10), 12, "ab" * 32, SECRET)
    with pytest.raises(BadLine):
        read(line.replace(was, becomes, 1))
    with pytest.raises(BadLine):
        read(line[:-2] + ("00" if line[-2:] != "00" else "01"))


def test_the_head_of_a_day_stands_in_both_feeds_the_file_and_at_the_keys_address(
    kiln: Article, energy: Section
) -> None:
    head = publish_head(NOW)
    last = Seal.objects.latest("sequence")
    assert (read(head.line).sequence, read(head.line).site_hash) == (3, last.site_hash)
    assert read(head.line).day == date(2026, 5, 10)
    feed = Client().get("/corrections/feed.atom").content
    atom = ElementTree.fromstring(feed)  # noqa: S314 (our own)
    assert [each.text for each in atom.iter(f"{{{HEADS_NAMESPACE}}}record-head")] == [head.line]
    feed = Client().get("/corrections/feed.json").json()
    assert feed["_waylight"]["record_heads"] == [head.line]
    key = Client().get("/corrections/record-key.json").json()
    assert (key["public_key"], key["heads"]) == (read(head.line).key, [head.line])
    assert heads_file().read_text() == f"{head.line}\n"


def test_those_who_answer_for_the_record_get_it_by_mail_once_a_day() -> None:
    sync_roles()
    for role in roles.ROLES:
        who = newsroom.editor(role, is_superuser=False)
        who.groups.add(Group.objects.get(name=role))
    for _ in range(2):
        head = publish_head(NOW)
    told = {roles.STANDARDS_EDITOR, roles.PUBLISHER, roles.ADMINISTRATOR}
    mails = OutboxMail.objects.filter(kind="record head")
    names = Reader.objects.filter(email__in=mails.values("to")).values_list(
        "public_name", flat=True
    )
    assert (set(names), mails.count()) == (told, 3)
    assert all(head.line in mail.text and head.line in mail.html for mail in mails)
    publish_head(NOW + timedelta(days=1))
    assert mails.all().count() == 6


def test_the_file_grows_by_a_line_a_day_and_gets_what_it_missed(
    kiln: Article, folder: Path
) -> None:
    publish_head(NOW)
    heads_file().unlink()
    publish_head(NOW + timedelta(days=1))
    publish_head(NOW + timedelta(days=1, minutes=1))
    assert [read(line).day.day for line in heads_file().read_text().splitlines()] == [10, 11]


def test_what_the_file_knows_is_kept_and_a_torn_line_stays_alone(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("an older head\nto")
    assert append_missing(file, ["an older head", "new"]) == 1
    assert file.read_text() == "an older head\nto\nnew\n"


def test_a_folder_that_cannot_be_written_is_said_and_mail_and_feed_still_go(
    kiln: Article, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    settings.RECORD_HEADS_DIR = tmp_path / "taken"
    with pytest.raises(CommandError, match=r"record-heads\.txt cannot be written"):
        call_command("publish_head")
    assert RecordHead.objects.count() == 1


def test_a_newsroom_without_a_story_has_a_head_too() -> None:
    out = StringIO()
    call_command("publish_head", stdout=out)
    assert read(out.getvalue()).site_hash == START
    assert not list(verify_record())


def test_a_head_once_told_is_changed_by_nobody(kiln: Article) -> None:
    publish_head(NOW)
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        RecordHead.objects.update(sequence=1)


def test_nothing_is_told_over_a_chain_that_lost_an_earlier_head(kiln: Article) -> None:
    publish_head(NOW)
    by_hand("DELETE FROM articles_seal WHERE sequence = 3")
    by_hand("DELETE FROM articles_entrywords")
    with pytest.raises(HeadLost, match="2026-05-10"):
        publish_head(NOW + timedelta(days=1))
    with pytest.raises(CommandError, match="no longer contains the head"):
        call_command("publish_head")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE articles_recordhead SET sequence = 2",
        "UPDATE articles_recordhead SET site_hash = repeat('0', 64)",
        "UPDATE articles_recordhead SET day = day - 1",
        "UPDATE articles_recordhead SET line = line || '0'",
        "DELETE FROM articles_seal WHERE sequence = 3",
    ],
)
def test_a_kept_head_changed_by_hand_or_lost_is_found(kiln: Article, sql: str) -> None:
    publish_head(NOW)
    assert not list(verify_record())
    by_hand(sql)
    assert any("head" in str(each).lower() for each in verify_record())


def rewritten() -> None:
    """The chain written whole anew over other words, as the database's owner could, without the
    heads that are kept in it."""
    from articles.chain import commitment_of, next_site_hash, next_story_hash

    by_hand("DELETE FROM articles_recordhead")
    by_hand(
        "UPDATE articles_version SET published_at = published_at - interval '1 minute'"
        " WHERE number = 1"
    )
    site, stories = START, {}
    for seal in Seal.objects.select_related("version", "correction").order_by("sequence"):
        committed = commitment_of(seal.version or seal.correction)
        story = next_story_hash(
            stories.get(seal.article_id, START), seal.article_id, seal.story_sequence, committed
        )
        stories[seal.article_id], site = story, next_site_hash(site, seal.sequence, story)
        by_hand(
            "UPDATE articles_seal SET commitment = %s, story_hash = %s, site_hash = %s"
            " WHERE sequence = %s",
            *(committed, story, site, seal.sequence),
        )


def test_a_chain_rewritten_whole_is_found_by_the_file_of_heads(kiln: Article) -> None:
    publish_head(NOW)
    file = heads_file()
    out = StringIO()
    call_command("verify_record", heads=file, stdout=out)
    assert "1 heads of the file are in it" in out.getvalue()
    rewritten()
    call_command("verify_record", stdout=StringIO())
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify_record", heads=file, stderr=StringIO())
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify_record", head=read(file.read_text()).site_hash, stderr=StringIO())


def test_lines_of_a_file_must_be_signed_by_the_newsroom_or_a_key_that_is_named(
    kiln: Article, tmp_path: Path
) -> None:
    last = Seal.objects.latest("sequence")
    file = tmp_path / "kept.txt"
    file.write_text(signed("https://x.example", NOW.date(), 3, last.site_hash, SECRET) + "\n")
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_record", heads=file, stderr=errors)
    assert "a key that is not ours" in errors.getvalue()
    call_command("verify_record", heads=file, key=[public_key(SECRET)], stdout=StringIO())
    assert this_key() != public_key(SECRET)
    for text in ("", "waylight\n"):
        file.write_text(text)
        with pytest.raises(CommandError):
            call_command("verify_record", heads=file, stderr=StringIO())


def test_the_log_s_full_pages_may_be_kept_for_ever_and_the_last_may_not(
    kiln: Article, monkeypatch: Any
) -> None:
    monkeypatch.setattr("articles.chain_log.LINKS_A_PAGE", 2)
    full = Client().get("/corrections/log.json")
    last = Client().get("/corrections/log.json?after=2")
    assert "immutable" in full["Cache-Control"]
    assert "immutable" not in last["Cache-Control"]
    assert json.loads(full.content)["prev"] is None
    assert json.loads(last.content)["prev"].endswith("/corrections/log.json")
    newsroom.edit(kiln, title="The kiln is hot", record=CORRECTED)
    assert Client().get("/corrections/log.json").content == full.content
