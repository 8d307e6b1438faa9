"""The daily verification of the record, its result kept for the desk's health page."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from articles.models import RecordCheck
from articles.verifying import verify_record

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=23)
# Any number no other advisory lock of the site uses.
LOCK: Final = 0x57A7_1234_5EA2
MOST_SENTENCES: Final = 20


def is_due(moment: datetime) -> bool:
    last = last_check()
    return last is None or moment - last.started_at >= EVERY


def last_check() -> RecordCheck | None:
    """The last run that came to its end."""
    return RecordCheck.objects.exclude(finished_at=None).order_by("-pk").first()


def check_record(moment: datetime) -> RecordCheck | None:
    """Verify the record and keep what was found; None while another process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
    try:
        return _check(moment)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _check(moment: datetime) -> RecordCheck:
    run = RecordCheck.objects.create(started_at=moment)

    def count(links: int) -> None:
        run.links = links

    for difference in verify_record(progress=count):
        run.differences += 1
        if len(run.found) < MOST_SENTENCES:
            run.found.append(str(difference))
    run.finished_at = timezone.now()
    run.save()
    if run.differences:
        log.error("the record differs: %s, first: %s", run.differences, run.found[0])
    return run
