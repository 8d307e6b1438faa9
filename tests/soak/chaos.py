"""What is done to the newsroom while gifts are given; each injector keeps its own rhythm.

The rhythms are drawn from the seed. What the machine makes of them is not: two runs with one seed
have the same gifts and the same faults in the same order, not at the same instruction.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
import requests
from redis import Redis

from tests.soak.stack import WORKERS, SoakStack

STRIPE_FAULTS = {
    "twice": {"probability": 0.25},
    "late": {"probability": 0.1, "seconds": 8},
    "reversed": {"probability": 0.1, "size": 5, "seconds": 2},
    "never": {"probability": 0.06},
    "wrong_signature": {"probability": 0.05},
    "burst": {"probability": 0.06},
    "api_429": {"probability": 0.02},
    "api_500": {"probability": 0.02},
    "api_500_after_effect": {"probability": 0.02, "method": "POST"},
    "timeout_after_effect": {"probability": 0.006, "seconds": 3},
    "api_slow": {"probability": 0.01, "seconds": 1},
    "late_balance_transaction": {"probability": 0.1, "seconds": 3},
}


_SENDING: Final = "SELECT message_id FROM mail_outboxmail WHERE state = 'sending'"
# Events worked off and mails sent.
_DONE: Final = """
SELECT (SELECT count(*) FROM campaigns_inboxevent WHERE processed_at IS NOT NULL)
    + (SELECT count(*) FROM mail_outboxmail WHERE state = 'sent')
"""


@dataclass(frozen=True)
class Rhythm:
    """Seconds between strikes of each injector, at least and at most.

    A worker is killed at its work, not at its start: on a busy machine, where starting takes as
    long as living, only after both have done `work` things, or been idle for `idle` seconds.
    """

    kill_worker: tuple[float, float] = (1.5, 6)
    flush_redis: tuple[float, float] = (8, 25)
    restart_database: tuple[float, float] = (25, 60)
    restart_site: tuple[float, float] = (30, 70)
    close_post: tuple[float, float] = (15, 40)
    change_webhooks: tuple[float, float] = (2, 6)
    work: int = 25
    idle: float = 15


class Chaos:
    """`struck` counts every fault that this process injected; the sandbox counts its own."""

    def __init__(
        self, stack: SoakStack, seed: int, rhythm: Rhythm, restart_database: Callable[[], str]
    ) -> None:
        self.stack, self.seed = stack, seed
        self.struck: Counter[str] = Counter()
        # Mails that somebody was sending when a worker was killed, by Message-ID.
        self.in_flight: set[str] = set()
        self.failed: list[str] = []
        self._restart_database = restart_database
        self._rhythm = rhythm
        self._killed_at = (0, 0.0)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(name, act, between), daemon=True)
            for name, act, between in (
                ("kill worker", self._kill_worker, rhythm.kill_worker),
                ("flush redis", self._flush_redis, rhythm.flush_redis),
                ("restart database", self._database, rhythm.restart_database),
                ("restart site", self._site, rhythm.restart_site),
                ("close post", self._post, rhythm.close_post),
                ("change webhooks", self._webhooks, rhythm.change_webhooks),
            )
        ]

    def start(self) -> None:
        self._switch({"seed": self.seed, **STRIPE_FAULTS})
        self.stack.post.chance = 0.04
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """All faults off; what was held back is let go; both workers live."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.stack.post.chance = 0.0
        self._switch(dict.fromkeys(STRIPE_FAULTS))
        self._release()
        for name in WORKERS:
            self.stack.wait_for_worker(name)

    def _keep(
        self, name: str, act: Callable[[random.Random], None], between: tuple[float, float]
    ) -> None:
        chance = random.Random(f"{self.seed}:{name}")
        while not self._stop.wait(chance.uniform(*between)):
            try:
                act(chance)
            except Exception as trouble:
                self.failed.append(f"{name}: {trouble!r}")
                return

    def _kill_worker(self, chance: random.Random) -> None:
        name = chance.choice(WORKERS)
        if not self.stack.takes_tasks(name):
            return
        done, since = self._ask(_DONE)[0][0], time.monotonic()
        before, then = self._killed_at
        if done - before < self._rhythm.work and since - then < self._rhythm.idle:
            return
        self._killed_at = done, since
        self.stack.kill_bred(name)
        self.struck["worker killed (SIGKILL)"] += 1
        self.stack.breed(name)
        self._note_in_flight()

    def _note_in_flight(self) -> None:
        """What the dead left claimed stays so until its lease ends: looking now is in time."""
        self.in_flight |= {str(row[0]) for row in self._ask(_SENDING)}

    def _ask(self, query: LiteralString) -> list[tuple[Any, ...]]:
        for _try in range(1200):
            with suppress(psycopg.Error), psycopg.connect(self.stack.ground.database_url) as asked:
                return asked.execute(query).fetchall()
            time.sleep(0.1)
        raise RuntimeError("the database did not come back")

    def _flush_redis(self, _chance: random.Random) -> None:
        Redis.from_url(self.stack.ground.redis_url).flushall()
        self.struck["Redis emptied (FLUSHALL)"] += 1

    def _database(self, _chance: random.Random) -> None:
        self.struck[self._restart_database()] += 1

    def _site(self, _chance: random.Random) -> None:
        self.stack.restart_site()
        self.struck["site killed and started"] += 1

    def _post(self, chance: random.Random) -> None:
        self.stack.post.close()
        self.struck["mail server refused connections for a while"] += 1
        self._stop.wait(chance.uniform(0.5, 2))
        self.stack.post.open()

    def _webhooks(self, chance: random.Random) -> None:
        """Bursts are let go; how often a doubled event comes changes: two, three or four times."""
        self._switch({"twice": STRIPE_FAULTS["twice"] | {"times": chance.randint(2, 4)}})
        self.struck["burst of webhooks let go"] += self._release() > 0

    def _switch(self, faults: dict[str, object]) -> None:
        url = f"{self.stack.sandbox_url}/sandbox/faults"
        requests.post(url, json=faults, timeout=30).raise_for_status()

    def _release(self) -> int:
        url = f"{self.stack.sandbox_url}/sandbox/faults/release"
        return int(requests.post(url, json={}, timeout=30).json()["released"])
