"""The register of personal data: each app says what it holds about a person, and erases it.

An app registers a `Holding` for each kind of data when it is ready; `newsroom/account/` composes
them into the download of everything and into erasing. Whatever names a person and stands in no
holding is a mistake, which `tests/privacy/` finds by a name seeded everywhere.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.functional import Promise

Value = str | int | bool | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: addresses (lower case) that are proven to be theirs, the id of their
    account, None without one, and the names they went by, which are struck out of texts that
    stay."""

    addresses: tuple[str, ...]
    reader: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays after erasing, and why. `key` names it in `docs/privacy.md`; `until` is the day
    on which the last of it is destroyed by itself, None while that is not known yet."""

    key: str
    what: str | Promise
    why: str | Promise
    count: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of data. `rows` is all of it as plain values, moments as ISO 8601, money in minor
    units beside its currency. `erase` may be called any number of times, opens its own
    transactions and says how many rows it touched; None where another holding erases it too.
    `keeps` says what of it stays. Those of a low `order` are erased first."""

    key: str
    title: str | Promise
    rows: Callable[[Person], Iterable[Row]]
    erase: Callable[[Person], int] | None = None
    keeps: Callable[[Person], Iterable[Kept]] = field(default=lambda _person: ())
    order: int = 50


# The account goes last but for the mails: until then a person who was cut off can still be found.
ACCOUNT: Final = 80
MAILS: Final = 90
# A shorter name is part of too many words.
SHORTEST_NAME: Final = 3

_HOLDINGS: dict[str, Holding] = {}


def register(*holdings: Holding) -> None:
    """Called when an app is ready; a key is registered once, the last one counts."""
    _HOLDINGS.update({holding.key: holding for holding in holdings})


def holdings() -> list[Holding]:
    """All of them, in the order in which they are erased."""
    return sorted(_HOLDINGS.values(), key=lambda each: (each.order, each.key))


def struck_out(text: str, person: Person) -> str:
    """`text` without the person's addresses and names, which others may have typed into it."""
    for known in sorted({*person.addresses, *person.names}, key=len, reverse=True):
        if len(known) >= SHORTEST_NAME:
            text = re.sub(re.escape(known), "[…]", text, flags=re.IGNORECASE)
    return text
