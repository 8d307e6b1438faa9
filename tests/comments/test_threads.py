"""Readers answer and report each other; comments close; who is trusted and who is kept away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.comment_reports import report_comment
from articles.commenters import (
    CannotBan,
    ban,
    distrust,
    is_banned,
    may_be_trusted,
    standing,
    trust,
    unban,
)
from articles.comments import (
    CommentRefused,
    CommentsClosed,
    approve,
    reject,
    write_comment,
)
from articles.models import Article, Comment, CommentReport, CommentState
from articles.own_comments import comments_of
from articles.threads import approved_comments, discussion
from newsroom.audit.models import AuditEntry
from newsroom.branding.models import Branding
from newsroom.readers.models import Reader

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def shown(story: Article, reader: Reader, editor: Reader) -> Comment:
    return approve(write_comment(story, reader, "I was on it.", MOMENT), editor, MOMENT)


@pytest.fixture
def bea() -> Reader:
    return Reader.objects.create_user("bea@example.org", public_name="Bea")


def set_newsroom(**fields: int) -> None:
    branding = Branding.load()
    for name, value in fields.items():
        setattr(branding, name, value)
    branding.save()


def address(story: Article) -> str:
    return story.addresses.get(current=True).path


# ------------------------------------------------------------------ replies


def test_a_reply_stands_below_what_it_answers_and_a_reply_to_it_beside_it(
    story: Article, shown: Comment, bea: Reader, reader: Reader, editor: Reader
) -> None:
    other = write_comment(story, bea, "A later thread.", MOMENT + timedelta(minutes=1))
    reply = write_comment(story, bea, "So was I.", MOMENT + timedelta(hours=1), shown)
    approve(other, editor, MOMENT)
    approve(reply, editor, MOMENT)
    again = write_comment(story, reader, "At the bow.", MOMENT + timedelta(hours=2), reply)
    assert again.parent_id == shown.pk
    approve(again, editor, MOMENT)
    assert [(each.text, each.answers_name) for each in approved_comments(story.pk)] == [
        ("I was on it.", ""),
        ("So was I.", "Ann of the Quay"),
        ("At the bow.", "Ann of the Quay"),
        ("A later thread.", ""),
    ]


def test_only_what_is_shown_under_the_same_story_is_answered(
    story: Article, reader: Reader, shown: Comment, editor: Reader
) -> None:
    held = write_comment(story, reader, "Held.", MOMENT)
    with pytest.raises(CommentRefused):
        write_comment(story, reader, "An answer.", MOMENT, held)


def test_a_reply_outlives_what_it_answers_and_says_so(
    story: Article, shown: Comment, bea: Reader, editor: Reader
) -> None:
    approve(write_comment(story, bea, "So was I.", MOMENT, shown), editor, MOMENT)
    reject(shown, editor, "No source.", MOMENT)
    (reply,) = approved_comments(story.pk)
    assert reply.answers_gone
    page = Client().get(address(story)).content.decode()
    assert "answers a comment that is not shown" in page
    assert "I was on it." not in page


def test_a_reader_replies_without_script(story: Article, shown: Comment, writer: Client) -> None:
    page = Client().get(address(story)).content.decode()
    assert f'href="/comments/{story.pk}/?reply={shown.pk}"' in page
    form = writer.get(f"/comments/{story.pk}/?reply={shown.pk}").content.decode()
    assert f'name="reply" value="{shown.pk}"' in form
    assert "I was on it." in form
    writer.post(f"/comments/{story.pk}/", {"text": "Indeed.", "reply": str(shown.pk)})
    assert Comment.objects.get(text="Indeed.").parent == shown


def test_every_comment_stands_on_exactly_one_page_in_the_threads_order(
    story: Article, shown: Comment, bea: Reader, editor: Reader
) -> None:
    for number in range(9):
        minute = MOMENT + timedelta(minutes=number // 2)
        parent = shown if number % 3 else None
        approve(write_comment(story, bea, f"Number {number}", minute, parent), editor, MOMENT)
    whole = [each.id for each in approved_comments(story.pk)]
    assert len(whole) == 10
    paged, after = [], 0
    while True:
        page = discussion(story.pk, after, per_page=3)
        assert page is not None
        paged += [each.id for each in page.comments]
        after = page.after
        if not after:
            break
    assert paged == whole


def test_many_comments_cost_the_story_no_further_query_and_go_on_on_their_own_page(
    story: Article, bea: Reader, django_assert_max_num_queries: Any
) -> None:
    Comment.objects.bulk_create(
        Comment(article=story, reader=bea, text=f"Number {number:03}", state="approved")
        for number in range(70)
    )
    Client().get(address(story))
    with django_assert_max_num_queries(8):
        page = Client().get(address(story)).content.decode()
    assert "70 comments" in page
    assert page.count('class="comment-text"') == 30
    thirtieth = Comment.objects.get(text="Number 029").pk
    more = f"{address(story)}comments/?after={thirtieth}"
    assert f'href="{more}"' in page
    answer = Client().get(more)
    assert answer["Cache-Control"].startswith("public")
    assert "Number 030" in answer.content.decode()
    assert "Number 029" not in answer.content.decode()


@pytest.mark.parametrize("after", ["x", "-1", "999999", "9" * 40, "0" * 4400])
def test_a_page_after_no_comment_is_not_found(story: Article, after: str) -> None:
    assert Client().get(f"{address(story)}comments/?after={after}").status_code == 404


# ------------------------------------------------------------------ reports


def report(story: Article, comment: Comment, reason: str, visitor: str) -> Any:
    where = f"{address(story)}comments/{comment.pk}/report/"
    headers = {"Sec-Fetch-Site": "same-origin"}
    return Client(REMOTE_ADDR=visitor).post(where, {"reason": reason}, headers=headers)


def test_enough_reports_bring_a_comment_back_to_the_desk_and_its_writer_sees_why(
    story: Article, shown: Comment, reader: Reader
) -> None:
    assert report(story, shown, "An insult.", "10.8.0.1").status_code == 303
    assert report(story, shown, "An insult again.", "10.8.0.1").status_code == 303
    assert report(story, shown, "Not true.", "10.8.0.2").status_code == 303
    assert CommentReport.objects.count() == 2, "one visitor counts once"
    assert len(approved_comments(story.pk)) == 1
    report(story, shown, "Spam.", "10.8.0.3")
    assert approved_comments(story.pk) == []
    (own,) = comments_of(reader)
    assert own.state == "reported"
    for reason in ("An insult.", "Not true.", "Spam."):
        assert reason in own.reason
    assert AuditEntry.objects.filter(verb="reported").count() == 1


def test_an_editor_who_approves_again_settles_the_reports(
    story: Article, shown: Comment, editor: Reader
) -> None:
    for reason in ("One.", "Two.", "Three."):
        report_comment(shown, reason, MOMENT)
    approve(shown, editor, MOMENT)
    report_comment(shown, "Four.", MOMENT)
    assert len(approved_comments(story.pk)) == 1


def test_the_newsroom_says_how_many_reports_are_enough(story: Article, shown: Comment) -> None:
    set_newsroom(comments_reports=1)
    report_comment(shown, "An insult.", MOMENT)
    assert approved_comments(story.pk) == []


def test_a_report_needs_a_reason_and_no_account(story: Article, shown: Comment) -> None:
    where = f"{address(story)}comments/{shown.pk}/report/"
    form = Client().get(where)
    assert form["Cache-Control"].startswith("public")
    assert not form.cookies
    assert report(story, shown, " ", "10.8.1.1").status_code == 422
    assert report(story, shown, "x" * 301, "10.8.1.2").status_code == 422
    assert not CommentReport.objects.exists()


def test_a_visitor_who_reports_without_end_is_asked_to_wait(story: Article, shown: Comment) -> None:
    answers = [report(story, shown, "Spam.", "10.8.2.1").status_code for _ in range(8)]
    assert answers[-1] == 429
    assert len(approved_comments(story.pk)) == 1


def test_a_form_of_another_site_reports_nothing(story: Article, shown: Comment) -> None:
    where = f"{address(story)}comments/{shown.pk}/report/"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert Client().post(where, {"reason": "Spam."}, headers=headers).status_code == 403
    assert not CommentReport.objects.exists()


def test_a_held_comment_cannot_be_read_through_its_report(story: Article, reader: Reader) -> None:
    held = write_comment(story, reader, "A secret.", MOMENT)
    assert Client().get(f"{address(story)}comments/{held.pk}/report/").status_code == 404


def test_hostile_words_are_shown_as_words(
    story: Article, reader: Reader, editor: Reader, desk: Client
) -> None:
    hostile = "<script>alert(1)</script>"
    reader.public_name = hostile
    reader.save()
    comment = approve(write_comment(story, reader, hostile, MOMENT), editor, MOMENT)
    for _ in range(3):
        report_comment(comment, hostile, MOMENT)
    approve(write_comment(story, reader, f"{hostile}!", MOMENT), editor, MOMENT)
    pages = (
        Client().get(address(story)),
        Client().get(f"{address(story)}comments/"),
        desk.get("/desk/comments/queue/?state=reported"),
        desk.get(f"/desk/comments/{comment.pk}/"),
    )
    for page in pages:
        assert page.status_code == 200
        assert hostile not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


# ------------------------------------------------------------------ closing


def test_comments_close_so_many_days_after_the_first_publication(
    story: Article, reader: Reader, writer: Client
) -> None:
    set_newsroom(comments_days=14)
    first = story.first_published_at
    assert write_comment(story, reader, "In time.", first + timedelta(days=13))
    with pytest.raises(CommentsClosed):
        write_comment(story, reader, "Too late.", first + timedelta(days=14))
    Article.objects.filter(pk=story.pk).update(first_published_at=first - timedelta(days=15))
    assert "Write a comment" not in Client().get(address(story)).content.decode()
    assert "<textarea" not in writer.get(f"/comments/{story.pk}/").content.decode()


# ------------------------------------------------------------------ trusted, banned


def test_a_trusted_reader_s_comment_is_shown_at_once_until_one_is_rejected(
    story: Article, reader: Reader, editor: Reader
) -> None:
    trust(reader, editor, MOMENT)
    comment = write_comment(story, reader, "Good morning.", MOMENT)
    assert [each.text for each in approved_comments(story.pk)] == ["Good morning."]
    reject(comment, editor, "An advertisement.", MOMENT)
    assert standing(reader).trusted_at is None
    assert write_comment(story, reader, "Again.", MOMENT).state == CommentState.HELD
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["trusted", "rejected", "stopped trusting"]


def test_trust_is_offered_after_so_many_approved_comments_in_a_row(
    story: Article, reader: Reader, editor: Reader
) -> None:
    set_newsroom(comments_trust_after=2)
    write = [write_comment(story, reader, f"Number {n}", MOMENT) for n in range(3)]
    approve(write[0], editor, MOMENT)
    assert not may_be_trusted(reader)
    approve(write[1], editor, MOMENT + timedelta(minutes=1))
    assert may_be_trusted(reader)
    reject(write[2], editor, "No.", MOMENT + timedelta(minutes=2))
    assert not may_be_trusted(reader)


def test_a_banned_reader_is_shown_why_and_until_when(
    story: Article, reader: Reader, editor: Reader, writer: Client
) -> None:
    now = timezone.now()
    ban(reader, editor, "Threats.", now + timedelta(days=3), now)
    with pytest.raises(CommentRefused, match="Threats"):
        write_comment(story, reader, "Hello.", now)
    assert write_comment(story, reader, "Hello.", now + timedelta(days=3))
    for page in ("/account/", f"/comments/{story.pk}/"):
        shown = writer.get(page).content.decode()
        assert "Threats." in shown
        assert "You cannot comment until" in shown
    unban(reader, editor)
    assert write_comment(story, reader, "Hello again.", now)
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["banned", "unbanned"]


def test_a_ban_needs_a_reason_and_a_day_to_come_and_spares_staff(
    reader: Reader, editor: Reader
) -> None:
    later = MOMENT + timedelta(days=1)
    for who, reason, until in (
        (reader, " ", later),
        (reader, "Threats.", MOMENT),
        (editor, "Threats.", later),
    ):
        with pytest.raises(CannotBan):
            ban(who, editor, reason, until, MOMENT)
    assert not is_banned(standing(reader), MOMENT)


def test_what_was_never_given_is_taken_away_without_a_line(reader: Reader, editor: Reader) -> None:
    distrust(reader, editor)
    unban(reader, editor)
    assert not AuditEntry.objects.exists()


# ------------------------------------------------------------------ the desk


def test_the_queue_filters_by_state_and_decides_on_many_at_once(
    story: Article, reader: Reader, desk: Client
) -> None:
    held = [write_comment(story, reader, f"Number {n}", MOMENT) for n in range(3)]
    page = desk.get("/desk/comments/queue/").content.decode()
    assert "Held (3)" in page
    assert page.index("Number 0") < page.index("Number 2")
    two = [str(each.pk) for each in held[:2]]
    answer = desk.post("/desk/comments/queue/", {"comment": two, "decision": "reject"})
    assert answer.status_code == 422
    assert Comment.objects.filter(state="held").count() == 3
    desk.post("/desk/comments/queue/", {"comment": two, "decision": "reject", "reason": "Spam."})
    assert Comment.objects.filter(state="rejected", reason="Spam.").count() == 2
    desk.post("/desk/comments/queue/", {"comment": [str(held[2].pk)], "decision": "approve"})
    assert [each.text for each in approved_comments(story.pk)] == ["Number 2"]
    assert "Number 2" in desk.get("/desk/comments/queue/?state=approved").content.decode()
    assert "Number 2" not in desk.get("/desk/comments/queue/?state=rejected").content.decode()


def test_the_desk_shows_a_reader_s_past_comments_and_trusts_bans_and_undoes_it(
    story: Article, reader: Reader, desk: Client, shown: Comment
) -> None:
    held = write_comment(story, reader, "Another thought.", MOMENT)
    where = f"/desk/comments/{held.pk}/"
    page = desk.get(where).content.decode()
    assert "I was on it." in page
    assert "1 approved" in page
    desk.post(where, {"decision": "trust"})
    assert standing(reader).trusted_at is not None
    refused = desk.post(where, {"decision": "ban", "ban_reason": "Threats.", "until": "soon"})
    assert refused.status_code == 422
    assert 'value="Threats."' in refused.content.decode()
    until = (timezone.localdate() + timedelta(days=2)).isoformat()
    desk.post(where, {"decision": "ban", "ban_reason": "Threats.", "until": until})
    assert is_banned(standing(reader), timezone.now())
    assert "Kept from commenting until" in desk.get(where).content.decode()
    desk.post(where, {"decision": "unban"})
    assert not is_banned(standing(reader), timezone.now())


def test_readers_reach_neither_the_queue_nor_its_decisions(
    writer: Client, story: Article, reader: Reader
) -> None:
    held = write_comment(story, reader, "I was on it.", MOMENT)
    writer.post("/desk/comments/queue/", {"comment": [str(held.pk)], "decision": "approve"})
    writer.post(f"/desk/comments/{held.pk}/", {"decision": "trust"})
    held.refresh_from_db()
    assert held.state == CommentState.HELD
    assert standing(reader).trusted_at is None
