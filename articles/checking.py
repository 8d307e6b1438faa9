"""The daily verification of the record, its result kept for the desk's health page."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from articles.models import RecordCheck
from articles.verifying import verify_record
from newsroom.alone import alone_if_free

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=23)
MOST_SENTENCES: Final = 20


def is_due(moment: datetime) -> bool:
    last = last_check()
    return last is None or moment - last.started_at >= EVERY


def last_check() -> RecordCheck | None:
    """The last run that came to its end."""
    return RecordCheck.objects.exclude(finished_at=None).order_by("-pk").first()


def check_record(moment: datetime) -> RecordCheck | None:
    """Verify the record and keep what was found; None while another process does."""
    with alone_if_free("the record is checked") as ours:
        return _check(moment) if ours else None


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
