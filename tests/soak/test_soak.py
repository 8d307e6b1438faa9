"""The short soak: everything `make soak` does, in little. A restart of PostgreSQL is a cut of every
connection to our database while none is let in, since other tests stand on the same server."""

import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from tests import ground
from tests.soak.chaos import STRIPE_FAULTS, Rhythm
from tests.soak.post import FAULTS
from tests.soak.run import soak
from tests.soak.stack import SoakStack
from tests.stack import standing_on

GIFTS = 300
SEED = 20260603
RHYTHM = Rhythm(
    kill_worker=(1, 4),
    flush_redis=(4, 9),
    restart_database=(9, 18),
    restart_site=(15, 25),
    close_post=(5, 12),
    change_webhooks=(1, 3),
)


@pytest.fixture
def soak_stack(process_ground: ground.Ground, django_db_blocker) -> Iterator[SoakStack]:
    running = SoakStack(ground.ground_for("soak", number=13), SEED)
    try:
        running.start()
        with django_db_blocker.unblock(), standing_on(running):
            yield running
    finally:
        running.stop()


def _cut(stack: SoakStack) -> str:
    """Nobody is connected, and for a moment nobody can be."""
    name = sql.Identifier(stack.ground.name)
    with psycopg.connect(stack.ground.server_url, autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [stack.ground.name],
            )
            time.sleep(1)
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    return "PostgreSQL gone for a second"


def test_nothing_is_lost_and_nothing_doubled_under_every_fault_at_once(
    soak_stack: SoakStack,
) -> None:
    report = soak(
        soak_stack,
        count=GIFTS,
        seed=SEED,
        rhythm=RHYTHM,
        restart_database=lambda: _cut(soak_stack),
        deadline_after=timedelta(seconds=15),
        say=print,
        patience=240,
    )
    print(report)
    assert report.differences == []
    assert sum(count for what, count in report.lives.items() if what != "failed") >= GIFTS
    struck = [*(f"Stripe: {name}" for name in STRIPE_FAULTS), *FAULTS]
    struck += [
        "worker killed (SIGKILL)",
        "Redis emptied (FLUSHALL)",
        "PostgreSQL gone for a second",
    ]
    assert [fault for fault in struck if not report.faults[fault]] == []
