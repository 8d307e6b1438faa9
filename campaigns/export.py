"""The ledger of a period for accountants: rows one by one, or a workbook written by a worker.

Memory does not grow with the number of entries: rows come from a cursor of the database, the
workbook's sheets go to temporary files as they are written (openpyxl's write-only mode), and
the finished file to the database in pieces, as site and workers may share no folder.
"""

import logging
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from campaigns import tables
from campaigns.models import (
    Campaign,
    EntryKind,
    ExportPiece,
    ExportState,
    LedgerEntry,
    LedgerExport,
)
from campaigns.models.ledger import OFFLINE, RECEIVED
from campaigns.receipts import reference
from newsroom import spreadsheet
from newsroom.money import Money

log = logging.getLogger(__name__)

CHUNK = 2000
PIECE = 512 * 1024
LEASE = timedelta(minutes=2)
# While a finished workbook is put together its writer says this often that it is alive, in seconds.
ALIVE_EVERY = 20
KEPT = timedelta(days=1)
MOST_ATTEMPTS = 3
# A sheet of Excel's ends at 1,048,576 rows.
ROWS_OF_A_SHEET = 1_000_000


class LeaseLost(Exception):
    """Another worker has begun this workbook anew; this one's is thrown away."""


Row = list[str | int | Decimal | None]


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the newsroom's time zone, both included; `campaign` None is every one, and what
    belongs to none."""

    since: date
    until: date
    campaign: Campaign | None = None

    def entries(self) -> QuerySet[LedgerEntry]:
        zone = ZoneInfo(settings.TIME_ZONE)
        begin = datetime.combine(self.since, datetime.min.time(), tzinfo=zone)
        end = datetime.combine(self.until + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        entries = LedgerEntry.objects.filter(occurred_at__gte=begin, occurred_at__lt=end)
        return entries.filter(campaign=self.campaign) if self.campaign else entries


def period_of(export: LedgerExport) -> Period:
    assert export.since is not None
    assert export.until is not None
    return Period(export.since, export.until, export.campaign)


def headings(with_donors: bool) -> list[str]:
    zone = settings.TIME_ZONE
    found = [
        _("Entry"),
        _("Occurred (%(zone)s)") % {"zone": zone},
        _("Recorded (%(zone)s)") % {"zone": zone},
        _("Kind"),
        _("Campaign"),
        _("Amount"),
        _("Currency"),
        _("Stripe’s fee"),
        _("Settled"),
        _("Settled in"),
        _("At Stripe"),
        _("Payment"),
        _("Charge"),
        _("Donation"),
        _("Sponsor"),
    ]
    return [*found, _("Donor"), _("E-mail")] if with_donors else found


def entries_of(period: Period) -> Iterator[LedgerEntry]:
    """The entries of a period by their moment, a few thousand at a time."""
    joined = period.entries().select_related("campaign", "payment", "donation__donor", "match")
    return joined.order_by("occurred_at", "pk").iterator(chunk_size=CHUNK)


def row(entry: LedgerEntry, with_donors: bool) -> Row:
    """One entry as `headings` has it; amounts in major units with their currency beside."""
    donation = entry.donation
    found: Row = [
        entry.pk,
        _moment(entry.occurred_at),
        _moment(entry.recorded_at),
        str(entry.get_kind_display()),
        entry.campaign.title if entry.campaign else "",
        Money(entry.amount, entry.currency).major,
        entry.currency.upper(),
        Money(entry.fee, entry.settlement_currency).major,
        Money(entry.settlement_amount, entry.settlement_currency).major,
        entry.settlement_currency.upper(),
        entry.source_key.removeprefix("stripe:"),
        entry.payment.stripe_id if entry.payment else "",
        entry.charge_id,
        reference(donation) if donation else "",
        entry.match.sponsor if entry.match else "",
    ]
    if with_donors:
        donor = donation.donor if donation else None
        found += [donor.name if donor else "", (donor.email or "") if donor else ""]
    return found


def _moment(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(slots=True)
class Sums:
    """What the entries of one campaign come to, as the desk's figures have it; minor units."""

    received: int = 0
    reversed: int = 0
    matched: int = 0
    offline: int = 0
    fees: int = 0
    entries: int = 0

    def add(self, entry: LedgerEntry) -> None:
        match = entry.kind == EntryKind.MATCH
        received = entry.kind in RECEIVED
        self.received += entry.amount if received else 0
        self.reversed -= 0 if received or match else entry.amount
        self.matched += entry.amount if match else 0
        self.offline += entry.amount if entry.kind in OFFLINE else 0
        self.fees += entry.counted_fee
        self.entries += 1

    @property
    def raised(self) -> int:
        return self.received - self.reversed + self.matched


