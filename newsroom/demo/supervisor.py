"""`make demo`: the whole newsroom on this machine, from nothing to served, under one supervisor.

    python -m newsroom.demo.supervisor [--reset]

State lies in `.demo/` (`WAYLIGHT_STATE_DIR`), the site listens on 127.0.0.1 at `WAYLIGHT_PORT`
(8000). `DATABASE_URL` and `REDIS_URL` take the place of the embedded servers when both are set.
What the processes say goes to `.demo/logs/`; the terminal stays calm.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

from rich.console import Console

from newsroom import engines
from newsroom.demo import launch
from newsroom.demo.crew import MARK, Crew, stop_left_behind
from newsroom.demo.kept import Kept, Refused
from newsroom.demo.welcome import farewell, opening, welcome
from newsroom.engines.schema import CHECKOUT, schema_name, static_name

UP_SECONDS = 120
console = Console(highlight=False, soft_wrap=True)


class Demo:
    """One run of the demo: prepared, served, filled, stopped."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.logs = state / "logs"
        self.kept = Kept(state)
        self.ports = self.kept.choose_ports()
        self.env = dict(os.environ)
        self._stopping = threading.Event()
        self._filling: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Everything until it is stopped; the exit status."""
        try:
            self._prepare()
            self._serve()
        finally:
            self._stopping.set()
            engines.stop(self.state)
        console.print(farewell())
        return 0

    def _prepare(self) -> None:
        with console.status("Starting PostgreSQL and Redis"):
            addresses = self._start_engines()
        own = launch.environment(
            self.ports,
            self.state,
            kind="demo",
            secret_key=self.kept.secret_key,
            webhook_secret=self.kept.webhook_secret,
        )
        # Another terminal's `manage.py` asks the running engines itself, so that it can say in
        # a sentence when none runs; servers of the person's own are written down.
        self.kept.write_env(own | ({} if self._embedded() else addresses))
        self.env |= own | addresses | {"PYTHONUNBUFFERED": "1", MARK: str(self.state)}
        shape = schema_name()
        # Of a database of the person's own we cannot know what was done to it since.
        if self.kept.migrated != shape or not self._embedded():
            with console.status("Making the database’s tables (some 15 s, once)"):
                self._manage("migrate", "--no-input", "--verbosity=0")
            self.kept.migrated = shape
        static = static_name()
        if self.kept.laid_out != static:
            with console.status("Laying out styles and scripts (some 5 s)"):
                self._manage("collectstatic", "--no-input", "--verbosity=0")
            self.kept.laid_out = static

    def _embedded(self) -> bool:
        return not ("DATABASE_URL" in os.environ and "REDIS_URL" in os.environ)

    def _start_engines(self) -> dict[str, str]:
        if not self._embedded():
            return {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
        running = engines.start(self.state)
        return {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url}

    def _serve(self) -> None:
        crew = Crew(self.logs, on_started=self._begin_filling, on_stopping=self._stop_filling)
        for name, command in launch.commands(self.ports, self.state).items():
            crew.add(name, command, env=self.env, cwd=CHECKOUT)
        crew.loop()

    def _begin_filling(self) -> None:
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self) -> None:
        """Once the site answers: let the demo newsroom be built, then say what there is to see."""
        with console.status("Starting site, worker, clock, Stripe sandbox and mail catcher"):
            up = self._wait_until_up()
        if self._stopping.is_set():
            return
        if not up:
            console.print(f"The site does not answer: see {self.logs / 'site.log'}.")
            return
        launch.forget_other_endpoints(self.ports)
        if self.kept.built != self.kept.migrated or not self._embedded():
            console.print(opening(self.ports))
            if not self._build():
                return
            self.kept.built = self.kept.migrated
        console.print(welcome(self.ports))

    def _wait_until_up(self) -> bool:
        give_up = time.monotonic() + UP_SECONDS
        while not self._stopping.is_set() and time.monotonic() < give_up:
            listening = launch.listens(self.ports.sandbox) and launch.listens(self.ports.smtp)
            if listening and launch.answers_well(f"{self.ports.site_url}/readyz"):
                return True
            time.sleep(0.1)
        return False

    def _build(self) -> bool:
        """Run `manage.py build_demo`, which shows its own progress; True when it is done."""
        with (self.logs / "build.log").open("ab") as log:
            self._filling = subprocess.Popen(
                [*launch.manage(), "build_demo"],
                cwd=CHECKOUT,
                env=self.env,
                stderr=log,
                # Ctrl-C is for the supervisor, which then ends this one quietly.
                start_new_session=True,
            )
            code = self._filling.wait()
        if code != 0 and not self._stopping.is_set():
            console.print(
                f"The demo newsroom is not whole (see {self.logs / 'build.log'}): the site runs "
                f"at {self.ports.site_url}/ with what is there; `make demo` again goes on with it."
            )
        return code == 0

    def _stop_filling(self) -> None:
        self._stopping.set()
        if self._filling and self._filling.poll() is None:
            self._filling.terminate()

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [*launch.manage(), *arguments],
            cwd=CHECKOUT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            self.logs.mkdir(parents=True, exist_ok=True)
            said = self.logs / f"{arguments[0]}.log"
            said.write_text(done.stdout + done.stderr)
            raise Refused(f"`manage.py {arguments[0]}` failed, and {said} says why.")


def main() -> int:
    """Run the demo; 1 with a sentence when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m newsroom.demo.supervisor")
    parser.add_argument("--reset", action="store_true", help="throw away what the last one held")
    asked = parser.parse_args()
    state = engines.state_folder()
    # A closed terminal and a polite kill end it as Ctrl-C does, from the first moment on.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    try:
        state.mkdir(parents=True, exist_ok=True)
        with (state.parent / f"{state.name}.lock").open("w") as lock:
            _be_the_only_one(lock)
            stop_left_behind(state)
            if asked.reset:
                engines.stop(state)
                shutil.rmtree(state)
            return Demo(state).run()
    except (Refused, engines.EnginesError) as problem:
        console.print(str(problem), style="bold")
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _be_the_only_one(lock: IO[str]) -> None:
    with suppress(BlockingIOError):
        # A record lock, since honcho's children would inherit the other kind and outlive us.
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    raise Refused("The demo already runs in another terminal: stop it there with Ctrl-C first.")


if __name__ == "__main__":
    sys.exit(main())
