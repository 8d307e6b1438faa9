"""Every sum that is kept beside what it is the sum of, computed from nothing and compared.

`manage.py verify_rollups` prints the differences; beat asks each day and the health page shows it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from campaigns import ledger, moves, renewals
from campaigns.ledger import Difference
from campaigns.models import RollupCheck
from newsroom.alone import alone_if_free

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=23)
MOST_SENTENCES: Final = 20


def _of_regular_giving() -> Iterator[Difference]:
    for what, tables in (*moves.RECOUNTS, *renewals.RECOUNTS):
        yield from ledger.compared(what, tables, {"zone": settings.TIME_ZONE})


# Who keeps sums adds here what recomputes them.
RECOUNTS: Final[dict[str, Callable[[], Iterable[Difference]]]] = {
    "the ledger": ledger.recount,
    "regular giving": _of_regular_giving,
}


def verify() -> Iterator[Difference]:
    """Recompute every roll-up from nothing; yields where the kept one differs."""
    for recount in RECOUNTS.values():
        yield from recount()


def is_due(moment: datetime) -> bool:
    last = last_check()
    return last is None or moment - last.started_at >= EVERY


def last_check() -> RollupCheck | None:
    """The last one that came to its end."""
    return RollupCheck.objects.exclude(finished_at=None).first()


def check(moment: datetime) -> RollupCheck | None:
    """Verify and keep what was found; None while another process does."""
    with alone_if_free("the roll-ups are checked") as ours:
        return _check(moment) if ours else None


def _check(moment: datetime) -> RollupCheck:
    run = RollupCheck.objects.create(started_at=moment)
    for difference in verify():
        run.differences += 1
        if len(run.found) < MOST_SENTENCES:
            run.found.append(str(difference))
    run.finished_at = timezone.now()
    run.save()
    if run.differences:
        log.error("roll-ups differ: %s, first: %s", run.differences, run.found[0])
    return run
