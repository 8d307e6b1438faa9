"""Writing a comment in the browser, with and without script."""

import pytest
from django.test import Client

from articles.comments import approve
from articles.models import Article, Comment, CommentState
from newsroom.readers.models import Reader

pytestmark = pytest.mark.django_db

FETCHED = {"X-Requested-With": "fetch"}


def place(story: Article) -> str:
    return f"/comments/{story.pk}/"


def address(story: Article) -> str:
    return story.addresses.get(current=True).path


def write(client: Client, story: Article, text: str, **more: object):
    return client.post(place(story), {"text": text}, **more)


def test_a_stranger_is_led_to_sign_in_and_back_to_the_story(story: Article) -> None:
    answer = Client().get(place(story), headers=FETCHED)
    page = answer.content.decode()
    assert answer.status_code == 200
    back = address(story).replace("/", "%2F")
    assert f'href="/account/login/?next={back}%23comments"' in page
    assert "<form" not in page
    assert "<html" not in page
    assert not answer.cookies


def test_what_is_one_reader_s_own_is_kept_by_no_cache(story: Article, writer: Client) -> None:
    for client in (Client(), writer):
        assert client.get(place(story))["Cache-Control"] == "private, no-store"


def test_without_script_it_is_a_page_of_its_own(story: Article, writer: Client) -> None:
    page = writer.get(place(story)).content.decode()
    assert "<html" in page
    assert '<textarea class="input" id="comment-text" name="text"' in page
    assert "csrfmiddlewaretoken" in page
    assert "The ferry that left early" in page


def test_a_comment_written_without_script_is_held_and_its_writer_told(
    story: Article, writer: Client, reader: Reader
) -> None:
    answer = write(writer, story, "I was on it.")
    assert (answer.status_code, answer.url) == (303, f"{place(story)}?held")
    comment = Comment.objects.get()
    assert (comment.article_id, comment.reader, comment.state) == (
        story.pk,
        reader,
        CommentState.HELD,
    )
    page = writer.get(answer.url).content.decode()
    assert 'role="status"' in page
    assert "I was on it." in page


def test_a_comment_written_by_script_is_answered_with_the_fragment(
    story: Article, writer: Client
) -> None:
    answer = write(writer, story, "I was on it.", headers=FETCHED)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="status"' in page
    assert "<html" not in page


def test_what_is_wrong_is_said_beside_the_field_and_the_text_is_kept(
    story: Article, writer: Client
) -> None:
    long = "word & " * 700
    answer = write(writer, story, long)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="comment-error"' in page
    assert "too long" in page
    assert "word &amp; word &amp;" in page


def test_a_reader_whose_session_ended_keeps_the_text(story: Article) -> None:
    answer = write(Client(), story, "A long thought.")
    assert answer.status_code == 403
    assert "A long thought." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_from_another_site_is_refused(story: Article, reader: Reader) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert write(client, story, "Buy now.").status_code == 403
    assert not Comment.objects.exists()


def test_the_sixth_comment_in_ten_minutes_is_told_to_wait(story: Article, writer: Client) -> None:
    for number in range(5):
        assert write(writer, story, f"Thought {number}").status_code == 303
    answer = write(writer, story, "Thought 6")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "wait ten minutes" in page
    assert "Thought 6" in page
    assert Comment.objects.count() == 5


def test_a_closed_story_says_so(story: Article, writer: Client) -> None:
    Article.objects.filter(pk=story.pk).update(comments_open=False)
    assert "closed" in writer.get(place(story)).content.decode()
    answer = write(writer, story, "I was on it.")
    assert answer.status_code == 403
    assert "closed" in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_story_that_is_not_there_is_not_found(db: None, number: str) -> None:
    assert Client().get(f"/comments/{number}/").status_code == 404


def test_markup_and_links_in_a_comment_are_plain_text_under_the_story(
    story: Article, writer: Client, editor: Reader
) -> None:
    write(writer, story, "<script>alert(1)</script>\nhttps://spam.example <img src=x onerror=y>")
    approve(Comment.objects.get(), editor, Comment.objects.get().created_at)
    page = Client().get(address(story)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>https://spam.example &lt;img" in page
    assert "<script>alert" not in page
    assert 'href="https://spam.example' not in page


def test_an_approved_comment_is_under_the_story_for_everybody_and_a_held_one_is_not(
    story: Article, writer: Client, editor: Reader
) -> None:
    write(writer, story, "I was on it.")
    write(writer, story, "Nobody asked me.")
    comment = Comment.objects.get(text="I was on it.")
    approve(comment, editor, comment.created_at)
    page = Client().get(address(story)).content.decode()
    assert f'id="comment-{comment.pk}"' in page
    assert "Ann of the Quay" in page
    assert "I was on it." in page
    assert "Nobody asked me." not in page
    assert "ann@example.org" not in page
