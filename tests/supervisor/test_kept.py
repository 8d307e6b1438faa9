"""What the demo keeps between runs, and what it says when it cannot start."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.demo.kept import Kept, Refused
from newsroom.demo.launch import port_is_free


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    # Below the range from which other tests' servers are given theirs, with room for the
    # sandbox and the mail beside it.
    while True:
        port = random.randrange(20_000, 30_000, 10)
        if all(port_is_free(port + beside) for beside in range(3)):
            break
    monkeypatch.setenv("WAYLIGHT_PORT", str(port))
    return port


@pytest.fixture
def taken(port: int) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", port)):
        yield port


def test_secrets_and_ports_are_the_same_at_the_next_run(tmp_path: Path, port: int) -> None:
    first, second = Kept(tmp_path), Kept(tmp_path)
    assert first.secret_key == Kept(tmp_path).secret_key
    assert first.webhook_secret == Kept(tmp_path).webhook_secret
    assert first.choose_ports() == second.choose_ports() == Kept(tmp_path).choose_ports()


def test_the_secrets_are_closed_to_others(tmp_path: Path, port: int) -> None:
    kept = Kept(tmp_path)
    assert kept.secret_key
    kept.write_env({"WAYLIGHT_SECRET_KEY": kept.secret_key})
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_taken_port_gets_a_sentence_and_a_way_out(tmp_path: Path, taken: int) -> None:
    with pytest.raises(Refused, match=f"Port {taken} is taken.*WAYLIGHT_PORT=") as refused:
        Kept(tmp_path).choose_ports()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("asked", ["eighty", "0", "65536", "-1", "80.5", "８０００"])
def test_what_is_no_port_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("WAYLIGHT_PORT", asked)
    with pytest.raises(Refused, match="from 1 to 65535"):
        Kept(tmp_path).choose_ports()


def test_a_taken_sandbox_port_is_changed_for_a_free_one(tmp_path: Path, port: int) -> None:
    before = Kept(tmp_path).choose_ports()
    with socket.create_server(("127.0.0.1", before.sandbox)):
        after = Kept(tmp_path).choose_ports()
    assert after.site == before.site
    assert after.sandbox != before.sandbox
    assert len({after.site, after.sandbox, after.smtp}) == 3


def test_a_file_cut_short_is_begun_again(tmp_path: Path, port: int) -> None:
    (tmp_path / "demo.json").write_text('{"secret')
    assert len(Kept(tmp_path).secret_key) > 32
