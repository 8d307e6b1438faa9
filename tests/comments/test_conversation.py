"""A conversation that stays fair: second looks, changes with their history, slow mode, picks,
badges, questions to the reporter, and what looks like spam."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import appeals
from articles.appeals import SecondPersonNeeded
from articles.comment_edits import edit_comment
from articles.commenters import trust
from articles.comments import CommentRefused, approve, pick, reject, write_comment
from articles.models import (
    Article,
    Byline,
    Comment,
    CommentAppeal,
    CommentEdit,
    CommentState,
    Person,
)
from articles.own_comments import comments_of
from articles.threads import NEWEST, PICKS, discussion
from newsroom.audit.models import AuditEntry
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(reader: Reader) -> Reader:
    """The account is older than a day."""
    reader.date_joined = timezone.now() - timedelta(days=9)
    reader.save()
    return reader


def said(story: Article, reader: Reader, text: str, **more: object) -> Comment:
    return write_comment(story, reader, text, timezone.now(), **more)


def shown(story: Article, reader: Reader, text: str, editor: Reader) -> Comment:
    return approve(said(story, reader, text), editor, timezone.now())


def test_a_rejected_comment_gets_one_second_look_by_somebody_else(
    story: Article, known: Reader, writer: Client, editor: Reader, desk: Client
) -> None:
    now = timezone.now()
    comment = reject(said(story, known, "It sank."), editor, "No source.", now)
    place = f"/comments/{story.pk}/appeal/{comment.pk}/"
    assert place in writer.get("/account/").content.decode()
    assert "No source." in writer.get(place).content.decode()
    assert Client().get(place).status_code == 302
    assert writer.post(place, {"words": " "}).status_code == 422
    assert writer.post(place, {"words": "x" * 1001}).status_code == 422
    assert writer.post(place, {"words": "I was on it."}).status_code == 303
    assert "somebody else decides" in writer.get("/account/").content.decode()
    assert writer.post(place, {"words": "Again."}).status_code == 422
    # Who rejected it sees the appeal and cannot decide, neither way.
    page = desk.get("/desk/comments/queue/?state=appealed").content.decode()
    assert "It sank." in page
    for decision in ({"decision": "approve"}, {"decision": "reject", "reason": "No."}):
        answer = desk.post(f"/desk/comments/{comment.pk}/", decision)
        assert (answer.status_code, "somebody else decides" in answer.content.decode()) == (
            422,
            True,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CommentAppeal.objects.update(decided_by=editor, decided_at=now, upheld=True)
    other = Reader.objects.create_user("second@newsroom.example", is_staff=True)
    approve(comment, other, now)
    assert [own.appeal for own in comments_of(known)] == ["granted"]
    assert AuditEntry.objects.filter(verb="decided appeal", details__upheld=False).exists()


def test_an_appeal_that_fails_is_answered_by_mail_once(
    story: Article, known: Reader, editor: Reader
) -> None:
    now = timezone.now()
    comment = reject(said(story, known, "It sank."), editor, "No source.", now)
    appeals.appeal(comment, "I was on it.", now)
    with pytest.raises(SecondPersonNeeded):
        reject(comment, editor, "Still none.", now)
    other = Reader.objects.create_user("second@newsroom.example", is_staff=True)
    reject(comment, other, "Still none.", now)
    assert [own.appeal for own in comments_of(known)] == ["upheld"]
    mail = OutboxMail.objects.get(kind=appeals.ANSWER_MAIL)
    assert (mail.to, "Still none." in mail.text) == (known.email, True)
    with pytest.raises(appeals.AppealRefused):
        appeals.appeal(comment, "Once more.", now)


def test_a_writer_changes_a_comment_for_a_quarter_of_an_hour_and_moderators_see_both(
    story: Article, known: Reader, writer: Client, editor: Reader, desk: Client
) -> None:
    comment = shown(story, known, "It wsa full.", editor)
    page = writer.get(f"/comments/{story.pk}/?edit={comment.pk}").content.decode()
    assert "It wsa full." in page
    assert "Save the change" in page
    form = {"edit": comment.pk, "text": "It was full."}
    assert writer.post(f"/comments/{story.pk}/", form).status_code == 303
    comment.refresh_from_db()
    # What an editor approved was other words.
    assert (comment.text, comment.state) == ("It was full.", CommentState.HELD)
    assert [edit.text for edit in CommentEdit.objects.all()] == ["It wsa full."]
    assert "It wsa full." in desk.get(f"/desk/comments/{comment.pk}/").content.decode()
    trust(known, editor, timezone.now())
    approve(comment, editor, timezone.now())
    edit_comment(comment, known, "It was very full.", timezone.now())
    assert discussion(story.pk).comments[0].edited  # type: ignore[union-attr]
    with pytest.raises(CommentRefused):
        edit_comment(comment, known, "Late.", timezone.now() + timedelta(minutes=15))
    stranger = Reader.objects.create_user("bea@example.org")
    with pytest.raises(Comment.DoesNotExist):
        edit_comment(comment, stranger, "Mine.", timezone.now())
    reject(comment, editor, "Off topic.", timezone.now())
    answer = writer.post(f"/comments/{story.pk}/", {"edit": comment.pk, "text": "Hidden again"})
    assert answer.status_code == 422


def test_a_slowed_story_asks_readers_to_wait_and_not_its_own_people(
    story: Article, known: Reader, editor: Reader
) -> None:
    Article.objects.filter(pk=story.pk).update(comments_pause=10)
    story.refresh_from_db()
    now = timezone.now()
    write_comment(story, known, "One.", now)
    with pytest.raises(CommentRefused, match="wait 10 minutes"):
        write_comment(story, known, "Two.", now + timedelta(seconds=1))
    with pytest.raises(CommentRefused, match="wait 1 minute"):
        write_comment(story, known, "Two.", now + timedelta(minutes=9, seconds=30))
    write_comment(story, known, "Two.", now + timedelta(minutes=10))
    for words in ("First.", "Second."):
        write_comment(story, editor, words, now)


def test_the_newsroom_s_own_carry_a_badge_and_a_question_its_answer(
    story: Article, known: Reader, writer: Client, editor: Reader
) -> None:
    reporter = Reader.objects.create_user("rae@newsroom.example", public_name="Rae", is_staff=True)
    person = Person.objects.create(name="Rae", slug="rae", reader=reporter)
    assert "question to the reporter" not in writer.get(f"/comments/{story.pk}/").content.decode()
    Byline.objects.create(article=story, person=person)
    assert "question to the reporter" in writer.get(f"/comments/{story.pk}/").content.decode()
    writer.post(f"/comments/{story.pk}/", {"text": "Who paid for it?", "asks": "yes"})
    question = approve(Comment.objects.get(), editor, timezone.now())
    talk = discussion(story.pk)
    assert talk
    assert [(c.asks, c.answered) for c in talk.comments] == [(True, False)]
    said(story, editor, "We are asking.", parent=question)
    answer = said(story, reporter, "The county did.", parent=question)
    # What the newsroom writes needs no approval of itself.
    assert answer.state == CommentState.APPROVED
    talk = discussion(story.pk)
    assert talk
    assert [(c.badge, c.asks, c.answered) for c in talk.comments] == [
        ("", True, True),
        ("editor", False, False),
        ("byline", False, False),
    ]
    page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert "Asked the reporter, who answered" in page
    assert "Reporter of this story" in page


def test_comments_are_read_newest_first_or_as_editors_picked_them_page_by_page(
    story: Article, known: Reader, editor: Reader
) -> None:
    made = [shown(story, known, f"Number {n}.", editor) for n in range(7)]
    said(story, editor, "An answer.", parent=made[3])
    pick(made[2], editor, timezone.now(), picked=True)
    pick(made[5], editor, timezone.now(), picked=True)
    seen: list[str] = []
    after = 0
    while talk := discussion(story.pk, after, per_page=2, order=NEWEST):
        seen += [comment.text for comment in talk.comments]
        after = talk.after
        if not after:
            break
    assert seen == [
        "Number 6.", "Number 5.", "Number 4.", "Number 3.", "An answer.", "Number 2.",
        "Number 1.", "Number 0.",
    ]  # fmt: skip
    picks = discussion(story.pk, order=PICKS)
    assert picks
    assert [c.text for c in picks.comments] == ["Number 2.", "Number 5."]
    path = story.addresses.get(current=True).path
    page = Client().get(f"{path}comments/?sort=picks")
    assert "s-maxage" in page["Cache-Control"]
    assert page.content.decode().count('<article class="comment') == 2
    assert Client().get(f"{path}comments/?sort=best").status_code == 404
    pick(made[2], editor, timezone.now(), picked=False)
    assert len(discussion(story.pk, order=PICKS).comments) == 1  # type: ignore[union-attr]


def test_what_looks_like_spam_waits_behind_the_rest_and_its_writer_sees_why(
    story: Article, known: Reader, editor: Reader, desk: Client
) -> None:
    trust(known, editor, timezone.now())
    fair = said(story, known, "See https://example.org/a for the count.")
    assert fair.state == CommentState.APPROVED
    links = " ".join(f"https://example.org/{n}" for n in range(4))
    spam = said(story, known, f"Cheap! {links}")
    assert (spam.state, spam.held_because) == (CommentState.HELD, "4 links")
    assert [own.reason for own in comments_of(known)] == ["4 links", ""]
    new = Reader.objects.create_user("new@example.org")
    honest = said(story, new, "I was there.")
    assert honest.held_because == ""
    page = desk.get("/desk/comments/queue/").content.decode()
    assert page.index("I was there.") < page.index("Cheap!")


def test_guidelines_come_before_the_first_comment_and_not_again(
    story: Article, known: Reader, writer: Client
) -> None:
    before = "Before your first comment"
    assert before in writer.get(f"/comments/{story.pk}/").content.decode()
    said(story, known, "I was there.")
    assert before not in writer.get(f"/comments/{story.pk}/").content.decode()


def test_lawyers_get_all_of_a_story_with_what_was_decided_and_the_log_keeps_it(
    story: Article, known: Reader, editor: Reader, desk: Client, writer: Client
) -> None:
    comment = said(story, known, "=It sank.")
    edit_comment(comment, known, "=It sank, they say.", timezone.now())
    reject(comment, editor, "No source.", timezone.now())
    address = f"/desk/comments/log/story/{story.pk}.csv"
    text = b"".join(desk.get(address).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    row = list(csv.reader(io.StringIO(text)))[1]
    assert "'=It sank, they say." in row
    assert "'=It sank." in row
    assert "No source." in row
    page = desk.get("/desk/comments/log/").content.decode()
    assert "Rejected a comment" in page
    assert AuditEntry.objects.filter(verb="exported").count() == 1
    assert writer.get(address).status_code == 302


def test_thousands_of_comments_cost_a_story_no_further_query(story: Article, known: Reader) -> None:
    def make(count: int) -> None:
        now = timezone.now()
        Comment.objects.bulk_create(
            Comment(
                article=story, reader=known, text=f"{now} {n}", state="approved", created_at=now
            )
            for n in range(count)
        )

    path = story.addresses.get(current=True).path
    counted = []
    for count in (10, 9_990):
        make(count)
        Client().get(path)
        for address in (path, f"{path}comments/?sort=newest", f"{path}comments/?sort=picks"):
            with CaptureQueriesContext(connection) as queries:
                assert Client().get(address).status_code == 200
            counted.append(len(queries))
    assert counted[:3] == counted[3:]
