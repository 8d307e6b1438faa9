"""The real newsroom for pipeline and journey tests: every process the demo runs, on a fresh copy
of the template database.

    def test_something(stack_db: Stack) -> None:    # Django's connection is the stack's
        ...
        wait_until(lambda: stack_db.mail.newest(to="a@b.example"), 30, "the receipt")

One stack for each xdist worker, started by the first test that asks. Tests share what it holds,
so each makes a campaign and a story of its own.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from newsroom.demo import launch
from newsroom.demo.mailbox import Mailbox
from newsroom.engines.schema import CHECKOUT
from tests import ground
from tests.waiting import wait_until

START_SECONDS = 90
STOP_SECONDS = 10


class Stack:
    """Sandbox, catcher, site, worker and beat of one test process."""

    def __init__(self, chosen: ground.Ground) -> None:
        self.ground = chosen
        self.state = ground.STATE / "stack" / chosen.name
        self.ports = launch.Ports(launch.free_port(), launch.free_port(), launch.free_port())
        self.mail = Mailbox(self.state / "mail")
        self.env = (
            os.environ
            | launch.environment(
                self.ports,
                self.state,
                kind="test",
                secret_key="the key of the tests' stack and of nothing else",
                webhook_secret="whsec_of_the_tests_stack",
            )
            | {
                "DATABASE_URL": chosen.database_url,
                "REDIS_URL": chosen.redis_url,
                "WAYLIGHT_MEDIA_ROOT": str(self.state / "media"),
                "PYTHONUNBUFFERED": "1",
                # Every reader of the tests comes from the same address.
                "WAYLIGHT_GIVE_WORK": "0",
                "WAYLIGHT_GIVE_USUAL": "100000",
                # And all of them try the same few cards.
                "WAYLIGHT_DECLINES_PER_CARD": "100000",
            }
        )
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def site_url(self) -> str:
        """`http://localhost:<port>`, no slash at the end."""
        return self.ports.site_url

    @property
    def sandbox_url(self) -> str:
        """The sandbox's API base, no slash at the end."""
        return self.ports.sandbox_url

    def start(self) -> None:
        """Database, Redis and every process; returns when all are up."""
        (self.state / "static").mkdir(parents=True, exist_ok=True)
        self.ground.make_database()
        self.ground.start_redis()
        for name in ("sandbox", "catcher", "site", "beat"):
            self._start(name)
        self.start_worker()
        wait_until(lambda: self._up("sandbox", self.ports.sandbox), START_SECONDS, "the sandbox")
        wait_until(lambda: self._up("catcher", self.ports.smtp), START_SECONDS, "the catcher")
        self.wait_for_site()

    def start_site(self) -> None:
        """Start the site again after `kill("site")`, and wait until it answers."""
        self._start("site")
        self.wait_for_site()

    def wait_for_site(self) -> None:
        """Return when the site says it is ready to serve."""

        def ready() -> bool:
            self._refuse_dead("site")
            return launch.answers_well(f"{self.site_url}/readyz")

        wait_until(ready, START_SECONDS, f"the site answers\n{self.log('site')}")

    def start_worker(self) -> None:
        """Start the Celery worker; returns when it takes tasks."""
        before = len(self.log("worker", lines=10_000).splitlines())
        self._start("worker")

        def ready() -> bool:
            self._refuse_dead("worker")
            said = self.log("worker", lines=10_000).splitlines()[before:]
            return any(line.endswith("ready.") for line in said)

        wait_until(ready, START_SECONDS, "the worker takes tasks")

    def kill_worker(self) -> None:
        """SIGKILL: what the worker was doing is cut off."""
        self.kill("worker")

    def start_beat(self) -> None:
        """Start the clock again."""
        self._start("beat")

    def stop_beat(self) -> None:
        """No sweep and no reconciliation starts by itself from here on."""
        self.stop_one("beat")

    def flush_redis(self) -> None:
        """The broker forgets every task, the cache every entry."""
        self.ground.empty_redis()

    def kill(self, name: str) -> None:
        """SIGKILL to a process and its children."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_one(self, name: str) -> None:
        """Ask a process to end; SIGKILL when it has not within ten seconds."""
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py` on the stack, as a person would in another terminal."""
        return subprocess.run(
            [*launch.manage(), *arguments],
            cwd=CHECKOUT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def log(self, name: str, lines: int = 40) -> str:
        """The last lines a process wrote."""
        try:
            text = (self.state / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def stop(self) -> None:
        """Stop every process, Redis and the database; the logs stay until the next run."""
        for process in self._running.values():
            process.terminate()
        for name in list(self._running):
            self.stop_one(name)
        self.ground.stop_redis()
        self.ground.drop_database()

    def _start(self, name: str) -> None:
        with (self.state / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                launch.commands(self.ports, self.state)[name],
                cwd=CHECKOUT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pids = [process.pid for process in self._running.values()]
        (self.state / "pids.json").write_text(json.dumps(pids))

    def _up(self, name: str, port: int) -> bool:
        self._refuse_dead(name)
        return launch.listens(port)

    def _refuse_dead(self, name: str) -> None:
        if self._running[name].poll() is not None:
            raise AssertionError(f"The {name} ended by itself:\n{self.log(name)}")


def sweep_stacks() -> None:
    """End the processes of stacks whose test run was killed, and take their folders away."""
    for state in (ground.STATE / "stack").glob("test_*"):
        if not ground.is_left_behind(state.name):
            continue
        pids = state / "pids.json"
        for pid in json.loads(pids.read_text()) if pids.exists() else []:
            try:
                process = psutil.Process(pid)
                # The number may be another process's by now: only ours has this folder.
                if process.environ().get("WAYLIGHT_STATE_DIR") == str(state):
                    os.killpg(pid, signal.SIGKILL)
            except (psutil.Error, ProcessLookupError):
                continue
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def stack(process_ground: ground.Ground) -> Iterator[Stack]:
    """The whole newsroom, running."""
    sweep_stacks()
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    running = Stack(ground.ground_for("stack", number=2 * number + 1))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def stack_db(stack: Stack, django_db_blocker: "pytest.FixtureRequest") -> Iterator[Stack]:
    """The stack, with this process's Django on the same database, Redis, sandbox and addresses.

    What the test writes is committed and stays; tasks it queues go to the stack's worker.
    """
    with django_db_blocker.unblock(), standing_on(stack):
        yield stack


@contextmanager
def standing_on(stack: Stack) -> Iterator[None]:
    """This process's Django on the stack's database, Redis, sandbox and addresses."""
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    from newsroom.celery import app

    redis_url = stack.ground.redis_url
    cache = settings.CACHES["default"] | {"LOCATION": redis_url}
    own = connection.settings_dict["NAME"], app.conf.broker_url
    broker_url = redis_url.replace("unix://", "redis+socket://")
    with override_settings(
        BASE_URL=stack.site_url,
        CACHES={"default": cache},
        REDIS_URL=redis_url,
        STRIPE_API_BASE=stack.sandbox_url,
        STRIPE_SECRET_KEY=launch.SANDBOX_KEY,
        STRIPE_WEBHOOK_SECRETS=[stack.env["STRIPE_WEBHOOK_SECRETS"]],
    ):
        _move_to(stack.ground.name, broker_url)
        yield
        _move_to(*own)


def _move_to(database: str, broker_url: str) -> None:
    from django.db import connections

    from newsroom.celery import app

    connections.close_all()
    connections["default"].settings_dict["NAME"] = database
    app.conf.broker_url = broker_url
    # Celery keeps connections to the broker it knew, as after a fork.
    app._after_fork()
