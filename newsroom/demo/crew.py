"""The demo's processes under honcho: started together, each one started again when it falls,
stopped together. What they say goes to files."""

import os
import shlex
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil
from honcho.manager import Manager
from honcho.printer import Message

# Only the supervisor's processes carry it, so that a killed supervisor's can be told from others.
MARK = "WAYLIGHT_DEMO_OF"
FELL = "waylight: this process ended and is started again"
SAID_AT_MOST = 3


class Crew:
    """A honcho manager that calls back when all run and when the end begins."""

    def __init__(
        self, logs: Path, on_started: Callable[[], None], on_stopping: Callable[[], None]
    ) -> None:
        self._manager = _Manager(_LogPrinter(logs))
        self._manager.on_started = on_started
        self._manager.on_stopping = on_stopping
        self._logs = logs

    def add(self, name: str, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        """One more process; started by `loop`, and again whenever it ends by itself."""
        again = f"while :; do {shlex.join(command)}; echo {shlex.quote(FELL)}; sleep 1; done"
        self._manager.add_process(name, again, env=dict(env), cwd=str(cwd))

    def loop(self) -> None:
        """Start all and return when all have been stopped: by Ctrl-C, SIGTERM or SIGHUP."""
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        self._manager.loop()


class _Manager(Manager):  # type: ignore[misc]
    on_started: Callable[[], None]
    on_stopping: Callable[[], None]

    def _start(self) -> None:
        # A thread begun before honcho forks could leave a lock held in its children.
        super()._start()
        self.on_started()

    def terminate(self) -> None:
        # Honcho can only end a process it has heard from; one that has just been forked has not
        # spoken yet, so the end is asked for again in a moment.
        if not self._all_started():
            signal.signal(signal.SIGALRM, lambda *_: self.terminate())
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            return
        self.on_stopping()
        super().terminate()


class _LogPrinter:
    """What honcho writes to: a file for each process, a line on the terminal when one fell."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.width = 0
        self._files: dict[str, IO[str]] = {}
        self._fallen: Counter[str] = Counter()

    def write(self, message: Message) -> None:
        """Keep the lines of a message."""
        text = message.data
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        file = self._files.get(message.name)
        if file is None:
            file = self._files[message.name] = (self.logs / f"{message.name}.log").open("a")
        for line in text.splitlines():
            file.write(f"{message.time:%H:%M:%S} {line}\n")
            if line == FELL:
                self._say_fallen(message.name)
        file.flush()

    def _say_fallen(self, name: str) -> None:
        self._fallen[name] += 1
        where = self.logs / f"{name}.log"
        if self._fallen[name] < SAID_AT_MOST:
            print(f"The {name} ended and is started again (why: {where}).", flush=True)
        elif self._fallen[name] == SAID_AT_MOST:
            print(f"The {name} keeps ending: see {where}.", flush=True)


def stop_left_behind(state: Path) -> None:
    """End the processes of a supervisor that was killed, so that none works on beside ours."""
    ours = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(state):
                ours.append(process)
        except psutil.Error:
            continue
    for process in ours:
        _send(process, signal.SIGTERM)
    # The shells that start a fallen process again go first, at the same signal.
    _, alive = psutil.wait_procs(ours, timeout=6)
    for process in alive:
        _send(process, signal.SIGKILL)
    if alive:
        psutil.wait_procs(alive, timeout=3)
    if ours:
        time.sleep(0.1)


def _send(process: psutil.Process, ending: signal.Signals) -> None:
    try:
        process.send_signal(ending)
    except psutil.NoSuchProcess:
        return
