"""“What changed”: what an editor says about a change of words, asked for before it is published.

The panel shows the change word by word and has a row for each entry (`entry_rows.py`), filled in
with the sentences that changed. Whatever is said is kept with the draft.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.models import Revision

from articles.corrections import Entry, Record
from articles.desk import entry_rows
from articles.models import Article, Correction, Kind
from articles.passages import Passage, suggested_kind

LONGEST_REASON: Final = 300
LONGEST_NEWS: Final = 300


def fields() -> dict[str, forms.Field]:
    """The panel's fields, by name."""
    return entry_rows.all_fields() | {
        "whats_new": forms.CharField(
            label=_("What is new"),
            required=False,
            max_length=LONGEST_NEWS,
            help_text=_("One line. It stands under the story as an update, with the minute."),
        ),
        "minor_reason": forms.CharField(
            label=_("Only a minor edit, because"),
            required=False,
            max_length=LONGEST_REASON,
            help_text=_(
                "For spelling, style or format alone. Readers see the reason in the history."
            ),
        ),
    }


def replaceable(article: Article | None) -> list[Correction]:
    """The story's entries that no later one replaces, newest first."""
    if not article or not article.current_version_id:
        return []
    return list(Correction.objects.filter(article=article.pk, superseded_by__isnull=True))


def initial(said: Record, aside: Record, found: Sequence[Passage]) -> dict[str, Any]:
    """The fields' values: what was said, then what was set aside, else what might be said."""
    values: dict[str, Any] = {"minor_reason": said.minor_reason or aside.minor_reason}
    offers = list(aside.entries) if aside else suggestions(found) if not said else []
    rows = chain(((entry, False) for entry in said.entries), ((entry, True) for entry in offers))
    for row, (entry, offered) in enumerate(rows):
        values |= entry_rows.initial_of(row, entry, offered=offered)
    return values


def suggestions(found: Sequence[Passage], most: int = entry_rows.FEWEST) -> list[Entry]:
    """Entries without a kind, for an editor to finish: one for each changed passage."""
    return [Entry("", passage.was, passage.now) for passage in found if passage.now or passage.was][
        :most
    ]


# Where an entry stands that was said in the one line of a developing story.
NEWS: Final = -1


def record_of(cleaned: dict[str, Any], rows: int, by: int | None) -> tuple[Record, list[int]]:
    """What the fields say, and for each entry the row it was written in."""
    entries, places = [], []
    for row in range(rows):
        if entry := entry_rows.entry_in(cleaned, row):
            entries.append(entry)
            places.append(row)
    if news := (cleaned.get("whats_new") or "").strip():
        entries.append(Entry(Kind.UPDATE, "", news))
        places.append(NEWS)
    return Record(entries, (cleaned.get("minor_reason") or "").strip(), by), places


class WhatChangedPanel(Panel):
    """Shown on stories that readers have already seen."""

    def get_form_options(self) -> dict[str, Any]:
        return {"fields": list(fields())}

    class BoundPanel(Panel.BoundPanel):
        template_name = "articles/desk/what_changed.html"

        def is_shown(self) -> bool:
            return bool(self.instance.current_version_id)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            found = self.form.passages()
            context["passages"] = found
            context["suggested"] = suggested_kind(found)
            context["aside"] = self.form.aside
            context["current"] = self.instance.current_version
            context["one_line_until"] = self.form.one_line_until
            context["whats_new"] = self.form["whats_new"]
            asked = bool(found) and not self.form.one_line_until
            context["rows"] = list(self._rows(asked=asked))
            context["minor_reason"] = self.form["minor_reason"]
            context["dated"] = self._dated()
            context["newsroom_zone"] = timezone.get_default_timezone_name()
            context["begun"] = self._begun()
            return context

        def _dated(self) -> datetime:
            """The minute that entries get when their time is left empty, in the newsroom's zone."""
            now = timezone.now()
            moment = max(now, self.instance.go_live_at or now)
            return timezone.localtime(moment, timezone.get_default_timezone())

        def _begun(self) -> datetime | None:
            """When the first draft since the last publication was saved, in the newsroom's zone."""
            last = self.instance.current_version
            drafts = Revision.page_revisions.filter(
                object_id=str(self.instance.pk), created_at__gt=last.recorded_at
            ).exclude(pk=self.instance.live_revision_id)
            first = drafts.order_by("created_at").values_list("created_at", flat=True).first()
            return timezone.localtime(first, timezone.get_default_timezone()) if first else None

        def _rows(self, *, asked: bool) -> Iterator[dict[str, Any]]:
            for row in range(self.form.row_count):
                bound = {part: self.form[f"entry_{row}_{part}"] for part in entry_rows.PARTS}
                offer = entry_rows.offer_in(bound["offer"].value())
                kept = offer is not None and bool(offer[0])
                failed = any(each.errors for each in bound.values())
                answered = bool(bound["kind"].value())
                yield {
                    "number": row + 1,
                    "fields": bound,
                    "suggested": offer is not None and not kept and not answered,
                    "aside": kept,
                    "replaces": len(bound["supersedes"].field.choices) > 1,
                    "open": (asked and row == 0)
                    or failed
                    or kept
                    or answered
                    or (offer is None and any(bound[part].value() for part in ("was", "now"))),
                }
