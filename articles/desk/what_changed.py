"""“What changed”: what an editor says about a change of words, asked for before it is published.

The fields are plain ones on the story's form, so that they work without a script and are kept
with the draft.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

from articles.corrections import Entry, Record
from articles.models import Kind

ROWS: Final = 3
LONGEST: Final = 2_000
LONGEST_REASON: Final = 300


class NewsroomMomentField(forms.Field):
    """A moment to the minute in the newsroom's own zone, wherever the editor is."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if not value or isinstance(value, datetime):
            return value or None
        try:
            naive = parse_datetime(str(value).strip().replace(" ", "T"))
        except ValueError:
            naive = None
        if naive is None or timezone.is_aware(naive):
            raise ValidationError(_("Give a day and a time such as 2026-06-03 10:50."), "invalid")
        zone = timezone.get_default_timezone()
        moment = naive.replace(second=0, microsecond=0, tzinfo=zone)
        utc = moment.astimezone(timezone.get_fixed_timezone(0))
        if utc.astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValidationError(_("The clocks skipped this time on that day."), "invalid")
        return moment

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.localtime(value, timezone.get_default_timezone()).replace(tzinfo=None)
        return value


def row_fields(number: int) -> dict[str, forms.Field]:
    """The fields of entry row `number` (from 0), by name."""

    def words(label: Any) -> forms.CharField:
        area = forms.Textarea({"rows": 2})
        return forms.CharField(label=label, required=False, max_length=LONGEST, widget=area)

    return {
        f"entry_{number}_kind": forms.ChoiceField(
            label=_("What it is"), choices=[("", _("Choose…")), *Kind.choices], required=False
        ),
        f"entry_{number}_was": words(_("What was wrong")),
        f"entry_{number}_now": words(_("What is right")),
        f"entry_{number}_at": NewsroomMomentField(
            label=_("Date and time"),
            required=False,
            help_text=_("In the newsroom's time. Left empty: the minute of publication."),
        ),
    }


def fields() -> dict[str, forms.Field]:
    """Every field of the panel, by name."""
    found = {name: field for row in range(ROWS) for name, field in row_fields(row).items()}
    found["minor_reason"] = forms.CharField(
        label=_("Only a minor edit, because"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("For spelling, style or format alone. Readers see the reason in the history."),
    )
    return found


def initial(record: Record) -> dict[str, Any]:
    """The fields' values for what was already said."""
    values: dict[str, Any] = {"minor_reason": record.minor_reason}
    for row, entry in enumerate(record.entries[:ROWS]):
        values |= {
            f"entry_{row}_kind": entry.kind,
            f"entry_{row}_was": entry.was,
            f"entry_{row}_now": entry.now,
            f"entry_{row}_at": entry.issued_at,
        }
    return values


def record_of(cleaned: dict[str, Any], by: int | None) -> tuple[Record, list[int]]:
    """What the fields say, and for each entry the row it was written in."""
    entries, rows = [], []
    for row in range(ROWS):
        kind, was, now = (
            (cleaned.get(f"entry_{row}_{part}") or "").strip() for part in ("kind", "was", "now")
        )
        if kind or was or now:
            entries.append(Entry(kind, was, now, cleaned.get(f"entry_{row}_at")))
            rows.append(row)
    return Record(entries, (cleaned.get("minor_reason") or "").strip(), by), rows


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
            changes = self.form.changes()
            context["changes"] = changes
            context["rows"] = list(self._rows(asked=bool(changes)))
            context["minor_reason"] = self.form["minor_reason"]
            context["newsroom_zone"] = timezone.get_default_timezone_name()
            return context

        def _rows(self, *, asked: bool) -> Iterator[dict[str, Any]]:
            for row in range(ROWS):
                bound = [self.form[name] for name in row_fields(row)]
                yield {
                    "number": row + 1,
                    "fields": bound,
                    "open": (asked and row == 0)
                    or any(each.value() or each.errors for each in bound),
                }
