"""How long the accountants' workbook takes, and that its memory does not grow with the ledger."""

import os
import tempfile
import threading
import time
from datetime import UTC, date, datetime

import psutil
from django.db import connection, transaction

from campaigns import export
from campaigns.models import ExportState, LedgerExport
from newsroom.readers.models import Reader
from tests.bench.table import Row

FEW, MANY = 10_000, 1_000_000 if os.environ.get("BENCH_LARGE") else 100_000
# What may differ between the two peaks: the allocator's own play.
PLAY_MIB = 32
MIB = 1024 * 1024
FIRST_AT = datetime(2031, 1, 2, tzinfo=UTC).timestamp()
YEAR = (date(2031, 1, 1), date(2031, 12, 31))

_ENTRIES = """
INSERT INTO campaigns_ledgerentry (source_key, kind, reporting_category, amount, currency, fee,
    settlement_amount, settlement_currency, occurred_at, charge_id)
SELECT 'stripe:txn_export_' || n, 'charge', 'charge', 2500, 'cad', 103, 2500, 'cad',
    to_timestamp(%s + 20 * n), 'ch_export_' || n
FROM generate_series(1, %s) n
"""


def exporting() -> list[Row]:
    """A workbook of few entries and one of many, each in a transaction that is rolled back."""
    (few_mib, _few), (many_mib, taken) = [_written(count) for count in (FEW, MANY)]
    return [
        Row(f"workbook of {MANY:,} entries", f"{taken:,.0f} s, {MANY / taken:,.0f}/s"),
        Row(
            f"memory a workbook adds at {MANY:,} entries : at {FEW:,}",
            f"{many_mib:.0f} MiB",
            f"{few_mib:.0f} MiB",
            goal=f"≤ {PLAY_MIB} MiB more",
            met=many_mib - few_mib <= PLAY_MIB,
        ),
    ]


def _written(count: int) -> tuple[float, float]:
    """By how many MiB this process grew at its largest, and the seconds it took."""
    with transaction.atomic(), tempfile.TemporaryFile() as file:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(_ENTRIES, [FIRST_AT, count])
        asked = LedgerExport.objects.create(
            since=YEAR[0],
            until=YEAR[1],
            state=ExportState.WRITING,
            attempts=1,
            asked_by=Reader.objects.create(email="accountant@bench.example"),
        )
        process = psutil.Process()
        before = most = process.memory_info().rss
        done = threading.Event()

        def look() -> None:
            nonlocal most
            while not done.wait(0.05):
                most = max(most, process.memory_info().rss)

        looking = threading.Thread(target=look)
        looking.start()
        began = time.perf_counter()
        try:
            export.write_workbook(asked, file)
        finally:
            done.set()
            looking.join()
        taken = time.perf_counter() - began
        asked.refresh_from_db()
        if asked.rows != count or not file.tell():
            raise RuntimeError(f"The workbook has {asked.rows} entries and not {count}.")
        transaction.set_rollback(True)
    return (most - before) / MIB, taken
