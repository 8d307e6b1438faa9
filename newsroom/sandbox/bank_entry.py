"""What a payer types on the bank page, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping

from .banks import ACCOUNTS, ROUTING
from .cards import digits_of
from .checkout import BankEntry, debit_of
from .entry import EntryRefused, known_email
from .parameters import is_email
from .state import JsonDict, Sandbox

# The parts of a bank's number, as each country writes them.
PARTS = {"acss_debit": ("institution", "transit"), "us_bank_account": ("routing",)}
LONGEST = {"institution": 3, "transit": 5, "routing": 9}


def specimen(kind: str) -> dict[str, str]:
    """An entry that works: what a control call leaves out."""
    parts = zip(PARTS.get(kind, ()), ROUTING.get(kind, ()), strict=True)
    return dict(parts) | {"account": "000123456789", "agreed": "yes"}


def read(sandbox: Sandbox, session: JsonDict, typed: Mapping[str, str]) -> BankEntry:
    """The entry to debit. Raises EntryRefused."""
    kind = debit_of(session)
    if kind is None:
        raise EntryRefused({"account": "not_offered"})
    problems: dict[str, str] = {}
    email = known_email(sandbox, session) or typed.get("email", "").strip()
    if not email or not is_email(email):
        problems["email"] = "invalid" if email else "missing"
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > 256:
        problems["name"] = "invalid" if name else "missing"
    for part, wanted in zip(PARTS[kind], ROUTING[kind], strict=True):
        digits = digits_of(typed.get(part, ""))
        if not digits:
            problems[part] = "missing"
        elif not digits.isdecimal() or len(digits) != LONGEST[part]:
            problems[part] = "invalid"
        elif digits != wanted:
            problems[part] = "unknown_bank"
    account = digits_of(typed.get("account", ""))
    if not account:
        problems["account"] = "missing"
    elif not account.isdecimal() or not 4 <= len(account) <= 17:
        problems["account"] = "invalid"
    elif (kind, account) not in ACCOUNTS:
        problems["account"] = "unknown_bank"
    if typed.get("agreed") != "yes":
        problems["agreed"] = "not_agreed"
    if problems:
        raise EntryRefused(problems)
    return BankEntry(kind, account, email, name)


def listed(kind: str) -> list[dict[str, str]]:
    """The test accounts with what becomes of a debit, for the page."""
    bank = " / ".join(ROUTING[kind])
    return [
        {"bank": bank, "account": account.number, "becomes": _becomes(account.number, kind)}
        for account in ACCOUNTS.values()
        if account.kind == kind
    ]


def _becomes(number: str, kind: str) -> str:
    account = ACCOUNTS[(kind, number)]
    if account.days is None:
        return "stays on its way"
    if account.failure:
        return f"fails after {account.days} days: {account.failure.replace('_', ' ')}"
    if account.disputed_days is not None:
        return f"is paid after {account.days} days, taken back {account.disputed_days} days later"
    return f"is paid after {account.days} days"
