"""The rows of “What changed”: one for each entry, as plain fields that work without a script.

Row `n` has the fields `entry_<n>_kind`, `_was`, `_now`, `_at`, `_noticed`, `_supersedes`, and two
that tell an offer from an answer: `_offer` (hidden) holds the words that the page put there by
itself, `_holds` is ticked when words that were set aside are to count again.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles.corrections import Entry
from articles.desk.moments import NewsroomMomentField, not_in_the_future
from articles.models import Correction, Kind

# There are always so many rows, and so many empty ones beneath those in use.
FEWEST: Final = 3
SPARE: Final = 2
# More entries for one publication than a reader could follow.
MOST: Final = 12
PARTS: Final = ("kind", "was", "now", "at", "noticed", "supersedes", "offer", "holds")
LONGEST: Final = 2_000

KINDS: Final = [
    ("", _("Choose…")),
    (Kind.CORRECTION, _("Correction: we were wrong")),
    (Kind.CLARIFICATION, _("Clarification: it was unclear")),
    (Kind.UPDATE, _("Update: there is news")),
    (Kind.RETRACTION, _("Retraction: we withdraw the story")),
]
_NAME = re.compile(r"entry_(\d{1,2})_(?:kind|was|now|at|noticed|supersedes)$")

Offer = tuple[str, str, str]


def names(row: int) -> list[str]:
    """The fields of a row that an editor fills in."""
    return [f"entry_{row}_{part}" for part in PARTS if part != "offer"]


def rows_in(data: Mapping[str, Any], used: int) -> int:
    """How many rows the form has: those of `data`, and empty ones beneath the `used` first."""
    sent = [int(found[1]) for name in data if (found := _NAME.match(name))]
    return min(MOST, max([FEWEST, used + SPARE, *(row + 1 for row in sent)]))


def all_fields() -> dict[str, forms.Field]:
    """The fields of as many rows as there may be: Wagtail wants to know all of them beforehand."""
    return {name: field for row in range(MOST) for name, field in row_fields(row).items()}


def keep_rows(found: dict[str, forms.Field], count: int, earlier: Iterable[Correction]) -> None:
    """Leave the first `count` rows among the form's fields. `earlier` are the story's entries that
    one may replace."""
    choices: list[tuple[str, Any]] = [("", _("No, it is about the story"))]
    choices += [(str(entry.pk), described(entry)) for entry in earlier]
    for row in range(MOST):
        if row < count:
            cast("forms.ChoiceField", found[f"entry_{row}_supersedes"]).choices = choices
            continue
        for part in PARTS:
            del found[f"entry_{row}_{part}"]


def row_fields(row: int) -> dict[str, forms.Field]:
    """The fields of row `row` (from 0), by name."""

    def words(label: Any) -> forms.CharField:
        area = forms.Textarea({"rows": 2})
        return forms.CharField(label=label, required=False, max_length=LONGEST, widget=area)

    found: dict[str, forms.Field] = {
        "kind": forms.ChoiceField(label=_("What it is"), choices=KINDS, required=False),
        "was": words(_("What was wrong")),
        "now": words(_("What is right")),
        "at": NewsroomMomentField(
            label=_("Date and time"),
            required=False,
            help_text=_("In the newsroom's time. Left empty: the minute of publication."),
        ),
        "noticed": NewsroomMomentField(
            label=_("When we noticed it"),
            required=False,
            validators=[not_in_the_future],
            help_text=_(
                "For an error the newsroom found itself, in its time: readers see it, and how long "
                "the correction took is counted from then. Left empty where a reader told us."
            ),
        ),
        "supersedes": forms.TypedChoiceField(
            label=_("Replaces an earlier entry"),
            coerce=int,
            empty_value=None,
            required=False,
            help_text=_("When that entry was itself mistaken. It stays on the record."),
        ),
        "offer": forms.CharField(required=False, widget=forms.HiddenInput),
        "holds": forms.BooleanField(label=_("This still holds: say it again"), required=False),
    }
    return {f"entry_{row}_{part}": field for part, field in found.items()}


def described(entry: Correction) -> str:
    """An earlier entry in a line, for the list of those that one may replace."""
    moment = timezone.localtime(entry.issued_at, timezone.get_default_timezone())
    words = Truncator(entry.now).words(12)
    return f"{entry.get_kind_display()}, {date_format(moment, 'SHORT_DATETIME_FORMAT')}: {words}"


def initial_of(row: int, entry: Entry, *, offered: bool = False) -> dict[str, Any]:
    """The values of a row for `entry`; `offered` when no editor has said it yet."""
    return {
        f"entry_{row}_kind": entry.kind,
        f"entry_{row}_was": entry.was,
        f"entry_{row}_now": entry.now,
        f"entry_{row}_at": entry.issued_at,
        f"entry_{row}_noticed": entry.noticed_at,
        f"entry_{row}_supersedes": entry.supersedes,
        f"entry_{row}_offer": json.dumps([entry.kind, entry.was, entry.now]) if offered else "",
    }


def entry_in(cleaned: Mapping[str, Any], row: int) -> Entry | None:
    """What a row says; None for an empty one and for an offer that nobody took up."""
    kind, was, now = (
        plain_breaks(cleaned.get(f"entry_{row}_{part}") or "") for part in ("kind", "was", "now")
    )
    replaced = cleaned.get(f"entry_{row}_supersedes")
    if not (kind or was or now or replaced):
        return None
    taken = cleaned.get(f"entry_{row}_holds") or replaced
    if not taken and offer_in(cleaned.get(f"entry_{row}_offer")) == (kind, was, now):
        return None
    issued_at, noticed_at = cleaned.get(f"entry_{row}_at"), cleaned.get(f"entry_{row}_noticed")
    return Entry(kind, was, now, issued_at, replaced, noticed_at)


def offer_in(stored: str | None) -> Offer | None:
    """What the page had put into the row by itself."""
    try:
        kind, was, now = json.loads(stored or "null")
    except (TypeError, ValueError):
        return None
    return str(kind), plain_breaks(str(was)), plain_breaks(str(now))


def plain_breaks(text: str) -> str:
    """As typed, less what a browser makes of its line breaks."""
    return text.replace("\r\n", "\n").strip()
