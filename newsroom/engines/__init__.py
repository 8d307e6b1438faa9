"""Embedded PostgreSQL and Redis: real servers from Python wheels, on unix sockets.

For the demo and the tests only; a newsroom in production points `DATABASE_URL` and `REDIS_URL`
at servers of its own. Nothing here needs Django, so that settings can ask for the addresses.

    engines = start(Path(".demo"))     # starts what does not run yet
    engines.database_url, engines.redis_url
    attach(Path(".demo"))              # the same if both answer, else None
    urls()                             # for settings: cheap, refuses with a sentence
    stop(Path(".demo"))

What lies where: the data in the state folder (`postgres/`, `redis/`), the sockets in a short
run-time folder (a socket's path may not pass 107 bytes), the addresses in `engines.json`.
Both servers outlive the process that started them; whoever starts next finds them again.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from newsroom.engines import postgres, redis
from newsroom.engines.problems import EnginesError
from newsroom.engines.runtime import (
    Account,
    name_of_state,
    open_for,
    runtime_folder,
    server_account,
    shared_runtime_folder,
)

__all__ = ["Engines", "EnginesError", "attach", "start", "state_folder", "stop", "urls"]

ADDRESSES = "engines.json"


@dataclass(frozen=True)
class Engines:
    """The addresses of a running pair.

    `database_url` is libpq's form (`postgresql://postgres@/waylight?host=<folder>`),
    `redis_url` is redis-py's (`unix://<path>`).
    """

    database_url: str
    redis_url: str


def state_folder(state_dir: Path | None = None) -> Path:
    """The state folder asked for, else `WAYLIGHT_STATE_DIR`, else `.demo` of this checkout."""
    chosen = state_dir or os.environ.get("WAYLIGHT_STATE_DIR")
    if chosen:
        return Path(chosen).resolve()
    return Path(__file__).resolve().parents[2] / ".demo"


def start(state_dir: Path, *, durable: bool = True) -> Engines:
    """Start PostgreSQL and Redis at `state_dir`, or find them running, and give their addresses.

    `durable=False` (tests) trades safety at a power cut for speed. Raises EnginesError with a
    sentence for the person when a server cannot start.
    """
    state_dir = state_folder(state_dir)
    account = server_account()
    state_dir.mkdir(parents=True, exist_ok=True)
    open_for(account, state_dir)
    with _one_at_a_time(state_dir):
        _stop_left_behind(account)
        sockets = _sockets(state_dir, account)
        engines = Engines(
            database_url=postgres.start(state_dir / "postgres", sockets, account, durable=durable),
            redis_url=redis.start(state_dir / "redis", sockets, account, durable=durable),
        )
        _write_addresses(state_dir, engines)
    return engines


def attach(state_dir: Path) -> Engines | None:
    """The addresses of the pair at `state_dir` when both answer, else None. Starts nothing."""
    engines = _read_addresses(state_folder(state_dir))
    if engines and postgres.listens(engines.database_url) and redis.answers(engines.redis_url):
        return engines
    return None


def urls(state_dir: Path | None = None) -> Engines:
    """The addresses of the running pair, for settings: reads one file and opens two sockets.

    Raises EnginesError with a sentence for the person when nothing runs there.
    """
    folder = state_folder(state_dir)
    engines = attach(folder)
    if engines is None:
        raise EnginesError(
            f"No database runs at {folder}: start the demo with `make demo` in another terminal, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return engines


def stop(state_dir: Path) -> None:
    """Stop both servers at `state_dir`; what they hold stays on disk. Fine when none runs."""
    state_dir = state_folder(state_dir)
    if not (state_dir / ADDRESSES).exists() and not (state_dir / "postgres").exists():
        return
    account = server_account()
    with _one_at_a_time(state_dir):
        sockets = _sockets(state_dir, account)
        redis.stop(sockets)
        postgres.stop(state_dir / "postgres", account)
        shutil.rmtree(sockets, ignore_errors=True)
        (state_dir / ADDRESSES).unlink(missing_ok=True)


def _sockets(state_dir: Path, account: Account) -> Path:
    """The folder of this state folder's sockets; it says inside whose it is."""
    sockets = runtime_folder(name_of_state(state_dir), account)
    (sockets / "state").write_text(str(state_dir))
    return sockets


def _stop_left_behind(account: Account) -> None:
    """Stop the Redis of every state folder that somebody deleted while its servers ran.

    PostgreSQL notices by itself within a minute that its files are gone; Redis never would.
    """
    for said in shared_runtime_folder(account).glob("*/state"):
        state_dir = Path(said.read_text())
        if not state_dir.is_dir() or name_of_state(state_dir) != said.parent.name:
            redis.stop(said.parent)
            shutil.rmtree(said.parent, ignore_errors=True)


@contextmanager
def _one_at_a_time(state_dir: Path) -> Iterator[None]:
    """Two starters (or a starter and a stopper) wait for each other."""
    with (state_dir / ".engines.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_addresses(state_dir: Path, engines: Engines) -> None:
    whole = state_dir / f"{ADDRESSES}.new"
    whole.write_text(json.dumps(asdict(engines), indent=2))
    whole.replace(state_dir / ADDRESSES)


def _read_addresses(state_dir: Path) -> Engines | None:
    try:
        return Engines(**json.loads((state_dir / ADDRESSES).read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None
