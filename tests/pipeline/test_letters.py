"""A letter to many, whose worker is killed on the way: each reader gets it once."""

import json
import uuid
from collections import Counter
from datetime import UTC, datetime

from newsroom.letters import readying
from newsroom.letters.models import (
    Fate,
    Letter,
    LetterState,
    Newsletter,
    Recipient,
    Standing,
    Subscriber,
    Subscription,
)
from tests.articles import newsroom
from tests.stack import Stack
from tests.waiting import wait_until

READERS = 300
PATIENCE = 240


def test_each_of_many_readers_gets_a_letter_once_though_the_worker_was_killed_among_them(
    stack_db: Stack,
) -> None:
    mark, now = uuid.uuid4().hex[:8], datetime.now(UTC)
    newsletter = Newsletter.objects.create(name="Ice", slug=f"ice-{mark}", description="Ice.")
    emails = [f"r{number}-{mark}@example.org" for number in range(READERS)]
    readers = Subscriber.objects.bulk_create(
        Subscriber(email=email, provider="other", confirmed_at=now, heard_at=now)
        for email in emails
    )
    Subscription.objects.bulk_create(
        Subscription(
            subscriber=each, newsletter=newsletter, standing=Standing.ACTIVE, asked_at=now,
            source="import",
        )
        for each in readers
    )  # fmt: skip
    body = json.dumps([{"type": "text", "value": "<p>The ice went out.</p>"}])
    # Breaking news waits for no morning, whenever the tests run.
    letter = Letter.objects.create(
        newsletter=newsletter, subject=f"Ice {mark}", purpose="breaking", body=body
    )
    rows = Recipient.objects.filter(letter=letter)
    readying.set_ready(letter, now, newsroom.editor(), now)
    wait_until(lambda: rows.filter(fate=Fate.ACCEPTED).count() >= 40, PATIENCE, "the first go out")
    stack_db.kill_worker()
    stack_db.flush_redis()
    left = rows.filter(fate=Fate.OWED).count()
    assert left > 0, "the worker was killed after all had gone out: it proves nothing"
    stack_db.start_worker()

    # What was being sent when the worker died is in doubt until its lease ends (`outbox.LEASE`).
    wait_until(lambda: not rows.filter(fate=Fate.OWED).exists(), PATIENCE, "all have gone out")
    doubt = set(rows.filter(fate=Fate.SENDING).values_list("subscriber__email", flat=True))
    # One mail for each sender that died.
    assert len(doubt) <= 4
    caught = _caught(stack_db, mark)
    assert caught.keys() | doubt == set(emails)
    assert set(caught.values()) == {1}
    assert rows.count() == READERS
    # When the lease is over, the ones in doubt go out again, and the letter is sent.
    rows.filter(fate=Fate.SENDING).update(claimed_until=now)
    sent = Letter.objects.filter(pk=letter.pk, state=LetterState.SENT)
    wait_until(sent.exists, PATIENCE, "the letter is sent")
    assert set(_caught(stack_db, mark)) == set(emails)
    # Whatever came twice was in doubt, has the same Message-ID, and is counted.
    ids = Counter(_ids(stack_db, mark))
    assert len(ids) == READERS
    assert sum(ids.values()) - READERS <= rows.filter(again__gt=0).count() <= len(doubt)


def _caught(stack: Stack, mark: str) -> Counter[str]:
    return Counter(to for mail in stack.mail.newest() for to in mail.recipients if mark in to)


def _ids(stack: Stack, mark: str) -> list[str]:
    mails = [mail for mail in stack.mail.newest() if any(mark in to for to in mail.recipients)]
    return [str(stack.mail.message(mail.id)["Message-ID"]) for mail in mails]