@dataclass(slots=True)
class Totals:
    """Sums by campaign (title and slug, "" for none) and currency. The slug tells campaigns of one
    title apart."""

    by: dict[tuple[str, str, str], Sums] = field(default_factory=dict)

    def add(self, entry: LedgerEntry) -> None:
        campaign = entry.campaign
        of = (campaign.title, campaign.slug) if campaign else ("", "")
        self.by.setdefault((*of, entry.currency), Sums()).add(entry)

    def rows(self) -> Iterator[Row]:
        yield [
            _("Campaign"),
            _("Currency"),
            _("Received"),
            _("Went back"),
            _("Matched"),
            _("Raised"),
            _("Of that not through Stripe"),
            _("Stripe’s fees"),
            _("Entries"),
            _("Campaign’s address"),
        ]
        for (title, slug, currency), sums in sorted(self.by.items()):
            amounts = (sums.received, sums.reversed, sums.matched, sums.raised, sums.offline)
            yield [
                title or _("Unattributed"),
                currency.upper(),
                *(Money(amount, currency).major for amount in (*amounts, sums.fees)),
                sums.entries,
                slug,
            ]


def csv_rows(period: Period, with_donors: bool) -> Iterator[Row]:
    for entry in entries_of(period):
        yield row(entry, with_donors)


def work_off(export_id: int, now: datetime) -> bool:
    """Write one workbook, if nobody else does; whether it was written.

    A worker killed meanwhile leaves a lease that runs out; then it is begun anew.
    """
    free = Q(state=ExportState.WAITING) | Q(state=ExportState.WRITING, claimed_until__lt=now)
    claimed = LedgerExport.objects.filter(free, pk=export_id).update(
        state=ExportState.WRITING,
        claimed_until=now + LEASE,
        attempts=F("attempts") + 1,
        written=0,
    )
    if not claimed:
        return False
    export = LedgerExport.objects.select_related("campaign").get(pk=export_id)
    if export.attempts > MOST_ATTEMPTS:
        LedgerExport.objects.filter(pk=export_id).update(state=ExportState.FAILED)
        log.error("export %s given up after %s attempts", export_id, MOST_ATTEMPTS)
        return False
    try:
        with tempfile.TemporaryFile() as file:
            (write_table if export.table else write_workbook)(export, file)
            _keep(export, file)
    except LeaseLost:
        log.warning("export %s is written by another worker", export_id)
        return False
    return True


def write_workbook(export: LedgerExport, file: IO[bytes]) -> None:
    """The ledger and its totals as a workbook; tells its progress every `CHUNK` rows."""
    period = period_of(export)
    LedgerExport.objects.filter(pk=export.pk).update(rows=period.entries().count())
    book = Workbook(write_only=True)
    first = book.create_sheet(_("Totals"))
    totals = Totals()
    sheet: Any = None
    for n, entry in enumerate(entries_of(period)):
        if n % ROWS_OF_A_SHEET == 0:
            number = n // ROWS_OF_A_SHEET
            sheet = book.create_sheet(_("Ledger") + (f" {number + 1}" if number else ""))
            sheet.freeze_panes = "A2"
            sheet.append(headings(export.with_donors))
        totals.add(entry)
        sheet.append(_cells(row(entry, export.with_donors)))
        if n % CHUNK == CHUNK - 1:
            _tell(export, written=n + 1)
    first.append([f"{export.since} – {export.until} ({settings.TIME_ZONE})"])
    for line in totals.rows():
        first.append(_cells(line))
    book.save(_Alive(file, export))  # type: ignore[arg-type]


