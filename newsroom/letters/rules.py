"""Who gets a letter now, who later, who not: the rule table of `docs/letters.md`, as a function.

Asked for each recipient at the moment of sending, from facts of that moment. Pure.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from newsroom.letters.models.letters import APPEALS, Purpose

# Breaking news and corrections wait for no morning and count towards no cap.
_AT_ONCE: Final = (Purpose.BREAKING, Purpose.CORRECTION)


class Reason(StrEnum):
    """Why a letter does not go to somebody."""

    GONE = "the address was forgotten"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "asked for no letters"
    HELD = "mail to it came back"
    CONSENT_ENDED = "consent ran out"
    GAVE = "gave to this campaign"
    GAVE_NOT = "did not give to this campaign"
    APPEALS = "had an appeal that day"
    LETTERS = "had letters enough that day"
    TOLD = "was told of it already"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of one recipient now. The counts are of the day in the reader's own zone;
    `gave` also by a bank debit that is on its way; `told` of this correction, in another letter."""

    active: bool = True
    suppressed: bool = False
    held: bool = False
    consent_until: datetime | None = None
    gave: bool = False
    appeals_today: int = 0
    letters_today: int = 0
    told: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The newsroom's: how many a day, and the quiet hours (from, to) in its `zone`."""

    appeals_a_day: int
    letters_a_day: int
    quiet: tuple[int, int]
    zone: str


def why_not(purpose: str, facts: Facts, limits: Limits, now: datetime, givers: bool) -> str:
    """Why it never goes to them; empty when it may. `givers`: also to those who gave."""
    if not facts.active:
        return Reason.UNSUBSCRIBED
    if facts.suppressed:
        return Reason.SUPPRESSED
    if facts.held:
        return Reason.HELD
    if facts.consent_until is not None and facts.consent_until <= now:
        return Reason.CONSENT_ENDED
    if purpose == Purpose.CORRECTION:
        return Reason.TOLD if facts.told else ""
    if purpose == Purpose.THANKS and not facts.gave:
        return Reason.GAVE_NOT
    if purpose in APPEALS:
        if facts.gave and not givers:
            return Reason.GAVE
        if facts.appeals_today >= limits.appeals_a_day:
            return Reason.APPEALS
    if purpose not in _AT_ONCE and facts.letters_today >= limits.letters_a_day:
        return Reason.LETTERS
    return ""


def not_before(purpose: str, facts: Facts, limits: Limits, now: datetime) -> datetime | None:
    """The end of the quiet hours they are in; None when it may go now."""
    first, last = limits.quiet
    if purpose in _AT_ONCE or first == last:
        return None
    there = now.astimezone(ZoneInfo(facts.zone or limits.zone))
    quiet = first <= there.hour or there.hour < last if first > last else first <= there.hour < last
    if not quiet:
        return None
    day = there.date() + timedelta(days=1 if there.hour >= last else 0)
    return datetime.combine(day, time(last), there.tzinfo)


def day_begins(facts_zone: str, limits: Limits, now: datetime) -> datetime:
    """The first instant of the day it is where the reader is."""
    there = now.astimezone(ZoneInfo(facts_zone or limits.zone))
    return datetime.combine(there.date(), time(0), there.tzinfo)
