"""Everything held about a person, put together: whom it is about, and the file of all of it."""

import csv
import io
import json
import zipfile
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from campaigns.models import Donor
from campaigns.personal import donors_of
from newsroom.account.models import AccessRequest
from newsroom.personal import Holding, Kept, Person, Row, holdings, register
from newsroom.readers.accounts import proven_addresses
from newsroom.readers.models import Reader
from newsroom.spreadsheet import cell


def join() -> None:
    """Called once, when the app is ready."""
    register(
        Holding("requests", _("What you asked us about your data"), _requests, _erase_requests)
    )


def person_of(reader: Reader) -> Person:
    """A signed-in reader: every address they have proven, and the donors joined to them."""
    return _with_names(Person(tuple(sorted(set(proven_addresses(reader)))), reader.pk))


def person_at(address: str) -> Person:
    """Whoever an address belongs to, for staff who were asked: with the account that has proven it
    and that one's other addresses."""
    address = address.strip().lower()
    proven = EmailAddress.objects.filter(email__iexact=address, verified=True).first()
    if proven is not None:
        return person_of(proven.user)
    return _with_names(Person((address,)))


def _with_names(person: Person) -> Person:
    readers = Reader.objects.filter(pk=person.reader)
    donors = donors_of(person)
    names = {
        *(name for reader in readers for name in (reader.public_name, reader.get_full_name())),
        *donors.values_list("name", flat=True),
    }
    own = Donor.objects.filter(pk__in=donors).exclude(email=None)
    # A donor linked to the account may have given with an address that was never signed in with.
    addresses = {*person.addresses, *(str(e).lower() for e in own.values_list("email", flat=True))}
    return Person(tuple(sorted(addresses)), person.reader, tuple(sorted(names - {""})))


def everything(person: Person) -> dict[str, list[Row]]:
    """By the key of the holding; those that hold nothing are there, empty."""
    return {each.key: list(each.rows(person)) for each in holdings()}


def counts(person: Person) -> list[tuple[str, int]]:
    """What is held, by title, with how much of it; what holds nothing is left out."""
    found = ((str(each.title), sum(1 for _row in each.rows(person))) for each in holdings())
    return [(title, count) for title, count in found if count]


def what_stays(person: Person) -> list[Kept]:
    return [kept for each in holdings() for kept in each.keeps(person)]


def archive(person: Person, moment: datetime) -> bytes:
    """A ZIP file: all of it as JSON, and each holding as CSV for a spreadsheet."""
    with override("en"):
        held = everything(person)
    said = {
        "made": moment.isoformat(),
        "by": settings.BASE_URL,
        "addresses": list(person.addresses),
        "data": held,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("everything.json", json.dumps(said, indent=2, ensure_ascii=False))
        for key, rows in held.items():
            if rows:
                file.writestr(f"{key.replace(' ', '-')}.csv", _as_csv(rows))
    return made.getvalue()


def _as_csv(rows: list[Row]) -> str:
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    headings = list(rows[0])
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in headings])
    return buffer.getvalue()


def _cell(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else cell(value)


def _requests(person: Person) -> list[Row]:
    return [
        {
            "what": each.kind,
            "received": each.received_on.isoformat(),
            "due": each.due_on.isoformat(),
            "note": each.note,
            "answer": each.answer,
        }
        for address in person.addresses
        for each in AccessRequest.objects.filter(who__iexact=address)
    ]


def _erase_requests(person: Person) -> int:
    """That somebody asked, and when it was answered, stays as proof; who it was does not."""
    known = {*person.addresses, *person.names}
    found = [each for each in AccessRequest.objects.exclude(who="") if _names(each.who, known)]
    AccessRequest.objects.filter(pk__in=[each.pk for each in found]).update(
        who="", note="", answer=""
    )
    return len(found)


def _names(who: str, known: set[str]) -> bool:
    return any(len(each) > 3 and each.casefold() in who.casefold() for each in known)
