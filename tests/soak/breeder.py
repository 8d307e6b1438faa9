"""Workers by fork: `python -m tests.soak.breeder`. A line on its input asks for one worker.

    <host name> <log file>

It answers with the worker's pid. The program is Celery's own, called as in production; only what
takes longest, importing Django, is done once. On a shared machine that is the difference between
killing a worker at its work and killing it at its start. When the input ends, all workers do.
"""

import os
import signal
import sys
from contextlib import suppress

from newsroom.demo import launch


def main() -> None:
    """Serve until the input ends."""
    import django

    django.setup()
    from newsroom.celery import app

    app.loader.import_default_modules()
    app.finalize()
    bred: list[int] = []
    # Nobody waits for the killed: the kernel may forget them at once.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        name, log = line.split()
        pid = os.fork()
        if pid == 0:
            _become_worker(name, log)
        bred.append(pid)
        print(pid, flush=True)
    for pid in bred:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _become_worker(name: str, log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    command = launch.commands(launch.Ports(0, 0, 0), log_folder(log))["worker"]
    command[command.index("--hostname") + 1] = f"{name}@%h"
    sys.argv = command[2:]
    from celery.__main__ import main as celery

    celery()
    os._exit(0)


def log_folder(log: str):  # type: ignore[no-untyped-def]
    """The state folder a log lies in; a worker's command names no file in it."""
    from pathlib import Path

    return Path(log).parent


if __name__ == "__main__":
    main()
