"""`python -m tests.soak --gifts 5000 --seed 1`: prints every fault's count; 1 on any difference."""

import argparse
import os
import sys
import time
from datetime import timedelta

import psutil

from newsroom import engines
from newsroom.engines.schema import CHECKOUT
from tests import ground
from tests.soak.chaos import Rhythm
from tests.soak.stack import SoakStack

STATE = CHECKOUT / ".soak"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--gifts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--deadline-after", type=int, default=120, help="seconds")
    asked = parser.parse_args()
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", file=sys.stderr, flush=True)

    say(f"Seed {asked.seed}: a PostgreSQL of the soak's own is made")
    stack = SoakStack(_own_ground(), asked.seed)
    # Read by the migration of the template, and by this process's own Django.
    os.environ.update(
        stack.env | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "WAYLIGHT_LOG_LEVEL": "ERROR"}
    )
    try:
        stack.start()
        import django

        django.setup()
        from tests.soak.run import soak

        report = soak(
            stack,
            count=asked.gifts,
            seed=asked.seed,
            rhythm=Rhythm(),
            restart_database=_restarts(),
            deadline_after=timedelta(seconds=asked.deadline_after),
            say=say,
        )
    finally:
        from django.db import connections

        connections.close_all()
        stack.stop()
        engines.stop(STATE)
    print(report)
    return 1 if report.differences else 0


def _own_ground() -> ground.Ground:
    """As for tests, on a server that may be restarted and keeps what was committed."""
    server_url = engines.start(STATE, durable=True).database_url
    shared = ground.ground_for("soak", number=15)
    return ground.Ground(
        shared.name,
        server_url,
        ground._with_database(server_url, shared.name),
        shared.redis_url,
    )


def _restarts():  # type: ignore[no-untyped-def]
    """Stopped and started, and in turn killed and started."""
    count = 0

    def restart() -> str:
        nonlocal count
        count += 1
        if count % 2:
            engines.stop(STATE)
            done = "PostgreSQL restarted"
        else:
            pid = (STATE / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
            psutil.Process(int(pid)).kill()
            done = "PostgreSQL killed (SIGKILL) and started"
        engines.start(STATE, durable=True)
        return done

    return restart


if __name__ == "__main__":
    sys.exit(main())
