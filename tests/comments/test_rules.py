"""A comment is held, and an editor decides; its writer is told, once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from articles.comments import (
    CommentRefused,
    CommentsClosed,
    NoReason,
    approve,
    reject,
    write_comment,
)
from articles.models import Article, Comment, CommentState
from articles.own_comments import comments_of
from articles.threads import approved_comments
from newsroom.audit.models import AuditEntry
from newsroom.branding.models import Branding
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.mail.post import deliver_due
from tests.mail.servers import MailServer

MOMENT = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_comment_is_held_and_shown_to_nobody(story: Article, reader: Reader) -> None:
    comment = write_comment(story, reader, "  I was on it.\r\n\r\n\r\n\r\nIt was full. ", MOMENT)
    assert comment.state == CommentState.HELD
    assert comment.text == "I was on it.\n\nIt was full."
    assert comment.created_at == MOMENT
    assert approved_comments(story.pk) == []


@pytest.mark.parametrize("text", ["", " \n\t ", "a", "\x00\x00", "x" * 4001])
def test_a_text_too_short_or_too_long_is_refused(story: Article, reader: Reader, text: str) -> None:
    with pytest.raises(CommentRefused):
        write_comment(story, reader, text, MOMENT)
    assert not Comment.objects.exists()


def test_the_longest_text_is_taken(story: Article, reader: Reader) -> None:
    assert len(write_comment(story, reader, "é" * 4000, MOMENT).text) == 4000


def test_control_characters_are_left_out(story: Article, reader: Reader) -> None:
    assert write_comment(story, reader, "I was\x00 the\x1b[31mre", MOMENT).text == "I was the[31mre"


def test_the_same_words_under_the_same_story_are_refused(story: Article, reader: Reader) -> None:
    write_comment(story, reader, "I was on it.", MOMENT)
    with pytest.raises(CommentRefused):
        write_comment(story, reader, "I was on it. ", MOMENT + timedelta(days=1))
    other = Reader.objects.create_user("bea@example.org")
    assert write_comment(story, other, "I was on it.", MOMENT)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_comment(story: Article, reader: Reader) -> None:
    ready = threading.Barrier(4)
    refused: list[CommentRefused] = []

    def write() -> None:
        ready.wait()
        try:
            write_comment(story, reader, "I was on it.", MOMENT)
        except CommentRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Comment.objects.count(), len(refused)) == (1, 3)


def test_closed_and_unpublished_stories_take_no_comment(story: Article, reader: Reader) -> None:
    draft = newsroom.draft(story.get_parent().specific, "Not out yet")
    with pytest.raises(CommentsClosed):
        write_comment(draft, reader, "I was on it.", MOMENT)
    story.comments_open = False
    with pytest.raises(CommentsClosed):
        write_comment(story, reader, "I was on it.", MOMENT)


def test_a_story_may_keep_its_comments_open_longer_than_the_newsroom(
    story: Article, reader: Reader
) -> None:
    branding = Branding.load()
    branding.comments_days = 3
    branding.save()
    late = story.first_published_at + timedelta(days=4)
    with pytest.raises(CommentsClosed):
        write_comment(story, reader, "I was on it.", late)
    story.comments_stay_open = True
    assert write_comment(story, reader, "I was on it.", late).pk
    story.comments_open = False
    with pytest.raises(CommentsClosed):
        write_comment(story, reader, "I was on it too.", late)


def test_approved_comments_stand_under_the_story_the_newest_last(
    story: Article, reader: Reader, editor: Reader, django_assert_num_queries
) -> None:
    later = write_comment(story, reader, "And it was cold.", MOMENT + timedelta(hours=1))
    earlier = write_comment(story, reader, "I was on it.", MOMENT)
    write_comment(story, reader, "Held for now.", MOMENT)
    for comment in (later, earlier):
        approve(comment, editor, MOMENT + timedelta(hours=2))

    with django_assert_num_queries(1):
        shown = approved_comments(story.pk)

    assert [(each.text, each.anchor) for each in shown] == [
        ("I was on it.", f"comment-{earlier.pk}"),
        ("And it was cold.", f"comment-{later.pk}"),
    ]
    assert {each.name_shown for each in shown} == {"Ann of the Quay"}


def test_a_reader_without_a_public_name_is_shown_without_the_address(
    story: Article, editor: Reader
) -> None:
    nameless = Reader.objects.create_user("secret.person@example.org")
    approve(write_comment(story, nameless, "I was on it.", MOMENT), editor, MOMENT)
    (shown,) = approved_comments(story.pk)
    assert "secret" not in shown.name_shown


def test_approving_owes_the_writer_one_mail_that_arrives(
    story: Article, reader: Reader, editor: Reader, server: MailServer
) -> None:
    comment = write_comment(story, reader, "I was on it.", MOMENT)
    approve(comment, editor, MOMENT)
    approve(comment, editor, MOMENT)
    reject(comment, editor, "On reflection, it names a child.", MOMENT)
    approve(comment, editor, MOMENT)
    deliver_due()

    (mail,) = OutboxMail.objects.all()
    assert mail.dedupe_key == f"comment-approved:{comment.pk}"
    (message,) = server.taken
    assert message["To"] == "ann@example.org"
    words = " ".join(server.text().split())
    assert "The ferry that left early" in words
    assert "I was on it." in words
    address = story.addresses.get(current=True).path
    assert f"http://localhost:8000{address}#comment-{comment.pk}" in words


def test_the_mail_is_in_the_reader_s_language(
    story: Article, reader: Reader, editor: Reader
) -> None:
    reader.language = "fr"
    reader.save()
    approve(write_comment(story, reader, "J’y étais.", MOMENT), editor, MOMENT)
    assert OutboxMail.objects.get().language == "fr"


def test_a_rejected_comment_needs_a_reason_and_its_writer_sees_it(
    story: Article, reader: Reader, editor: Reader
) -> None:
    comment = write_comment(story, reader, "He is a thief.", MOMENT)
    with pytest.raises(NoReason):
        reject(comment, editor, " \n ", MOMENT)
    comment.refresh_from_db()
    assert comment.state == CommentState.HELD

    reject(comment, editor, "An accusation\nwithout a source.", MOMENT)

    (own,) = comments_of(reader)
    assert (own.state, own.reason) == ("rejected", "An accusation without a source.")
    assert (own.headline, own.url) == (
        "The ferry that left early",
        story.addresses.get(current=True).path,
    )
    assert not OutboxMail.objects.exists()


def test_a_comment_can_be_taken_away_after_it_was_shown(
    story: Article, reader: Reader, editor: Reader
) -> None:
    comment = write_comment(story, reader, "He is a thief.", MOMENT)
    approve(comment, editor, MOMENT)
    reject(comment, editor, "An accusation without a source.", MOMENT)
    assert approved_comments(story.pk) == []


def test_who_decided_is_on_the_audit_log_without_the_words(
    story: Article, reader: Reader, editor: Reader
) -> None:
    comment = write_comment(story, reader, "I was on it.", MOMENT)
    reject(comment, editor, "No source.", MOMENT)
    approve(comment, editor, MOMENT)
    kept = list(AuditEntry.objects.filter(target=f"articles.comment:{comment.pk}").order_by("id"))
    assert [(entry.verb, entry.actor) for entry in kept] == [
        ("rejected", editor),
        ("approved", editor),
    ]
    assert not any("I was on it" in str(vars(entry)) or "@" in str(entry.details) for entry in kept)


def test_nobody_sees_another_reader_s_held_comments(story: Article, reader: Reader) -> None:
    write_comment(story, reader, "I was on it.", MOMENT)
    assert comments_of(Reader.objects.create_user("bea@example.org")) == []
