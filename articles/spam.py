"""How much a reader's words look like spam. Pure, local, and never the last word: what is held
waits apart for a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

HOLD_FROM: Final = 3
REASONS_LENGTH: Final = 200

_LINK = re.compile(r"https?://|www\.\w", re.IGNORECASE)
_MARKUP = re.compile(r"\[/?(?:url|link|img)\b|<\s*a\s", re.IGNORECASE)
_ONE_CHARACTER = re.compile(r"(\S)\1{19,}")


@dataclass(frozen=True, slots=True)
class Said:
    """What came with a form. `trap` is the field that people do not see; `repeats` how often the
    same words came lately under other stories or from this form."""

    text: str
    trap: str = ""
    repeats: int = 0
    # From an account opened within the last day.
    new_account: bool = False


def why_held(said: Said) -> str:
    """Why these words wait for a person to look at them; empty when they do not."""
    found = list(_signs(said))
    if sum(points for points, _reason in found) < HOLD_FROM:
        return ""
    return "; ".join(reason for _points, reason in found)[:REASONS_LENGTH]


def score(said: Said) -> int:
    """How much they look like spam: what is lower is looked at first."""
    return min(100, sum(points for points, _reason in _signs(said)))


def _signs(said: Said) -> Iterator[tuple[int, str]]:
    if said.trap.strip():
        yield HOLD_FROM, _("a field was filled in that people do not see")
    # One link is how a reader shows a source, and two are still a reader.
    if (links := len(_LINK.findall(said.text))) > 2 or (links and said.new_account):
        yield links, _("%(count)d links") % {"count": links}
    if _MARKUP.search(said.text):
        yield HOLD_FROM, _("links written as mark-up")
    if said.repeats >= 2:
        yield HOLD_FROM, _("the same words were sent before")
    if _ONE_CHARACTER.search(said.text):
        yield 2, _("one character over and over")
    if said.new_account:
        yield 1, _("a new account")
