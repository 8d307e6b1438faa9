"""Where the sockets live and whom the servers run as.

PostgreSQL refuses to run as root. Started by root, both servers run as an account of their own;
started by anybody else, as that person.
"""

import hashlib
import os
import pwd
import secrets
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsroom.engines.problems import EnginesError

SERVER_ACCOUNT = "pgserver"
# Linux gives a socket's path 108 bytes with the closing zero, macOS 104.
LONGEST_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")

NAME_LENGTH = 12


@dataclass(frozen=True)
class Account:
    """Whom the servers run as; `other` when that is not the person who starts them."""

    uid: int
    gid: int
    other: bool

    def run_as(self) -> dict[str, Any]:
        """Arguments of `subprocess` that make a child run as this account."""
        if not self.other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """The account the servers run as; as root, made when missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        entry = _make_account()
    return Account(entry.pw_uid, entry.pw_gid, other=True)


def _make_account() -> pwd.struct_passwd:
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
    ]
    # Two starters may race to make it; where accounts cannot be made, "nobody" serves.
    with suppress(FileNotFoundError, subprocess.CalledProcessError):
        subprocess.run([*command, SERVER_ACCOUNT], check=True, capture_output=True)
    for name in (SERVER_ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EnginesError(
        "PostgreSQL does not run as root and no other account could be made: "
        "run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def open_for(account: Account, folder: Path) -> None:
    """Let the account reach `folder`: traversal (never reading) on it and its parents."""
    if not account.other:
        return
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)


def own_folder(folder: Path, account: Account) -> Path:
    """Make `folder` the account's own, closed to others, and give it back."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != account.uid:
        if not account.other:
            raise EnginesError(
                f"{folder} belongs to another account (it was made by root?): "
                "remove its parent folder as that account, or set WAYLIGHT_STATE_DIR to a new one."
            )
        _give(folder, account)
    folder.chmod(0o700)
    return folder


def _give(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def name_of_state(state_dir: Path) -> str:
    """A short name for this state folder, new when the folder was made anew.

    A server left behind by a state folder that somebody deleted must not be taken for the new
    one's, and a copied folder must not share its original's sockets: so the name is made of a
    random word kept inside and of the path.
    """
    kept = state_dir / "name"
    if not kept.exists():
        kept.write_text(secrets.token_hex(8))
    whole = f"{kept.read_text()}:{state_dir.resolve()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:NAME_LENGTH]


def runtime_folder(name: str, account: Account) -> Path:
    """The account's own folder for the sockets, short enough for their paths, mode 0700."""
    return own_folder(shared_runtime_folder(account) / name, account)


def shared_runtime_folder(account: Account) -> Path:
    """The folder that holds every run-time folder of the person who starts the servers."""
    for base in _bases():
        shared = base / f"waylight-{os.geteuid()}"
        longest = shared / ("x" * NAME_LENGTH)
        if len(os.fsencode(longest)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            shared.mkdir(mode=0o700, exist_ok=True)
            _refuse_foreign(shared)
            shared.chmod(0o711 if account.other else 0o700)
            return shared
    raise EnginesError("No folder is short enough for a socket: set TMPDIR to a short path.")


def _bases() -> list[Path]:
    """Run-time folders in order of preference; the session's own one only when it is ours."""
    bases = [Path(tempfile.gettempdir()), Path("/tmp")]
    session = os.environ.get("XDG_RUNTIME_DIR")
    # Root's servers run as another account, which cannot enter root's session folder.
    if session and os.geteuid() != 0 and os.access(session, os.W_OK | os.X_OK):
        bases.insert(0, Path(session))
    return bases


def _refuse_foreign(folder: Path) -> None:
    """In a folder everybody writes to, somebody else may have made ours first."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EnginesError(f"{folder} was made by another account: remove it, or set TMPDIR.")
