"""From a clean clone to a served demo, in seconds: what a stranger waits for."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from newsroom.demo import launch
from newsroom.engines.schema import CHECKOUT
from tests.bench import memory

MOST_SECONDS = 900
STOP_SECONDS = 30
NOT_THEIRS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Stranger:
    """Seconds from `git clone` to a front page answered, to the demo built whole; MiB of its
    parts then."""

    served: float
    built: float
    memory: dict[str, float]


def measure() -> Stranger:
    """Clone what is committed here, run `make demo` in it, stop it with Ctrl-C's signal."""
    with tempfile.TemporaryDirectory(prefix="waylight-bench-") as folder:
        return _measure(Path(folder) / "clone")


def _measure(clone: Path) -> Stranger:
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
    port = launch.free_port()
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_THEIRS and not name.startswith(("WAYLIGHT_", "STRIPE_"))
    }
    with (clone.parent / "demo.log").open("wb") as log:
        demo = subprocess.Popen(
            ["make", "demo"],
            cwd=clone,
            env=env | {"WAYLIGHT_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(demo, lambda: launch.answers_well(f"http://localhost:{port}/"), "serve")
        served = time.monotonic() - began
        _wait(demo, lambda: _is_built(clone), "build")
        built = time.monotonic() - began
        return Stranger(served, built, memory.of_demo(psutil.Process(demo.pid), clone / ".demo"))
    finally:
        _stop(demo)


def _is_built(clone: Path) -> bool:
    try:
        return bool(json.loads((clone / ".demo" / "demo.json").read_text()).get("built"))
    except (FileNotFoundError, ValueError):
        return False


def _wait(demo: "subprocess.Popen[bytes]", done: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + MOST_SECONDS
    while not done():
        if demo.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"The demo of the clone did not {what}.")
        time.sleep(0.2)


def _stop(demo: "subprocess.Popen[bytes]") -> None:
    # A shell that started us in the background may have made us, and so it, deaf to Ctrl-C.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if demo.poll() is not None:
            return
        os.killpg(demo.pid, ending)
        try:
            demo.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
