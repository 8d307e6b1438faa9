"""What the embedded servers promise whoever starts the demo or the tests."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from newsroom import engines
from newsroom.engines import EnginesError
from tests.waiting import wait_until


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    engines.stop(folder)


def ask(url: str, sql: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchone()[0]  # type: ignore[index]


def postmaster(state: Path) -> psutil.Process:
    return psutil.Process(int((state / "postgres/postmaster.pid").read_text().split()[0]))


def test_both_servers_answer_on_sockets_only(state: Path) -> None:
    running = engines.start(state)
    assert ask(running.database_url, "SELECT current_database()") == "waylight"
    assert ask(running.database_url, "SHOW listen_addresses") == ""
    assert Redis.from_url(running.redis_url).config_get("port") == {"port": "0"}


def test_sockets_are_closed_to_other_accounts(state: Path) -> None:
    folder = Path(engines.start(state).redis_url.removeprefix("unix://")).parent
    assert folder.stat().st_mode & 0o077 == 0


def test_socket_paths_stay_short_in_a_deep_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60) / "state"
    running = engines.start(deep)
    try:
        assert ask(running.database_url, "SELECT 1") == 1
    finally:
        engines.stop(deep)


def test_what_was_stored_is_there_after_stop_and_start(state: Path) -> None:
    running = engines.start(state)
    with psycopg.connect(running.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 41 + 1 AS answer")
    Redis.from_url(running.redis_url).set("kept", "yes")
    engines.stop(state)
    assert engines.attach(state) is None
    again = engines.start(state)
    assert ask(again.database_url, "SELECT answer FROM kept") == 42
    assert Redis.from_url(again.redis_url).get("kept") == b"yes"


def test_two_starters_at_once_get_the_same_servers(state: Path) -> None:
    command = [sys.executable, "-m", "newsroom.engines", "start", "--state-dir", str(state)]
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(subprocess.run, command, capture_output=True) for _ in range(3)]
    assert {run.result().returncode for run in runs} == {0}
    assert len({run.result().stdout for run in runs}) == 1
    assert engines.attach(state) is not None


def test_settings_get_the_addresses_while_they_run(state: Path) -> None:
    running = engines.start(state)
    assert engines.urls(state) == running


def test_settings_get_a_sentence_when_nothing_runs(state: Path) -> None:
    with pytest.raises(EnginesError, match="make demo"):
        engines.urls(state)


def test_killed_postgres_comes_back_with_its_data(state: Path) -> None:
    running = engines.start(state)
    with psycopg.connect(running.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    killed = postmaster(state)
    killed.send_signal(signal.SIGKILL)
    wait_until(lambda: not killed.is_running(), 10, "the killed server is gone")
    assert engines.attach(state) is None
    assert ask(engines.start(state).database_url, "SELECT count(*) FROM kept") == 1


def test_a_pid_that_lives_again_as_another_process_stops_nobody(state: Path) -> None:
    engines.start(state)
    engines.stop(state)
    # A machine that restarted: the file is still there, its number is somebody else's now.
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stale = state / "postgres" / "postmaster.pid"
    stale.write_text(f"{bystander.pid}\n{state / 'postgres'}\n0\n5432\n/nowhere\n\n0 0\nready\n")
    shutil.chown(stale, (state / "postgres").stat().st_uid)
    running = engines.start(state)
    assert ask(running.database_url, "SELECT 1") == 1
    assert bystander.poll() is None
    bystander.communicate()


def test_a_second_start_does_not_take_redis_over(state: Path) -> None:
    first = Redis.from_url(engines.start(state).redis_url).info("server")["run_id"]
    second = Redis.from_url(engines.start(state).redis_url).info("server")["run_id"]
    assert first == second


def test_killed_redis_keeps_what_it_was_given(state: Path) -> None:
    running = engines.start(state)
    client = Redis.from_url(running.redis_url)
    client.set("kept", "yes")
    wait_until(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0, 5, "written")
    os.kill(client.info("server")["process_id"], signal.SIGKILL)
    wait_until(lambda: engines.attach(state) is None, 5, "the killed server is gone")
    assert Redis.from_url(engines.start(state).redis_url).get("kept") == b"yes"


def test_servers_of_a_deleted_folder_are_not_taken_for_the_new_ones(state: Path) -> None:
    old = engines.start(state)
    Redis.from_url(old.redis_url).set("old", "yes")
    left_behind = postmaster(state)
    shutil.rmtree(state)
    new = engines.start(state)
    assert new.redis_url != old.redis_url
    assert Redis.from_url(new.redis_url).get("old") is None
    assert not Path(old.redis_url.removeprefix("unix://")).exists()
    left_behind.terminate()


def test_a_folder_of_another_version_is_refused_with_a_way_out(state: Path) -> None:
    engines.start(state)
    engines.stop(state)
    (state / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EnginesError, match="make demo-reset"):
        engines.start(state)


def test_stopping_what_does_not_run_is_fine(state: Path) -> None:
    engines.stop(state)
    engines.start(state)
    engines.stop(state)
    engines.stop(state)
