"""An existing list brought in: each line with proof of consent, each bad one said, all or nothing.

The file is read as a stream and entered in batches within one transaction, so a million lines take
little memory and one that is cut off leaves nothing half done. The dry run does all of it and
takes it back.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.letters.consent import IMPLIED_FOR
from newsroom.letters.models import (
    Act,
    Consent,
    Newsletter,
    Standing,
    Subscriber,
    Subscription,
    Suppression,
)
from newsroom.mail.addresses import key_of, normal, provider_of
from newsroom.mail.outbox import can_be_written_to

BATCH: Final = 2_000
NEEDED: Final = ("email", "consented_on", "proof")


class ImportRefused(ValueError):
    """The file as a whole cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out; `number` as a spreadsheet counts."""

    number: int
    why: str


@dataclass(slots=True)
class Outcome:
    """How many were entered, how many got it already, how many asked for no letters."""

    entered: int = 0
    there: int = 0
    suppressed: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    email: str
    moment: datetime
    proof: str
    until: datetime | None = None
    key: str = field(default="")


def bring_in(
    lines: Iterable[str], newsletter: Newsletter, now: datetime, *, dry: bool
) -> Iterator[BadLine | Outcome]:
    """Enter the list; gives each bad line as it meets it, and the outcome last. Columns: `email`,
    `consented_on` (YYYY-MM-DD), `proof` (where they said yes, in words), and for implied consent
    `kind` = implied. Raises ImportRefused.
    """
    reader = csv.DictReader(lines)
    names = {(name or "").strip().lower() for name in reader.fieldnames or []}
    if missing := [name for name in NEEDED if name not in names]:
        raise ImportRefused(
            _("The first line must name the columns; missing: %(names)s.")
            % {"names": ", ".join(missing)}
        )
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or []]
    outcome = Outcome()
    with transaction.atomic():
        while read := list(islice(_read(reader, now), BATCH)):
            good: list[_Line] = []
            for each in read:
                if isinstance(each, BadLine):
                    outcome.bad += 1
                    yield each
                else:
                    good.append(each)
            _enter(good, newsletter, outcome)
        if dry:
            transaction.set_rollback(True)
    yield outcome


def _read(reader: "csv.DictReader[str]", now: datetime) -> Iterator[_Line | BadLine]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            yield BadLine(reader.line_num, str(error)[:120])
            continue
        yield _line(reader.line_num, row, now)


def _line(number: int, row: Mapping[str, object], now: datetime) -> _Line | BadLine:
    said = {name: value.strip() for name, value in row.items() if isinstance(value, str)}
    email = normal(said.get("email", ""))
    if not can_be_written_to(email) or len(email) > 254:
        return BadLine(number, _("This is not an e-mail address."))
    try:
        day = date.fromisoformat(said.get("consented_on", ""))
        moment = datetime.combine(day, time(12), ZoneInfo(settings.TIME_ZONE))
    except (ValueError, OverflowError):
        return BadLine(number, _("The day of consent must read like 2026-05-12."))
    if moment > now:
        return BadLine(number, _("The day of consent is still to come."))
    if not said.get("proof"):
        return BadLine(number, _("Without proof of consent nobody is brought in."))
    until = None
    if said.get("kind", "").lower() == "implied":
        if not settings.IMPLIED_CONSENT:
            return BadLine(number, _("Implied consent is not taken here."))
        until = moment + IMPLIED_FOR
        if until <= now:
            return BadLine(number, _("This consent has run out."))
    return _Line(number, email, moment, said["proof"][:300], until, key_of(email))


def _enter(lines: list[_Line], newsletter: Newsletter, outcome: Outcome) -> None:
    by_email = {line.email: line for line in lines}
    outcome.there += len(lines) - len(by_email)
    keys = [line.key for line in by_email.values()]
    off = set(
        Suppression.objects.filter(address_key__in=keys)
        .filter(newsletter__in=[newsletter])
        .values_list("address_key", flat=True)
    ) | set(
        Suppression.objects.filter(address_key__in=keys, newsletter=None).values_list(
            "address_key", flat=True
        )
    )
    wanted = {email: line for email, line in by_email.items() if line.key not in off}
    outcome.suppressed += len(by_email) - len(wanted)
    Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=line.email,
                provider=provider_of(line.email),
                language=newsletter.language,
                confirmed_at=line.moment,
                heard_at=line.moment,
            )
            for line in wanted.values()
        ],
        ignore_conflicts=True,
    )
    people = dict(Subscriber.objects.filter(email__in=list(wanted)).values_list("email", "pk"))
    known = set(
        Subscription.objects.filter(
            newsletter=newsletter, subscriber__in=list(people.values())
        ).values_list("subscriber", flat=True)
    )
    fresh = [(line, people[email]) for email, line in wanted.items() if people[email] not in known]
    outcome.there += len(wanted) - len(fresh)
    Subscription.objects.bulk_create(
        Subscription(
            subscriber_id=subscriber,
            newsletter=newsletter,
            standing=Standing.ACTIVE,
            source="import",
            asked_at=line.moment,
            confirmed_at=line.moment,
            consent_until=line.until,
        )
        for line, subscriber in fresh
    )
    Consent.objects.bulk_create(
        Consent(
            address_key=line.key,
            newsletter=newsletter,
            act=Act.GIVEN,
            express=line.until is None,
            source="import",
            proof=line.proof,
            moment=line.moment,
            until=line.until,
        )
        for line, _subscriber in fresh
    )
    outcome.entered += len(fresh)
