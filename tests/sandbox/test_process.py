"""The process: what it refuses, what it keeps, what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .running import ROOT, Running, command, environment, free_port

DAY = 86_400


def _run(state: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("--port", str(free_port()), "--state", str(state)),
        cwd=ROOT,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_test_abc", "anything"])
def test_it_refuses_to_start_with_a_key_that_is_not_for_tests(tmp_path: Path, key: str) -> None:
    refused = _run(tmp_path / "state.sqlite3", STRIPE_SECRET_KEY=key)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert key not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_said_plainly(sandbox: Running, tmp_path: Path) -> None:
    refused = subprocess.run(
        command("--port", str(sandbox.port), "--state", str(tmp_path / "s"), "--reset"),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert str(sandbox.port) in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_it_needs_no_django() -> None:
    code = "import newsroom.sandbox.app, sys; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_everything_is_there_after_a_restart_and_nothing_after_a_reset(
    own_sandbox: Running,
) -> None:
    own_sandbox.start()
    own_sandbox.control("POST", "clock", {"now": 1_780_000_000})
    intent = own_sandbox.paid_intent()
    account = own_sandbox.client.v1.accounts.retrieve_current().id
    own_sandbox.stop()
    own_sandbox.start()
    assert own_sandbox.client.v1.payment_intents.retrieve(intent.id).created == 1_780_000_000
    assert own_sandbox.control("GET", "clock").json()["now"] == 1_780_000_000
    assert own_sandbox.client.v1.accounts.retrieve_current().id == account
    own_sandbox.stop()
    own_sandbox.start("--reset")
    assert own_sandbox.client.v1.payment_intents.list().data == []
    assert own_sandbox.control("GET", "clock").json()["real"] is True


def test_the_endpoint_of_the_command_line_is_registered_once(own_sandbox: Running) -> None:
    for _ in range(2):
        own_sandbox.start("--webhook-url", "http://127.0.0.1:9/hook")
        (endpoint,) = own_sandbox.client.v1.webhook_endpoints.list().data
        assert (endpoint.url, endpoint.enabled_events) == ("http://127.0.0.1:9/hook", ["*"])
        own_sandbox.stop()


def test_the_clock_stands_runs_advances_and_goes_back_to_real(sandbox: Running) -> None:
    def clock(**asked: object) -> dict[str, object]:
        answer = sandbox.control("POST", "clock", asked)
        assert answer.status_code == 200
        return answer.json()

    assert clock(now="2026-06-03T23:59:59-04:00")["iso"] == "2026-06-04T03:59:59+00:00"
    assert clock(advance=DAY)["now"] == 1_780_545_599 + DAY
    assert clock(now=1_000, running=True)["running"] is True
    assert sandbox.control("GET", "clock").json()["now"] in range(1_000, 1_060)
    assert clock(real=True)["real"] is True


@pytest.mark.parametrize(
    "asked",
    [{}, {"now": "yesterday"}, {"now": -1}, {"now": 10**15}, {"advance": "1"}, {"now": [1]}, []],
)
def test_a_moment_that_makes_no_sense_is_refused(sandbox: Running, asked: object) -> None:
    assert sandbox.control("POST", "clock", asked).status_code == 400
    assert sandbox.control("GET", "clock").json()["real"] is True
