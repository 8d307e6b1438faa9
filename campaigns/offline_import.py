"""A file of offline gifts: read, shown row by row before anything is kept, then entered.

CSV with a heading line: `date, amount, method, name, email, reference`; comma or semicolon, UTF-8.
The same row in the same campaign is entered once, however often its file is sent.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.translation import gettext as _

from campaigns import offline
from campaigns.csv_lines import LARGEST_FILE, FileRefused, Line, read_lines
from campaigns.models import Campaign, Method, OfflineGift
from newsroom.money import AmountError, parse_amount
from newsroom.readers.models import Reader

__all__ = ["LARGEST_FILE", "FileRefused"]
COLUMNS: Final = ("date", "amount", "method", "name", "email", "reference")
NEEDED: Final = ("date", "amount", "method")


class Fate(StrEnum):
    """What becomes of a row."""

    BOOKED = "booked"
    WAITS = "waits"
    KNOWN = "known"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file; `number` as a spreadsheet counts. `problem` only when it is wrong."""

    number: int
    fate: Fate
    gift: OfflineGift | None
    typed: dict[str, str]
    problem: str = ""


def read(data: bytes, campaign: Campaign, today: date) -> list[Row]:
    """Every row with its fate; writes nothing. Raises FileRefused."""
    return _judged(read_lines(data, COLUMNS, NEEDED), campaign, today)


def enter_all(rows: list[Row], by: Reader) -> Counter[Fate]:
    """Enter what can be entered, each row on its own; how many met which fate."""
    fates: Counter[Fate] = Counter()
    for row in rows:
        fate = row.fate
        if row.gift and fate in (Fate.BOOKED, Fate.WAITS):
            try:
                offline.enter(row.gift, by=by)
            except IntegrityError:
                # Sent twice at once: the other request entered it.
                fate = Fate.KNOWN
        fates[fate] += 1
    return fates


def _judged(lines: list[Line], campaign: Campaign, today: date) -> list[Row]:
    seen: Counter[str] = Counter()
    rows = []
    for number, typed in lines:
        try:
            gift = _gift(typed, campaign)
            offline.check(gift, today)
        except (ValueError, offline.OfflineRefused) as problem:
            rows.append(Row(number, Fate.WRONG, None, typed, str(problem)))
            continue
        # Two equal lines of one file are two gifts; the file sent again brings neither.
        same = _same(gift)
        seen[same] += 1
        gift.row = hashlib.sha256(f"{same}|{seen[same]}".encode()).hexdigest()
        waits = offline.needs_second_look(gift.amount)
        rows.append(Row(number, Fate.WAITS if waits else Fate.BOOKED, gift, typed))
    known = set(
        OfflineGift.objects.filter(row__in=[r.gift.row for r in rows if r.gift]).values_list(
            "row", flat=True
        )
    )
    return [
        Row(r.number, Fate.KNOWN, r.gift, r.typed) if r.gift and r.gift.row in known else r
        for r in rows
    ]


def _same(gift: OfflineGift) -> str:
    """What makes two rows the same gift, however a spreadsheet writes them."""
    words = (gift.name.casefold(), gift.email.lower(), gift.reference.casefold())
    return json.dumps(
        [gift.campaign_id, gift.received_on.isoformat(), gift.amount, str(gift.method), *words]
    )


def _gift(typed: dict[str, str], campaign: Campaign) -> OfflineGift:
    """Raises ValueError with a sentence for what is wrong in the row."""
    try:
        day = date.fromisoformat(typed["date"])
    except ValueError:
        raise ValueError(_("The date must look like 2026-06-03.")) from None
    try:
        amount = parse_amount(typed["amount"], campaign.currency).amount
    except AmountError as error:
        raise ValueError(str(error)) from error
    method = typed["method"].lower().replace("-", "_").replace(" ", "_")
    if method not in Method.values:
        allowed = ", ".join(Method.values)
        raise ValueError(_("The method must be one of: %(allowed)s.") % {"allowed": allowed})
    if typed["email"]:
        try:
            validate_email(typed["email"])
        except ValidationError:
            raise ValueError(_("The e-mail address is not one.")) from None
    for name, most in (("name", 200), ("email", 320), ("reference", 80)):
        if len(typed[name]) > most:
            raise ValueError(_("“%(name)s” is too long.") % {"name": name})
    return OfflineGift(
        campaign=campaign,
        amount=amount,
        method=method,
        received_on=day,
        name=typed["name"],
        email=typed["email"],
        reference=typed["reference"],
    )
