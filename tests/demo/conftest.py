"""A stack of its own for the demo newsroom: other tests' campaigns and stories are not in it."""

import os
from collections.abc import Iterator

import pytest

from tests import ground
from tests.stack import Stack, sweep_stacks


@pytest.fixture(scope="package")
def stack(process_ground: ground.Ground) -> Iterator[Stack]:
    """The whole newsroom, running; `stack_db` of these tests is on it too."""
    sweep_stacks()
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # Of a given Redis the lower databases are the other parts'.
    running = Stack(ground.ground_for("demo", number=8 + worker))
    try:
        running.start()
        yield running
    finally:
        running.stop()
