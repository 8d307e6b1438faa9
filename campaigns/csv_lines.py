"""A CSV file that staff bring in, as lines: comma or semicolon, UTF-8, a heading line."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

MOST_ROWS: Final = 2_000
LARGEST_FILE: Final = 1_000_000

Line = tuple[int, dict[str, str]]


class FileRefused(ValueError):
    """The file as a whole cannot be read; the text says why."""


def read_lines(data: bytes, names: Sequence[str], needed: Sequence[str]) -> list[Line]:
    """(the number a spreadsheet counts, its columns among `names`) of each line with a word in it.

    Raises FileRefused.
    """
    if len(data) > LARGEST_FILE:
        raise FileRefused(_("The file is larger than a megabyte: send it in parts."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(_("The file is not UTF-8: save it as “CSV UTF-8”.")) from None
    if "\x00" in text:
        raise FileRefused(_("This is not a CSV file."))
    first = text.splitlines()[0] if text.strip() else ""
    # As read from a file: whatever ends a line on the sender's machine.
    reader = csv.DictReader(io.StringIO(text, newline=None), delimiter=";" if ";" in first else ",")
    try:
        found = [(name or "").strip().lower() for name in reader.fieldnames or []]
    except csv.Error as error:
        raise FileRefused(_("The file could not be read: %(why)s.") % {"why": error}) from error
    reader.fieldnames = found
    if missing := [name for name in needed if name not in found]:
        raise FileRefused(
            _("The first line must name the columns; missing: %(names)s.")
            % {"names": ", ".join(missing)}
        )
    try:
        lines = [
            (reader.line_num, {name: _text(line.get(name)) for name in names})
            for line in reader
            if any(_text(value) for value in line.values())
        ]
    except csv.Error as error:
        raise FileRefused(_("The file could not be read: %(why)s.") % {"why": error}) from error
    if len(lines) > MOST_ROWS:
        raise FileRefused(_("At most %(most)d rows at a time.") % {"most": MOST_ROWS})
    return lines


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