class _Alive:
    """A file that tells, while it is written, that its writer lives: to put a large workbook
    together takes longer than a lease."""

    def __init__(self, file: IO[bytes], export: LedgerExport) -> None:
        self._file, self._export, self._told = file, export, 0.0

    def write(self, data: bytes) -> int:
        if time.monotonic() - self._told >= ALIVE_EVERY:
            self._told = time.monotonic()
            _tell(self._export)
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def write_table(export: LedgerExport, file: IO[bytes]) -> None:
    """A table of the desk's figures as a workbook, row by row; tells its progress as the ledger
    does."""
    table = tables.table(export.table)
    LedgerExport.objects.filter(pk=export.pk).update(rows=table.count(export.asked))
    book = Workbook(write_only=True)
    sheet: Any = None
    n = -1
    for n, line in enumerate(table.rows(export.asked)):
        if n % ROWS_OF_A_SHEET == 0:
            sheet = _sheet(book, str(table.title), n // ROWS_OF_A_SHEET)
            sheet.append(_cells(table.headings(export.asked)))
        sheet.append(_cells(line))
        if n % CHUNK == CHUNK - 1:
            _tell(export, written=n + 1)
    if sheet is None:
        _sheet(book, str(table.title), 0).append(_cells(table.headings(export.asked)))
    _tell(export, rows=n + 1)
    book.save(file)


def _sheet(book: Workbook, title: str, number: int) -> Any:
    """Excel knows no name of more than 31 characters."""
    sheet: Any = book.create_sheet(title[:28] + (f" {number + 1}" if number else ""))
    sheet.freeze_panes = "A2"
    return sheet


def _cells(values: Iterable[str | int | Decimal | None]) -> list[str | int | Decimal | None]:
    """Numbers stay numbers; text is text, whatever it begins with, and without what no workbook
    may hold."""
    return [
        re.sub(ILLEGAL_CHARACTERS_RE, "", spreadsheet.cell(value))
        if isinstance(value, str)
        else value
        for value in values
    ]


def _tell(export: LedgerExport, **progress: int) -> None:
    """Go on holding the lease. Raises LeaseLost when another worker has it."""
    mine = LedgerExport.objects.filter(
        pk=export.pk, attempts=export.attempts, state=ExportState.WRITING
    )
    if not mine.update(claimed_until=timezone.now() + LEASE, **progress):
        raise LeaseLost


def _keep(export: LedgerExport, file: IO[bytes]) -> None:
    with transaction.atomic():
        # Its row is ours until the end of the transaction: nobody begins anew meanwhile.
        _tell(export)
        ExportPiece.objects.filter(export=export).delete()
        size = file.tell()
        file.seek(0)
        place = 0
        while data := file.read(PIECE):
            ExportPiece.objects.create(export=export, place=place, data=data)
            place += 1
        LedgerExport.objects.filter(pk=export.pk).update(
            state=ExportState.READY,
            size=size,
            written=F("rows"),
            claimed_until=None,
            ready_at=timezone.now(),
        )


def pieces(export: LedgerExport) -> Iterator[bytes]:
    places = ExportPiece.objects.filter(export=export).order_by("place")
    for place in list(places.values_list("place", flat=True)):
        yield bytes(places.get(place=place).data)


def sweep(now: datetime) -> None:
    """Take up what nobody was asked to write, and forget what was ready long enough."""
    LedgerExport.objects.filter(asked_at__lt=now - KEPT).delete()
    unfinished = Q(state=ExportState.WAITING) | Q(state=ExportState.WRITING, claimed_until__lt=now)
    for export_id in list(LedgerExport.objects.filter(unfinished).values_list("pk", flat=True)):
        work_off(export_id, now)
