"""The demo's processes: one that falls is started again, all end at one signal, none is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from newsroom.demo.crew import MARK, stop_left_behind
from newsroom.engines.schema import CHECKOUT
from tests.waiting import wait_until

RUN = """
import os, sys
from pathlib import Path
from newsroom.demo.crew import MARK, Crew
state = Path(sys.argv[1])
crew = Crew(state / "logs", on_started=lambda: None, on_stopping=lambda: None)
wait = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]
for name in ("first", "second"):
    crew.add(name, wait, env={**os.environ, MARK: str(state)}, cwd=state)
crew.loop()
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path.resolve()


@pytest.fixture
def supervisor(state: Path):
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(state)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    ) as running:
        wait_until(lambda: len(working(state)) == 2, 20, "both processes work")
        yield running
        running.kill()
        stop_left_behind(state)


def working(state: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get(MARK) == str(state)
            if ours and process.cmdline()[0] == sys.executable:
                found.append(process)
        except (psutil.Error, IndexError):
            continue
    return found


def test_a_process_that_falls_is_started_again_and_the_terminal_says_so(
    supervisor: "subprocess.Popen[bytes]", state: Path
) -> None:
    fallen = working(state)[0]
    fallen.kill()
    wait_until(lambda: fallen not in working(state) and len(working(state)) == 2, 20, "again two")
    supervisor.terminate()
    said = supervisor.communicate(timeout=20)[0].decode()
    assert "ended and is started again" in said
    assert "up\n" not in said


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_all(
    supervisor: "subprocess.Popen[bytes]", state: Path, ending: signal.Signals
) -> None:
    supervisor.send_signal(ending)
    supervisor.communicate(timeout=20)
    wait_until(lambda: not working(state), 10, "none is left")


def test_a_signal_while_the_processes_are_only_starting_ends_all(state: Path) -> None:
    at_once = "lambda: os.kill(os.getpid(), signal.SIGINT)"
    run = RUN.replace("import os, sys", "import os, signal, sys").replace(
        "on_started=lambda: None", f"on_started={at_once}"
    )
    with subprocess.Popen(
        [sys.executable, "-c", run, str(state)],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    ) as starting:
        try:
            starting.wait(timeout=20)
        finally:
            starting.kill()
            stop_left_behind(state)
    assert starting.returncode == 0
    wait_until(lambda: not working(state), 10, "none is left")


def test_what_a_killed_supervisor_left_is_ended(
    supervisor: "subprocess.Popen[bytes]", state: Path
) -> None:
    supervisor.kill()
    assert len(working(state)) == 2
    stop_left_behind(state)
    assert working(state) == []
