"""The background of the sandbox: sends what is owed, settles what is late, ends what is overdue.

Everything it does waits for nothing but its own clock and `Sandbox.wake`; HTTP goes out from a few
threads, the state is touched on the event loop only.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
import os
import sqlite3
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from . import deliveries, payments, signing, webhooks
from .passing import pass_time
from .state import Sandbox

AT_ONCE = 8
PATIENCE = 10.0  # seconds an endpoint has to answer
LONGEST_REST = 1.0
_log = logging.getLogger("newsroom.sandbox")


class Background:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="delivery")
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._parent = os.getppid()

    async def run(self) -> None:
        while True:
            self._sandbox.wake.clear()
            try:
                self._do_what_is_due()
            except Exception:
                # Whatever it was, what is owed next must still go out.
                _log.exception("The sandbox's background stumbled")
            self._leave_if_orphaned()
            try:
                await asyncio.wait_for(self._sandbox.wake.wait(), self._rest())
            except TimeoutError:
                continue

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _rest(self) -> float:
        soonest = deliveries.next_due(self._sandbox.store, sorted(self._busy))
        if soonest is None or len(self._busy) >= AT_ONCE:
            return LONGEST_REST
        return min(LONGEST_REST, max(0.01, soonest - time.time()))

    def _do_what_is_due(self) -> None:
        store = self._sandbox.store
        with store.transaction():
            pass_time(self._sandbox)
            payments.settle_due(self._sandbox, time.time())
        self._start_reversed_batch()
        free = AT_ONCE - len(self._busy)
        if free > 0:
            for row in deliveries.due(store, time.time(), sorted(self._busy), free):
                self._start([row])

    def _start_reversed_batch(self) -> None:
        waiting = deliveries.held_in_reverse(self._sandbox.store, sorted(self._busy))
        if not waiting:
            return
        spec = self._sandbox.faults.on.get("reversed", {"size": 1, "seconds": 0})
        size = max(1, int(spec["size"]))
        if len(waiting) >= size:
            self._start(waiting[:size][::-1])
        elif time.time() - waiting[-1]["made_at"] >= spec["seconds"]:
            self._start(waiting[::-1])

    def _start(self, rows: list[sqlite3.Row]) -> None:
        self._busy.update(row["seq"] for row in rows)
        task = asyncio.get_running_loop().create_task(self._deliver(rows))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, rows: list[sqlite3.Row]) -> None:
        """Send these one after the other."""
        for row in rows:
            try:
                await self._deliver_one(row)
            finally:
                self._busy.discard(row["seq"])
        self._sandbox.wake.set()

    async def _deliver_one(self, row: sqlite3.Row) -> None:
        store = self._sandbox.store
        endpoint = store.find(row["endpoint"], "webhook_endpoint")
        payload = deliveries.payload_of(store, row)
        if endpoint is None or payload is None or endpoint["status"] != "enabled":
            deliveries.drop(store, row, "The endpoint is gone or disabled.")
            return
        secrets = webhooks.valid_secrets(store, endpoint["id"], time.time())
        if row["attempts"] < row["wrong_signatures"]:
            secrets = ["whsec_not_the_secret_of_this_endpoint"]
        moment = int(row["signed_at"] if row["signed_at"] is not None else time.time())
        header = signing.signature_header(payload, secrets, moment)
        status, error = await asyncio.get_running_loop().run_in_executor(
            self._threads, post, endpoint["url"], payload, header
        )
        deliveries.record(store, row, status, error)
        _log.info(
            "delivery seq=%s event=%s type=%s status=%s", row["seq"], row["event"],
            row["event_type"], status or error,
        )  # fmt: skip

    def _leave_if_orphaned(self) -> None:
        # A supervisor killed outright cannot tell its worker to stop; nobody would.
        if os.getppid() != self._parent:
            _log.warning("The sandbox's supervisor is gone: stopping.")
            os._exit(1)


def post(url: str, payload: bytes, signature: str) -> tuple[int | None, str | None]:
    """One POST as Stripe makes it: no redirects, any 2xx is well. Returns status and error."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request(
            "POST",
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            body=payload,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Accept": "*/*; q=0.5, application/xml",
                "Cache-Control": "no-cache",
                "Stripe-Signature": signature,
            },
        )
        answer = connection.getresponse()
        answer.read(65_536)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"[:300]
    finally:
        connection.close()
    well = 200 <= answer.status < 300
    return answer.status, None if well else f"The endpoint answered {answer.status}."
