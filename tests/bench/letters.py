"""A letter to many readers, by one sender, against what the catcher takes from a bare connection.

`BENCH_LETTERS` says to how many (1,000; 100,000 takes as long as the catcher takes to write so
many files).
"""

import json
import os
import smtplib
import time
import uuid
from datetime import UTC, datetime

import psutil

from tests.bench.table import Row
from tests.stack import Stack

READERS = int(os.environ.get("BENCH_LETTERS", "1000"))
GOAL = 0.5
FLAT_MIB = 30


def letters(stack: Stack) -> list[Row]:
    """Two rows: how many a second beside the catcher's own limit, and the memory it took."""
    from django.conf import settings
    from django.test import override_settings

    from newsroom.letters import sending

    post = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": stack.ports.smtp, "LETTER_RATES": {}}
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        LETTERS_QUIET=(0, 0),
        **post,
    ):
        letter = _letter_to(READERS)
        sample, count = _sample(letter), min(READERS, 300)
        first = _bare(stack, sample, count)
        before = psutil.Process().memory_info().rss
        begun, moment = time.perf_counter(), datetime.now(UTC)
        while sending.fill(letter.pk, moment):
            pass
        while sending.send_some(letter.pk, datetime.now(UTC)):
            pass
        ours = READERS / (time.perf_counter() - begun)
        grown = (psutil.Process().memory_info().rss - before) / 2**20
        limit = (first + _bare(stack, sample, count)) / 2
    assert settings.EMAIL_BACKEND
    ratio = ours / limit
    return [
        Row(
            f"letter to {READERS:,} readers, one sender",
            f"{ours:,.0f}/s",
            f"{limit:,.0f}/s bare SMTP to the catcher",
            f"{ratio:.2f}",
            f"≥ {GOAL}",
            ratio >= GOAL,
        ),
        Row("memory it took", f"{grown:.0f} MiB", goal=f"≤ {FLAT_MIB}", met=grown <= FLAT_MIB),
    ]


def _letter_to(many: int):  # type: ignore[no-untyped-def]
    from newsroom.letters import sending
    from newsroom.letters.models import Letter, Newsletter, Standing, Subscriber, Subscription

    mark, now = uuid.uuid4().hex[:8], datetime.now(UTC)
    newsletter = Newsletter.objects.create(name="Bench", slug=f"bench-{mark}", description="All.")
    for begin in range(0, many, 5_000):
        numbers = range(begin, min(many, begin + 5_000))
        readers = Subscriber.objects.bulk_create(
            Subscriber(email=f"b{n}-{mark}@example.org", provider="other", confirmed_at=now)
            for n in numbers
        )
        Subscription.objects.bulk_create(
            Subscription(
                subscriber=each,
                newsletter=newsletter,
                standing=Standing.ACTIVE,
                source="import",
                asked_at=now,
            )
            for each in readers
        )
    words = "".join(f"<p>Paragraph {n}: the river rose again.</p>" for n in range(60))
    letter = Letter.objects.create(
        newsletter=newsletter,
        subject="Bench",
        purpose="breaking",
        body=json.dumps([{"type": "text", "value": words}]),
        state="scheduled",
        scheduled_at=now,
    )
    sending.begin(letter.pk, now)
    return Letter.objects.select_related("newsletter").get(pk=letter.pk)


def _sample(letter) -> bytes:  # type: ignore[no-untyped-def]
    from newsroom.letters import sending
    from newsroom.letters.rendering import Rendered

    rendered = Rendered(letter.subject, letter.text, letter.html)
    mail = sending.message(letter, rendered, "x@example.org", "stop", "mine", uuid.uuid4())
    return mail.message().as_bytes(linesep="\r\n")


def _bare(stack: Stack, sample: bytes, count: int) -> float:
    """Mails a second that the catcher takes from one connection, made beforehand."""
    with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as server:
        begun = time.perf_counter()
        for _ in range(count):
            server.sendmail("a@example.org", ["x@example.org"], sample)
        return count / (time.perf_counter() - begun)
