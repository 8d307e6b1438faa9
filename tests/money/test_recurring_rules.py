"""What state a recurring donation is in, and the days that its changes name: tables of cases."""

from datetime import date

import pytest

from campaigns.gateway_recurring import Card, _subscription
from campaigns.models import RecurringState
from campaigns.recurring import ends_on
from campaigns.recurring_changes import months_on
from campaigns.states import recurring_state


@pytest.mark.parametrize(
    ("status", "paused", "ending", "state"),
    [
        ("incomplete", False, False, RecurringState.STARTED),
        ("incomplete_expired", False, False, RecurringState.ENDED),
        ("active", False, False, RecurringState.ACTIVE),
        ("trialing", False, False, RecurringState.ACTIVE),
        ("active", True, False, RecurringState.PAUSED),
        ("trialing", True, False, RecurringState.PAUSED),
        ("paused", False, False, RecurringState.PAUSED),
        ("active", False, True, RecurringState.ENDING),
        ("active", True, True, RecurringState.ENDING),
        ("past_due", False, False, RecurringState.UNPAID),
        ("past_due", True, False, RecurringState.UNPAID),
        ("past_due", False, True, RecurringState.ENDING),
        ("unpaid", False, False, RecurringState.UNPAID),
        ("canceled", True, True, RecurringState.ENDED),
    ],
)
def test_how_a_subscription_stands_in_our_words(
    status: str, paused: bool, ending: bool, state: RecurringState
) -> None:
    assert recurring_state(status, paused=paused, ending=ending) == state


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 12, 15), 12, date(2028, 12, 15)),
        (date(2027, 12, 31), 6, date(2028, 6, 30)),
    ],
)
def test_a_pause_ends_on_the_same_day_of_a_later_month(day: date, months: int, later: date) -> None:
    assert months_on(day, months) == later


def test_a_card_ends_after_the_last_day_of_its_month() -> None:
    assert ends_on(Card("pm_1", "visa", "4242", 12, 2027)) == date(2028, 1, 1)
    assert ends_on(Card("pm_1", "visa", "4242", 2, 2028)) == date(2028, 3, 1)
    assert ends_on(Card("pm_1", "bank", "6789", 0, 0)) is None
    assert ends_on(None) is None


def test_a_subscription_that_is_none_of_ours_is_read_though_its_price_has_no_one_amount() -> None:
    read = _subscription(
        {
            "id": "sub_paper",
            "status": "active",
            "customer": {"id": "cus_1"},
            "currency": "cad",
            "created": 1_800_000_000,
            "items": {
                "data": [
                    {
                        "id": "si_1",
                        "current_period_end": 1_802_000_000,
                        "price": {"unit_amount": None, "recurring": {"interval": "month"}},
                    }
                ]
            },
        }
    )
    assert (read.amount, read.notes) == (0, {})
