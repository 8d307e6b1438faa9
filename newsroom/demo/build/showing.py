"""How far the build is: bars on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

SECONDS_BETWEEN_LINES: Final = 3.0


class Showing(AbstractContextManager["Showing"]):
    """Shows parts of the build one after the other, or beside each other."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._bars: Progress | None = None
        if out.isatty():
            self._bars = Progress(
                TextColumn("{task.description:<28}"),
                BarColumn(bar_width=32),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}"),
                console=Console(file=out),
            )

    def part(self, name: str, total: int) -> "Part":
        """A part with `total` steps; one without steps is not shown."""
        if self._bars is None or total == 0:
            return Part(name, total, self._line)
        task = self._bars.add_task(name, total=total, note="")
        bars = self._bars

        def draw(_part: "Part", done: int, note: str) -> None:
            bars.update(task, completed=done, note=note)

        return Part(name, total, draw)

    def __enter__(self) -> "Showing":
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def _line(self, part: "Part", done: int, note: str) -> None:
        if part.total == 0:
            return
        now = time.monotonic()
        if done >= part.total or now - part.said_at >= SECONDS_BETWEEN_LINES:
            part.said_at = now
            if done < part.total or not part.said_all:
                self._out.write(f"{part.name}: {done} of {part.total}{note and f', {note}'}\n")
                self._out.flush()
            part.said_all = done >= part.total


class Part:
    """One part of the build; `step()` after each thing done, or `reach(n)`."""

    def __init__(self, name: str, total: int, draw: Callable[["Part", int, str], None]) -> None:
        self.name = name
        self.total = total
        self.done = 0
        self.said_at = time.monotonic()
        self.said_all = False
        self._draw = draw

    def step(self) -> None:
        self.reach(self.done + 1)

    def reach(self, done: int, note: str = "") -> None:
        """So many of `total` are done; `note` says more."""
        self.done = done
        self._draw(self, done, note)
