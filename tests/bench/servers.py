"""The references under granian, called with what the site is called with."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from newsroom.demo import launch
from newsroom.engines.schema import CHECKOUT
from tests.stack import Stack
from tests.waiting import wait_until

START_SECONDS = 60


@contextmanager
def references(stack: Stack, pages: Path) -> Iterator[tuple[int, int]]:
    """The ports of the reference without and with the project's middleware, while both run."""
    with ExitStack() as running:
        bare = running.enter_context(_reference(stack, pages, "none"))
        dressed = running.enter_context(_reference(stack, pages, "project"))
        for port in (bare, dressed):
            url = f"http://localhost:{port}/article"
            wait_until(lambda url=url: launch.answers_well(url), START_SECONDS, "the reference")
        yield bare, dressed


@contextmanager
def _reference(stack: Stack, pages: Path, middleware: str) -> Iterator[int]:
    ports = launch.Ports(launch.free_port(), stack.ports.sandbox, stack.ports.smtp)
    command = [
        "tests.bench.reference:application" if part == "newsroom.wsgi:application" else part
        for part in launch.commands(ports, stack.state)["site"]
    ]
    env = stack.env | {
        "WAYLIGHT_BENCH_PAGES": str(pages),
        "WAYLIGHT_BENCH_MIDDLEWARE": middleware,
    }
    with (stack.state / f"reference-{middleware}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield ports.site
    finally:
        process.terminate()
        process.wait(10)
