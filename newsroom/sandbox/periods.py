"""When a period of a subscription ends. All moments are Unix seconds, all days UTC's."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

_SECONDS = {"day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, interval: str, count: int, start: int) -> int:
    """The first moment after `start` that is a whole number of intervals from `anchor`.

    A month that lacks the anchor's day ends on its last one, and the day comes back afterwards:
    from 31 January on 28 February, then on 31 March.
    """
    if interval in _SECONDS:
        step = _SECONDS[interval] * count
        return anchor + ((start - anchor) // step + 1) * step
    months = _MONTHS[interval] * count
    began, from_ = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(start, UTC)
    passed = (from_.year - began.year) * 12 + from_.month - began.month
    step = max(0, passed // months - 1)
    while _months_on(began, step * months) <= start:
        step += 1
    return _months_on(began, step * months)


def _months_on(began: datetime, months: int) -> int:
    year, month = divmod(began.year * 12 + began.month - 1 + months, 12)
    day = min(began.day, calendar.monthrange(year, month + 1)[1])
    return int(began.replace(year=year, month=month + 1, day=day).timestamp())
