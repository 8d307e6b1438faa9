"""Memory of a whole newsroom as PSS: shared pages counted once, divided among who shares them."""

from collections.abc import Iterable
from pathlib import Path

import psutil
from redis import Redis

from newsroom.demo import launch
from tests import ground
from tests.stack import Stack

MIB = 1024 * 1024


def of_stack(stack: Stack) -> dict[str, float]:
    """MiB of each part; PostgreSQL and Redis only where they are the embedded ones."""
    parts = {}
    children = psutil.Process().children()
    for name, command in launch.commands(stack.ports, stack.state).items():
        found = [child for child in children if child.cmdline()[1:] == command[1:]]
        parts[name] = _pss(_with_children(found))
    if not ground.GIVEN_DATABASE:
        parts["postgres"] = _pss(_backends(ground.STATE, stack.ground.name))
    if not ground.GIVEN_REDIS:
        served_by = Redis.from_url(stack.ground.redis_url).info()["process_id"]
        parts["redis"] = _pss([psutil.Process(served_by)])
    return parts


def of_demo(process: psutil.Process, state: Path) -> float:
    """MiB of a running `make demo`, its supervisor included."""
    return _pss([*_with_children([process]), *_servers_of(state)])


def _servers_of(state: Path) -> Iterable[psutil.Process]:
    sockets = set()
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(state) in line and ("postgres" in line or "redis" in line):
            sockets.add(process)
    return _with_children(sockets)


def _backends(state: Path, database: str) -> Iterable[psutil.Process]:
    """The server and its own processes, and of the backends only those of `database`.

    Test runs share the server, and a backend's title names its database.
    """
    pid = int((state / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    postmaster = psutil.Process(pid)
    for process in [postmaster, *postmaster.children()]:
        title = " ".join(process.cmdline())
        if "[local]" not in title or f" {database} " in title:
            yield process


def _with_children(processes: Iterable[psutil.Process]) -> set[psutil.Process]:
    found = set(processes)
    for process in list(found):
        found.update(process.children(recursive=True))
    return found


def _pss(processes: Iterable[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / MIB
