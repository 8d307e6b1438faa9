"""Names for what is prepared from files: the same as long as preparing again changes nothing."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ROLES = ("newsroom/roles.py", "newsroom/desk/role_sync.py")


def schema_name() -> str:
    """What `migrate` makes: changes with any migration file here, with the table of roles (its
    groups are made after each migration) or any package installed."""
    migrations = (p for p in _files("**/migrations/*") if p.suffix in {".py", ".sql"})
    return _name_of([*migrations, *(CHECKOUT / path for path in ROLES)])


def static_name() -> str:
    """What the site serves as static files: changes with any of them or any package installed."""
    return _name_of(_files("**/static/**/*"))


def _name_of(files: Iterable[Path]) -> str:
    """Twelve characters. Packages bring files of their own; that one changed says enough."""
    seen = hashlib.sha256()
    for path in sorted(files):
        seen.update(str(path.relative_to(CHECKOUT)).encode())
        seen.update(path.read_bytes())
    for line in sorted(f"{found.name}=={found.version}" for found in distributions()):
        seen.update(line.encode())
    return seen.hexdigest()[:12]


def _files(pattern: str) -> list[Path]:
    """Files of the checkout itself: nothing under a hidden folder, where state and packages lie."""
    folders = [path for path in CHECKOUT.iterdir() if path.is_dir() and path.name[0] != "."]
    inside = (path for folder in folders for path in folder.glob(pattern))
    beside = CHECKOUT.glob(pattern.removeprefix("**/")) if pattern.startswith("**/") else ()
    return [path for path in {*inside, *beside} if path.is_file()]
