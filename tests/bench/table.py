"""The printed table, in Markdown, so that it can be kept."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

HEAD = ("Figure", "This", "Reference", "Ratio", "Goal", "")


@dataclass(frozen=True, slots=True)
class Row:
    """`met` None where nothing was promised."""

    figure: str
    this: str
    reference: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, *((*astuple(row)[:5], _word(row.met)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = [f"| {' | '.join(map(str.ljust, line, widths))} |" for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def _word(met: bool | None) -> str:
    return {True: "met", False: "not met", None: ""}[met]
