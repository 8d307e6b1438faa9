"""The newsroom of the soak: the tests' stack, with two workers by fork and the soak's post."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from newsroom.demo import launch
from newsroom.engines.schema import CHECKOUT
from tests import ground
from tests.soak.post import Post
from tests.stack import START_SECONDS, Stack
from tests.waiting import wait_until

WORKERS = ("worker-1", "worker-2")


@dataclass
class Bred:
    """One worker: its pid, and where in its log it began."""

    pid: int
    begun: int


class SoakStack(Stack):
    """Timeouts are short, so that what hangs is noticed within the run."""

    def __init__(self, chosen: ground.Ground, seed: int) -> None:
        super().__init__(chosen)
        self.post = Post(launch.free_port(), seed)
        self.env |= {
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post.port}",
            "WAYLIGHT_MAIL_TIMEOUT_SECONDS": "1",
            "STRIPE_TIMEOUT_SECONDS": "2",
            "WAYLIGHT_LOG_LEVEL": "WARNING",
        }
        self._bred: dict[str, Bred] = {}
        self._breeder: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Everything but the catcher, whose place the soak's post takes."""
        (self.state / "static").mkdir(parents=True, exist_ok=True)
        self.ground.make_database()
        self.ground.start_redis()
        self.post.open()
        for name in ("sandbox", "site", "beat"):
            self._start(name)
        self._start_breeder()
        for name in WORKERS:
            self.breed(name)
        wait_until(lambda: self._up("sandbox", self.ports.sandbox), START_SECONDS, "the sandbox")
        self.wait_for_site()
        for name in WORKERS:
            self.wait_for_worker(name)

    def stop(self) -> None:
        if self._breeder:
            assert self._breeder.stdin
            self._breeder.stdin.close()
            self._breeder.wait()
        super().stop()
        self.post.close()

    def breed(self, name: str) -> None:
        """Another worker of this name; it takes tasks a moment later."""
        assert self._breeder
        assert self._breeder.stdin
        assert self._breeder.stdout
        log = self._log_of(name)
        begun = log.stat().st_size if log.exists() else 0
        print(f"{name}-{self.ports.site}", log, file=self._breeder.stdin, flush=True)
        self._bred[name] = Bred(int(self._breeder.stdout.readline()), begun)

    def takes_tasks(self, name: str) -> bool:
        bred = self._bred[name]
        with self._log_of(name).open("rb") as log:
            log.seek(bred.begun)
            return b" ready." in log.read()

    def wait_for_worker(self, name: str) -> None:
        wait_until(
            lambda: self._log_of(name).exists() and self.takes_tasks(name),
            START_SECONDS,
            f"{name} takes tasks\n{self.log(name)}",
        )

    def kill_bred(self, name: str) -> None:
        """SIGKILL: what the worker was doing is cut off."""
        with suppress(ProcessLookupError):
            os.killpg(self._bred[name].pid, signal.SIGKILL)

    def restart_site(self) -> None:
        """SIGKILL, and up again."""
        self.kill("site")
        self.start_site()

    def _log_of(self, name: str) -> Path:
        return self.state / f"{name}.log"

    def _start_breeder(self) -> None:
        with (self.state / "breeder.log").open("ab") as log:
            self._breeder = subprocess.Popen(
                [sys.executable, "-m", "tests.soak.breeder"],
                cwd=CHECKOUT,
                # Celery says on this level that it is ready.
                env=self.env
                | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "WAYLIGHT_LOG_LEVEL": "INFO"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._breeder.stdout
        assert self._breeder.stdout.readline().strip() == "ready", self.log("breeder")
