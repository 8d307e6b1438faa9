"""Many followers, and a worker that dies while it tells them: each hears once."""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

from articles.corrections import Entry, Record
from articles.models import Follow, FollowerNews
from newsroom.mail.models import MailState, OutboxMail
from tests.articles import newsroom
from tests.stack import Stack
from tests.waiting import wait_until

FOLLOWERS = 260
PATIENCE = 180


def test_each_of_many_followers_hears_once_though_the_worker_was_killed_among_them(
    stack_db: Stack,
) -> None:
    mark = uuid.uuid4().hex[:8]
    story = newsroom.story(newsroom.section(f"Ice {mark}", f"ice-{mark}"), f"Ice {mark}")
    earlier = datetime.now(UTC) - timedelta(hours=1)
    emails = [f"f{number}-{mark}@example.org" for number in range(FOLLOWERS)]
    Follow.objects.bulk_create(
        Follow(article=story, email=email, confirmed_at=earlier) for email in emails
    )
    owed = OutboxMail.objects.filter(kind="story changed", to__contains=mark)

    record = Record([Entry("correction", "We wrote ice.", "It was slush.")])
    newsroom.edit(story, record=record, body=newsroom.body(newsroom.text("Slush.")))
    wait_until(lambda: owed.count() >= 100, PATIENCE, "the first of them are owed their mail")
    stack_db.kill_worker()
    stack_db.flush_redis()
    stack_db.start_worker()

    news = FollowerNews.objects.filter(version__article=story, done_at=None)
    wait_until(lambda: not news.exists(), PATIENCE, "all are owed their mail")
    assert Counter(owed.values_list("to", flat=True)) == Counter(emails)
    waiting = owed.filter(state=MailState.OWED)
    wait_until(lambda: not waiting.exists(), PATIENCE, "all mails are out of the queue")
    # What the killed worker was sending is taken up when its lease ends (`outbox.LEASE`).
    sending = set(owed.filter(state=MailState.SENDING).values_list("to", flat=True))
    wait_until(lambda: _caught(stack_db, mark).keys() | sending == set(emails), PATIENCE, "all")
    assert set(_caught(stack_db, mark).values()) == {1}


def _caught(stack: Stack, mark: str) -> Counter[str]:
    return Counter(to for mail in stack.mail.newest() for to in mail.recipients if mark in to)
