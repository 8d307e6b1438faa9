"""What a payer types on the hosted page, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from .cards import CARDS, digits_of, passes_luhn
from .checkout import CardEntry
from .parameters import is_email
from .state import JsonDict, Sandbox


class EntryRefused(Exception):
    """`problems` says by field what is wrong, in words the page's template explains."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


def known_email(sandbox: Sandbox, session: JsonDict) -> str | None:
    """The address the page need not ask for."""
    if session["customer_email"]:
        return str(session["customer_email"])
    if session["customer"]:
        customer = sandbox.store.find(session["customer"], "customer")
        return customer["email"] if customer else None
    return None


def read(sandbox: Sandbox, session: JsonDict, typed: Mapping[str, str]) -> CardEntry:
    """The entry to pay with. Raises EntryRefused."""
    problems: dict[str, str] = {}
    email = known_email(sandbox, session) or typed.get("email", "").strip()
    if not email:
        problems["email"] = "missing"
    elif not is_email(email):
        problems["email"] = "invalid"
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > 256:
        problems["name"] = "invalid" if name else "missing"
    number, month, year = _card(sandbox, typed, problems)
    custom = {}
    for field in session["custom_fields"]:
        value = typed.get(f"custom-{field['key']}", "").strip()
        custom[field["key"]] = value
        if len(value) > (field["text"]["maximum_length"] or 255):
            problems[f"custom-{field['key']}"] = "too_long"
        elif not value and not field["optional"]:
            problems[f"custom-{field['key']}"] = "missing"
    postal_code = " ".join(typed.get("postal_code", "").split()).upper()[:16]
    if problems:
        raise EntryRefused(problems)
    return CardEntry(
        number,
        month,
        year,
        email,
        name,
        postal_code,
        "CA" if postal_code else "",
        custom,
    )


def read_card(sandbox: Sandbox, typed: Mapping[str, str]) -> tuple[str, int, int]:
    """A known card's number, month and year. Raises EntryRefused."""
    problems: dict[str, str] = {}
    card = _card(sandbox, typed, problems)
    if problems:
        raise EntryRefused(problems)
    return card


def _card(
    sandbox: Sandbox, typed: Mapping[str, str], problems: dict[str, str]
) -> tuple[str, int, int]:
    number = digits_of(typed.get("number", ""))
    if not number:
        problems["number"] = "missing"
    elif not passes_luhn(number):
        problems["number"] = "invalid"
    elif number not in CARDS:
        problems["number"] = "unknown"
    month, year = _expiry(typed.get("expiry", ""), sandbox.clock.now(), problems)
    cvc = typed.get("cvc", "").strip()
    if not re.fullmatch(r"[0-9]{3,4}", cvc):
        problems["cvc"] = "invalid" if cvc else "missing"
    return number, month, year


def _expiry(typed: str, now: int, problems: dict[str, str]) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{1,2})\s*[/ -]?\s*(\d{2}|20\d{2})\s*", typed, re.ASCII)
    if match is None or not 1 <= int(match[1]) <= 12:
        problems["expiry"] = "invalid" if typed.strip() else "missing"
        return 0, 0
    month, year = int(match[1]), int(match[2]) % 100 + 2000
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        problems["expiry"] = "past"
    return month, year
