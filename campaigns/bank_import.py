"""A statement of the bank's: read, each sum shown with what it is, then kept; undone as a whole.

CSV with a heading line: `date, amount, description`. A sum is a payout when the bank names it, or
when the amount is the payout's and the day fits. The same sum is kept once, however often its
file is sent.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.csv_lines import FileRefused, Line, read_lines
from campaigns.models import BankLine, BankStatement, LineFate, Payout, PayoutState
from newsroom.audit import log as audit
from newsroom.money import AmountError, Money, parse_amount
from newsroom.readers.models import Reader

COLUMNS: Final = ("date", "amount", "description")
NEEDED: Final = ("date", "amount")
# Between the day Stripe expected and the day the bank booked.
EARLY: Final = timedelta(days=3)
LATE: Final = timedelta(days=10)
# How near a sum that names Stripe must be to stand for a payout of another amount.
NEAR: Final = timedelta(days=2)


class StatementRefused(ValueError):
    """The statement is not kept or not undone; the text says why."""


class Fate(StrEnum):
    """What a row is; the first three are kept as they are."""

    MATCHED = "matched"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    KNOWN = "known"
    NOT_A_DEPOSIT = "not_a_deposit"
    WRONG = "wrong"


# What a bank may have booked.
ARRIVING: Final = (PayoutState.PAID, PayoutState.IN_TRANSIT, PayoutState.FAILED)
KEPT: Final = (Fate.MATCHED, Fate.DIFFERS, Fate.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file. `amount` in minor units; `key` names it among all that were kept."""

    number: int
    typed: dict[str, str]
    fate: Fate
    day: date | None = None
    amount: int = 0
    currency: str = ""
    key: str = ""
    payout: Payout | None = None
    problem: str = ""

    @property
    def money(self) -> Money | None:
        """None when it could not be read."""
        return Money(self.amount, self.currency) if self.currency else None


def read(data: bytes, currency: str) -> list[Row]:
    """Every row with its fate; writes nothing. Raises FileRefused."""
    rows = _keyed([_row(line, currency) for line in read_lines(data, COLUMNS, NEEDED)], currency)
    known = set(
        BankLine.objects.filter(undone=False, row__in=[r.key for r in rows if r.key]).values_list(
            "row", flat=True
        )
    )
    rows = [replace(row, fate=Fate.KNOWN) if row.key in known else row for row in rows]
    return match(rows, _candidates(rows, currency))


def keep(rows: list[Row], *, name: str, currency: str, by: Reader) -> BankStatement:
    """Keep the rows that say something of the account, as one statement, or none of them.

    Raises StatementRefused when nothing is new, or when somebody was quicker with the same file.
    """
    new = [(row, row.day) for row in rows if row.fate in KEPT and row.day]
    if not new:
        raise StatementRefused(_("There is nothing new in this file."))
    try:
        with transaction.atomic():
            statement = BankStatement.objects.create(
                name=name[:120], currency=currency, imported_by=by
            )
            BankLine.objects.bulk_create(
                BankLine(
                    statement=statement,
                    day=day,
                    amount=row.amount,
                    # What is none of ours may name people: it is known again by its hash.
                    description=row.typed["description"][:200] if row.payout else "",
                    row=row.key,
                    fate=LineFate(row.fate),
                    payout=row.payout,
                )
                for row, day in new
            )
            fates = Counter(row.fate for row, _day in new)
            audit.record(
                by,
                "imported",
                statement,
                f"Brought in a bank statement of {len(new)} sums",
                **{fate.value: fates[fate] for fate in KEPT},
            )
    except IntegrityError as error:
        raise StatementRefused(
            _("Somebody has just brought in some of these rows: look at the file again.")
        ) from error
    return statement


def undo(statement: BankStatement, *, by: Reader, moment: datetime) -> None:
    """Take a statement back: its payouts are on no statement again. Raises StatementRefused."""
    with transaction.atomic():
        found = BankStatement.objects.select_for_update().get(pk=statement.pk)
        if found.undone_at:
            raise StatementRefused(_("This statement was undone already."))
        found.undone_at, found.undone_by = moment, by
        found.save(update_fields=["undone_at", "undone_by"])
        lines = found.lines.update(undone=True)
        audit.record(by, "undid", found, f"Undid a bank statement of {lines} sums")


