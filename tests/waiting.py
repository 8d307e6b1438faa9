"""Waiting for a condition: the one place of the tests that sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found], timeout: float, message: str) -> Found:
    """Give back the first truthy answer of `condition`; fail after `timeout` seconds.

    `message` says what was waited for. The time is an upper bound against hanging, no promise
    of speed.
    """
    give_up = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError(f"Waited {timeout:g} s in vain: {message}")
        time.sleep(0.05)
    return found
