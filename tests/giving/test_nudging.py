"""A worker is woken for every event, and no event's sender waits for the broker."""

import threading

import pytest

from campaigns import nudging, tasks
from campaigns.nudging import Nudger
from tests.waiting import wait_until


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events were stored each time a message went out."""
    told: list[int] = []
    monkeypatch.setattr(tasks, "nudge", lambda: told.append(stored[0]))
    monkeypatch.setattr(nudging, "PAUSE_SECONDS", 0.01)
    return told


stored = [0]


def test_after_every_event_a_message_goes_out_that_comes_later_than_it(sent: list[int]) -> None:
    nudger = Nudger()
    for number in range(1, 200):
        stored[0] = number
        nudger.ask()
    wait_until(lambda: sent and sent[-1] == 199, 20, "a message after the last event")
    assert len(sent) < 199


def test_many_threads_ask_one(sent: list[int]) -> None:
    nudger = Nudger()
    before = threading.active_count()
    threads = [threading.Thread(target=nudger.ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: sent, 20, "a message")
    assert threading.active_count() == before + 1


def test_a_broker_that_hangs_holds_up_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(tasks, "nudge", lambda: go.wait(20))
    nudger = Nudger()
    for _ in range(50):
        nudger.ask()
    assert not go.is_set()
    go.set()