def find_again(payout: Payout) -> BankLine | None:
    """Give a payout that nobody knew of when its statement came the sum that it is: one of the same
    amount on a day that fits, the nearest day first. Call inside a transaction."""
    if payout.state not in ARRIVING or payout.bank_lines.filter(undone=False).exists():
        return None
    fitting = BankLine.objects.select_for_update(of=("self",)).filter(
        undone=False,
        fate=LineFate.UNKNOWN,
        statement__currency=payout.currency,
        amount=payout.amount,
        day__gte=payout.arrives_on - EARLY,
        day__lte=payout.arrives_on + LATE,
    )
    line = min(fitting, key=lambda each: abs(each.day - payout.arrives_on), default=None)
    if line is not None:
        line.fate, line.payout = LineFate.MATCHED, payout
        line.save(update_fields=["fate", "payout"])
    return line


def match(rows: list[Row], payouts: Iterable[Payout]) -> list[Row]:
    """Each row with the payout it is, each payout given to one row. Pure.

    What the bank names is certain; then an equal amount on a day that fits, the nearest day first;
    then a sum that names Stripe, when one payout alone is near.
    """
    free = {payout.pk: payout for payout in payouts}
    result = list(rows)
    for step in (_named, _equal, _near):
        for place, row in enumerate(result):
            if row.fate is not Fate.UNKNOWN or row.day is None:
                continue
            payout = step(row, list(free.values()))
            if payout is not None:
                del free[payout.pk]
                same = payout.amount == row.amount
                fate = Fate.MATCHED if same else Fate.DIFFERS
                result[place] = replace(row, fate=fate, payout=payout)
    return result


def _named(row: Row, payouts: list[Payout]) -> Payout | None:
    words = row.typed["description"].casefold()
    for payout in payouts:
        names = [name.casefold() for name in (payout.stripe_id, payout.trace) if name]
        if any(name in words for name in names):
            return payout
    return None


def _equal(row: Row, payouts: list[Payout]) -> Payout | None:
    day = row.day
    assert day is not None
    fitting = [
        p for p in payouts if p.amount == row.amount and -EARLY <= day - p.arrives_on <= LATE
    ]
    return min(fitting, key=lambda p: (abs(day - p.arrives_on), p.arrives_on), default=None)


def _near(row: Row, payouts: list[Payout]) -> Payout | None:
    day = row.day
    assert day is not None
    if "stripe" not in row.typed["description"].casefold():
        return None
    near = [p for p in payouts if abs(day - p.arrives_on) <= NEAR]
    return near[0] if len(near) == 1 else None


def _row(line: Line, currency: str) -> Row:
    number, typed = line
    try:
        day = date.fromisoformat(typed["date"])
    except ValueError:
        problem = _("The date must look like 2026-06-03.")
        return Row(number, typed, Fate.WRONG, problem=problem)
    sum_typed = typed["amount"].replace("\u2212", "-")
    taken = sum_typed.startswith(("-", "(")) or sum_typed.endswith("-")
    try:
        amount = parse_amount(sum_typed.strip("-()"), currency).amount
    except AmountError as error:
        return Row(number, typed, Fate.WRONG, problem=str(error))
    fate = Fate.NOT_A_DEPOSIT if taken or not amount else Fate.UNKNOWN
    return Row(number, typed, fate, day, amount, currency)


def _keyed(rows: list[Row], currency: str) -> list[Row]:
    """Two equal lines of one file are two sums; the file sent again brings neither."""
    seen: Counter[str] = Counter()
    keyed = []
    for row in rows:
        if row.fate is Fate.UNKNOWN and row.day:
            words = row.typed["description"].casefold()
            same = json.dumps([currency, row.day.isoformat(), row.amount, words])
            seen[same] += 1
            key = hashlib.sha256(f"{same}|{seen[same]}".encode()).hexdigest()
            row = replace(row, key=key)
        keyed.append(row)
    return keyed


def _candidates(rows: list[Row], currency: str) -> list[Payout]:
    """Payouts that are on no statement yet and may have arrived in the days of the file."""
    days = [row.day for row in rows if row.day]
    if not days:
        return []
    arrived = BankLine.objects.filter(undone=False, payout__isnull=False).values("payout")
    return list(
        Payout.objects.filter(
            currency=currency,
            state__in=ARRIVING,
            arrives_on__gte=min(days) - LATE,
            arrives_on__lte=max(days) + EARLY,
        )
        .exclude(pk__in=arrived)
        .order_by("arrives_on", "pk")
    )


__all__ = [
    "Fate",
    "FileRefused",
    "Row",
    "StatementRefused",
    "find_again",
    "keep",
    "match",
    "read",
    "undo",
]
