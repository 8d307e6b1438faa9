"""Memory of a whole newsroom as PSS: shared pages counted once, divided among who shares them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
from redis import Redis

from newsroom.demo import launch
from tests import ground
from tests.stack import Stack

MIB = 1024 * 1024
SIGNS = {
    "sandbox": "-m newsroom.sandbox",
    "catcher": "-m newsroom.demo.catcher",
    "site": "-m granian",
    "worker": "newsroom worker",
    "beat": "newsroom beat",
    "build": "manage.py build_demo",
}


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
        parts["redis"] = _pss([_redis(stack.ground.redis_url)])
    return parts


def of_demo(process: psutil.Process, state: Path) -> dict[str, float]:
    """MiB of each part of a running `make demo`: the stack's parts, and the supervisor."""
    redis_url = json.loads((state / "engines.json").read_text())["redis_url"]
    parts = {
        "postgres": _pss(_with_children([_postmaster(state)])),
        "redis": _pss([_redis(redis_url)]),
    }
    for part, each in _crew(process, "supervisor"):
        parts[part] = parts.get(part, 0) + _pss([each])
    return parts


def _crew(process: psutil.Process, part: str) -> Iterator[tuple[str, psutil.Process]]:
    """Each process with its part: by its command line, else its parent's part."""
    try:
        line, children = " ".join(process.cmdline()), process.children()
    except psutil.NoSuchProcess:
        return
    part = next((name for name, sign in SIGNS.items() if sign in line), part)
    yield part, process
    for child in children:
        yield from _crew(child, part)


def _backends(state: Path, database: str) -> Iterable[psutil.Process]:
    """The server and its own processes, and of the backends only those of `database`.

    Test runs share the server, and a backend's title names its database.
    """
    postmaster = _postmaster(state)
    for process in [postmaster, *postmaster.children()]:
        title = " ".join(process.cmdline())
        if "[local]" not in title or f" {database} " in title:
            yield process


def _postmaster(state: Path) -> psutil.Process:
    pid = (state / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
    return psutil.Process(int(pid))


def _redis(url: str) -> psutil.Process:
    return psutil.Process(Redis.from_url(url).info()["process_id"])


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
