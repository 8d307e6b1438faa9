"""Editors go through what is held, oldest first, and say why when they refuse."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from articles.comments import write_comment
from articles.models import Article, Comment, CommentState
from newsroom import roles
from newsroom.readers.models import Reader
from tests.comments.conftest import BACKEND
from tests.desk.people import person

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)
QUEUE = "/desk/comments/"


@pytest.fixture
def held(story: Article, reader: Reader) -> list[Comment]:
    """Three that wait, the oldest first."""
    return [
        write_comment(story, reader, f"Thought number {number}", MOMENT + timedelta(hours=number))
        for number in (1, 2, 3)
    ]


def decide(client: Client, comment: Comment, **data: str):
    return client.post(f"{QUEUE}{comment.pk}/", data)


def test_the_queue_shows_what_is_held_oldest_first(desk: Client, held: list[Comment]) -> None:
    Comment.objects.filter(pk=held[1].pk).update(state=CommentState.REJECTED, reason="No.")
    page = desk.get(QUEUE, {"state": "held"}).content.decode()
    assert page.index("Thought number 1") < page.index("Thought number 3")
    assert "Thought number 2" not in page
    assert "The ferry that left early" in page
    assert "ann@example.org" not in page


def test_the_menu_says_how_many_wait(desk: Client, held: list[Comment]) -> None:
    assert "Comments (3)" in desk.get("/desk/").content.decode()


def test_approving_shows_the_comment_and_leads_to_the_next_that_waits(
    desk: Client, held: list[Comment], editor: Reader
) -> None:
    answer = decide(desk, held[0], decision="approve")
    assert (answer.status_code, answer.url) == (302, f"{QUEUE}{held[1].pk}/")
    held[0].refresh_from_db()
    assert (held[0].state, held[0].decided_by) == (CommentState.APPROVED, editor)


def test_rejecting_asks_for_the_reason_beside_the_field(desk: Client, held: list[Comment]) -> None:
    answer = decide(desk, held[0], decision="reject", reason=" ")
    assert answer.status_code == 422
    assert 'aria-describedby="reason-error"' in answer.content.decode()
    held[0].refresh_from_db()
    assert held[0].state == CommentState.HELD


def test_the_reason_reaches_the_writer_s_page(
    desk: Client, writer: Client, held: list[Comment]
) -> None:
    decide(desk, held[0], decision="reject", reason="It names a <child>.")
    page = writer.get("/account/").content.decode()
    assert "It names a &lt;child&gt;." in page
    assert "Thought number 1" in page


def test_one_comment_is_shown_with_its_story_and_as_plain_text(
    desk: Client, story: Article, reader: Reader
) -> None:
    comment = write_comment(story, reader, "<b>bold</b>", MOMENT)
    page = desk.get(f"{QUEUE}{comment.pk}/").content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert story.addresses.get(current=True).path in page


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_those_whose_role_decides_on_comments_do(
    held: list[Comment], settings, role: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(person(role), backend=BACKEND)
    may = "articles.change_comment" in roles.PERMISSIONS[role]
    decide(client, held[0], decision="approve")
    held[0].refresh_from_db()
    assert held[0].state == (CommentState.APPROVED if may else CommentState.HELD)
    assert (client.get(QUEUE).status_code == 200) == may


def test_readers_reach_nothing_of_the_queue(writer: Client, held: list[Comment]) -> None:
    assert writer.get(QUEUE).status_code == 302
    decide(writer, held[0], decision="approve")
    held[0].refresh_from_db()
    assert held[0].state == CommentState.HELD


def test_nobody_adds_edits_or_deletes_comments_on_the_desk(
    desk: Client, held: list[Comment]
) -> None:
    page = desk.get(QUEUE).content.decode()
    for verb in ("new", "add", "edit", "delete", "copy"):
        assert f"{QUEUE}{verb}/" not in page
        assert desk.get(f"{QUEUE}{verb}/{held[0].pk}/").status_code == 404
