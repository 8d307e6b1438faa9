"""The rule table of docs/letters.md, row by row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.letters.models import Purpose
from newsroom.letters.rules import Facts, Limits, Reason, not_before, why_not

NOON = datetime(2026, 5, 20, 16, tzinfo=UTC)
NIGHT = datetime(2026, 5, 21, 3, 30, tzinfo=UTC)
LIMITS = Limits(appeals_a_day=1, letters_a_day=3, quiet=(21, 7), zone="America/Toronto")
APPEALS = ("appeal", "reminder", "last_day")
ALL = ("news", "breaking", *APPEALS, "thanks", "correction")

# What is true of the reader; the purposes it keeps from them; why.
TABLE = [
    ({"active": False}, ALL, Reason.UNSUBSCRIBED),
    ({"suppressed": True}, ALL, Reason.SUPPRESSED),
    ({"held": True}, ALL, Reason.HELD),
    ({"consent_until": NOON}, ALL, Reason.CONSENT_ENDED),
    ({"gave": True}, APPEALS, Reason.GAVE),
    ({"gave": False}, ("thanks",), Reason.GAVE_NOT),
    ({"appeals_today": 1}, APPEALS, Reason.APPEALS),
    ({"letters_today": 3}, ("news", *APPEALS, "thanks"), Reason.LETTERS),
    ({"told": True}, ("correction",), Reason.TOLD),
]


@pytest.mark.parametrize("row", range(len(TABLE)))
def test_each_rule_keeps_what_the_table_says_and_nothing_else(row: int) -> None:
    true, purposes, reason = TABLE[row]
    for purpose in ALL:
        usual = Facts(gave=purpose == Purpose.THANKS)
        said = why_not(purpose, replace(usual, **true), LIMITS, NOON, givers=False)
        assert said == (reason if purpose in purposes else ""), purpose


def test_an_appeal_goes_to_givers_only_where_that_was_chosen() -> None:
    assert why_not("appeal", Facts(gave=True), LIMITS, NOON, givers=True) == ""


def test_consent_that_has_not_run_out_counts() -> None:
    later = Facts(consent_until=NOON + timedelta(seconds=1))
    assert why_not("news", later, LIMITS, NOON, givers=False) == ""


def test_at_night_all_but_breaking_news_and_corrections_wait_for_the_morning() -> None:
    morning = datetime(2026, 5, 21, 11, tzinfo=UTC)
    waits = {p: not_before(p, Facts(), LIMITS, NIGHT) for p in ALL}
    assert {p for p, moment in waits.items() if moment is None} == {"breaking", "correction"}
    assert {moment for moment in waits.values() if moment is not None} == {morning}
    assert not_before("news", Facts(), LIMITS, NOON) is None
    # 23:30 in Toronto is 20:30 in Vancouver.
    assert not_before("news", Facts(zone="America/Vancouver"), LIMITS, NIGHT) is None
    early = datetime(2026, 5, 21, 9, tzinfo=UTC)
    assert not_before("news", Facts(), LIMITS, early) == morning
    never = replace(LIMITS, quiet=(7, 7))
    assert not_before("news", Facts(), never, NIGHT) is None
