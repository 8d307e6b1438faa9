"""What is to be looked at. Knows nothing of Django."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A page: its name in file names, its address, who looks at it (None: any reader)."""

    name: str
    path: str
    who: str | None = None
    french: bool = False
