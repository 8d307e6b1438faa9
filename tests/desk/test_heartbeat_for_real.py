"""The heartbeat of real processes: beat asks, the worker answers, and it stops when they do."""

from datetime import UTC, datetime

from newsroom.desk.health import State, health
from newsroom.desk.heartbeat import last_beat
from tests.stack import Stack
from tests.waiting import wait_until


def work_is(state: State) -> bool:
    checks = health(datetime.now(UTC)).checks
    return next(check for check in checks if check.key == "work").state == state


def test_a_running_worker_is_seen_and_a_killed_one_no_longer_answers(stack_db: Stack) -> None:
    wait_until(lambda: work_is(State.GOOD), 60, "a heartbeat")
    stack_db.kill_worker()
    try:
        stack_db.flush_redis()
        assert last_beat() is None
        assert work_is(State.BROKEN)
    finally:
        stack_db.start_worker()
    wait_until(lambda: work_is(State.GOOD), 60, "a heartbeat of the new worker")
