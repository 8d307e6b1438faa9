"""One sandbox process for all tests here, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .running import Receiver, Running


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("sandbox") / "state.sqlite3").start()
    yield running
    running.stop()


@pytest.fixture
def sandbox(sandbox_process: Running) -> Running:
    sandbox_process.control("POST", "reset", {"endpoints": True}).raise_for_status()
    return sandbox_process


@pytest.fixture
def own_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox of the test's own, not started yet, to stop and start as it likes."""
    running = Running(tmp_path_factory.mktemp("own") / "state.sqlite3")
    yield running
    running.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.close()


@dataclass
class Hook:
    id: str
    secret: str
    receiver: Receiver

    def types(self) -> list[str]:
        return [received.event(self.secret).type for received in self.receiver.received]


@pytest.fixture
def hook(sandbox: Running, receiver: Receiver) -> Hook:
    """The receiver, registered for the events of a refund only."""
    made = sandbox.client.v1.webhook_endpoints.create(
        params={"url": receiver.url, "enabled_events": ["refund.created", "charge.refunded"]}
    )
    assert made.secret is not None
    return Hook(made.id, made.secret, receiver)
