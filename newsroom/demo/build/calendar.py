"""When things happened in the demo newsroom, counted back from the day it was built on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Calendar:
    """`built_on` is a day in `zone`, the newsroom's; `now` is aware, and nothing is later."""

    built_on: date
    zone: ZoneInfo
    now: datetime

    def day(self, days_ago: int) -> date:
        return self.built_on - timedelta(days=days_ago)

    def moment(self, days_ago: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """That time of day in the newsroom, so many days before the build; in UTC, since minutes
        added to a local time would be lost or won where clocks change."""
        at = datetime.combine(self.day(days_ago), time(hour, minute, second), self.zone)
        return self.past(at.astimezone(UTC))

    def past(self, moment: datetime) -> datetime:
        """`moment`, or now where it is still to come."""
        return min(moment, self.now)
