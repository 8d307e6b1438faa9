"""The ground the tests stand on: a migrated template database, a copy for each process, Redis.

Everything lies in `.test/` of the checkout, on the embedded servers; with `DATABASE_URL` and
`REDIS_URL` set (both to servers that may be written to freely) on those instead. Several test
runs may share it at once: each process has a database and a Redis of its own, named by its pid,
and takes away what a killed process left behind.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql
from redis import Redis

from newsroom import engines
from newsroom.engines import redis as redis_server
from newsroom.engines.runtime import runtime_folder, server_account, shared_runtime_folder
from newsroom.engines.schema import CHECKOUT, schema_name

STATE = CHECKOUT / ".test"
TEMPLATES_KEPT = 3
# Read once, before the tests' own addresses take their place in the environment.
GIVEN_DATABASE = os.environ.get("DATABASE_URL", "")
GIVEN_REDIS = os.environ.get("REDIS_URL", "")


@dataclass(frozen=True)
class Ground:
    """One process's database and Redis; `name` is unique among all that run."""

    name: str
    server_url: str
    database_url: str
    redis_url: str

    def make_database(self) -> None:
        """A fresh copy of the migrated template; whatever had the name before is gone."""
        template = _ensure_template(self.server_url)
        name = sql.Identifier(self.name)
        with _server(self.server_url) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    name, sql.Identifier(template)
                )
            )

    def drop_database(self) -> None:
        """Take the database away, cutting whoever is still connected."""
        with _server(self.server_url) as server:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name))
            )

    def start_redis(self) -> None:
        """A Redis for this process alone (or the number of `REDIS_URL` that is its own)."""
        if not GIVEN_REDIS:
            account = server_account()
            sockets = runtime_folder(self.name, account)
            data = STATE / "redis-of" / self.name
            data.parent.mkdir(parents=True, exist_ok=True)
            redis_server.start(data, sockets, account, durable=False)
        self.empty_redis()

    def empty_redis(self) -> None:
        """Forget everything: what a broker may do to us at any moment."""
        Redis.from_url(self.redis_url).flushdb()

    def stop_redis(self) -> None:
        """Stop this process's Redis and take its folders away."""
        if not GIVEN_REDIS:
            _stop_redis(self.name)


def ground_for(part: str, number: int) -> Ground:
    """The ground of this process's `part` ("plain" tests or the "stack").

    `number` counts the parts of one test run; it picks the database of a given Redis.
    """
    name = f"test_{os.getpid()}_{part}"
    server_url = GIVEN_DATABASE or engines.start(STATE, durable=False).database_url
    if GIVEN_REDIS:
        # `redis://` has numbered databases in its path; a socket's one database is shared.
        given = urlsplit(GIVEN_REDIS)
        numbered = given._replace(path=f"/{number}") if given.netloc else given
        redis_url = urlunsplit(numbered)
    else:
        redis_url = f"unix://{runtime_folder(name, server_account()) / redis_server.SOCKET}"
    return Ground(name, server_url, _with_database(server_url, name), redis_url)


def sweep(server_url: str) -> None:
    """Take away the databases and Redis servers of test processes that are no more."""
    with _server(server_url) as server:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"
        ).fetchall()
        for (name,) in rows:
            if is_left_behind(name):
                with suppress(psycopg.errors.InvalidCatalogName):
                    server.execute(
                        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                            sql.Identifier(name)
                        )
                    )
    for sockets in shared_runtime_folder(server_account()).glob("test_*"):
        if is_left_behind(sockets.name):
            _stop_redis(sockets.name)


def is_left_behind(name: str) -> bool:
    """Whether the test process that took this name is no more."""
    found = re.match(r"test_(\d+)_", name)
    return found is not None and not psutil.pid_exists(int(found[1]))


def _stop_redis(name: str) -> None:
    sockets = runtime_folder(name, server_account())
    redis_server.stop(sockets)
    shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(STATE / "redis-of" / name, ignore_errors=True)


def _ensure_template(server_url: str) -> str:
    """The name of the migrated template, built when this shape has none yet (some 20 s)."""
    template = f"template_{schema_name()}"
    with _one_at_a_time(), _server(server_url) as server:
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
        if template not in known:
            # Built under another name, so that a half-migrated one is never taken for whole.
            building = sql.Identifier("template_building")
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(building))
            server.execute(sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY").format(building))
            _migrate(_with_database(server_url, "template_building"))
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(building, sql.Identifier(template))
            )
            _drop_old_templates(server)
    return template


def _migrate(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"],
        cwd=CHECKOUT,
        # Where no test run has set them: the settings want both, the migration neither.
        env={"WAYLIGHT_ENV": "test", "REDIS_URL": "redis://localhost"}
        | os.environ
        | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The test database could not be migrated:\n{done.stderr}")


def _drop_old_templates(server: "psycopg.Connection[tuple[str]]") -> None:
    """Keep the last few: branches are changed back and forth."""
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^template_[0-9a-f]{12}$'"
        " ORDER BY oid DESC OFFSET %s",
        [TEMPLATES_KEPT],
    ).fetchall()
    for (name,) in rows:
        with suppress(psycopg.errors.ObjectInUse):
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    STATE.mkdir(exist_ok=True)
    with (STATE / ".template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _server(server_url: str) -> "Iterator[psycopg.Connection[tuple[str]]]":
    """A connection to the server's `postgres` database, each statement its own transaction."""
    with psycopg.connect(_with_database(server_url, "postgres"), autocommit=True) as server:
        yield server


def _with_database(url: str, name: str) -> str:
    # urlunsplit would drop the empty host of a socket's address, so the text is cut by hand.
    before, _, options = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def stop_unless_used() -> None:
    """Stop the servers in `.test/`, what `make test` does at its end; not under another run."""
    if all(is_left_behind(data.name) for data in (STATE / "redis-of").glob("test_*")):
        engines.stop(STATE)


if __name__ == "__main__":
    stop_unless_used()
