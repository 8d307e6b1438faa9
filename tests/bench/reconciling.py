"""How long a comparison with Stripe's books takes, and that its memory does not grow with them."""

import os
import subprocess
import sys
import time

import psutil
from django.db import connection, transaction
from django.test import override_settings

from campaigns.models import LedgerEntry
from campaigns.reconcile import reconcile
from newsroom.demo import launch
from newsroom.engines.schema import CHECKOUT
from tests.bench.generated import EVERY, FIRST_AT
from tests.bench.table import Row
from tests.waiting import wait_until

FEW, MANY = 10_000, 1_000_000 if os.environ.get("BENCH_LARGE") else 100_000
# What may differ between the two peaks: the allocator's own play.
PLAY_MIB = 16
MIB = 1024 * 1024

_MIRROR = """
INSERT INTO campaigns_ledgerentry (source_key, kind, reporting_category, amount, currency, fee,
    settlement_amount, settlement_currency, occurred_at, charge_id)
SELECT 'stripe:txn_bench_' || n, 'charge', 'charge', 2500, 'cad', 103, 2500, 'cad',
    to_timestamp(%s + %s * n), 'ch_bench_' || n
FROM generate_series(1, %s) n
"""


def reconciling() -> list[Row]:
    """Our entries mirror the list, in a transaction that is rolled back."""
    found = [_compared(count) for count in (FEW, MANY)]
    (few_mib, _few), (many_mib, taken) = found
    return [
        Row(f"reconcile over {MANY:,} transactions", f"{MANY / taken:,.0f}/s"),
        Row(
            f"memory reconcile adds at {MANY:,} transactions : at {FEW:,}",
            f"{many_mib:.0f} MiB",
            f"{few_mib:.0f} MiB",
            goal=f"≤ {PLAY_MIB} MiB more",
            met=many_mib - few_mib <= PLAY_MIB,
        ),
    ]


def _compared(count: int) -> tuple[float, float]:
    """By how many MiB this process grew at its largest, and the seconds it took."""
    port = launch.free_port()
    listing = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.generated", str(port), str(count)], cwd=CHECKOUT
    )
    try:
        wait_until(lambda: launch.listens(port), 30, "the generated list")
        with override_settings(STRIPE_API_BASE=f"http://localhost:{port}"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(_MIRROR, [FIRST_AT, EVERY, count])
            kept = LedgerEntry.objects.filter(source_key__startswith="stripe:").count()
            process = psutil.Process()
            before = most = process.memory_info().rss

            def look(_run: object) -> None:
                nonlocal most
                most = max(most, process.memory_info().rss)

            began = time.perf_counter()
            run = reconcile(on_page=look)
            taken = time.perf_counter() - began
            strangers = kept - count
            if run.compared != count or len(run.differences) > strangers:
                raise RuntimeError(f"The generated list differs: {run.differences[:1]}")
            transaction.set_rollback(True)
    finally:
        listing.kill()
        listing.wait()
    return (most - before) / MIB, taken
