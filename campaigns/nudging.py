"""Waking a worker for the inbox without letting Stripe wait for it.

The webhook's row is what is owed; a message to the broker only makes it quick. So a thread of the
process sends it, once for all events of `PAUSE_SECONDS`. A process that dies before costs the
sweeper's few seconds.
"""

import os
import time
from threading import Event, Lock, Thread
from typing import Final

from campaigns import tasks

PAUSE_SECONDS: Final = 0.05


class Nudger:
    """One thread for each process, started by the first event."""

    def __init__(self) -> None:
        self._wanted = Event()
        self._starting = Lock()
        self._process = 0

    def ask(self) -> None:
        """Wake a worker soon; costs nothing. An event is stored before it is asked for."""
        self._wanted.set()
        if self._process != os.getpid():
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._process != os.getpid():
                self._process = os.getpid()
                Thread(target=self._go_on, name="nudger", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            self._wanted.wait()
            # Before the message: what is stored after it asks again.
            self._wanted.clear()
            tasks.nudge()
            time.sleep(PAUSE_SECONDS)


nudger: Final = Nudger()
