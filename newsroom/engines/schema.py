"""A name for the database's shape: the same as long as migrating would change nothing."""

import hashlib
from importlib.metadata import distributions
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def schema_name() -> str:
    """Twelve characters that change with any migration file here or any package installed.

    Packages bring migrations of their own; that one of them changed says enough.
    """
    seen = hashlib.sha256()
    for path in sorted(_migration_files()):
        seen.update(str(path.relative_to(CHECKOUT)).encode())
        seen.update(path.read_bytes())
    for line in sorted(f"{found.name}=={found.version}" for found in distributions()):
        seen.update(line.encode())
    return seen.hexdigest()[:12]


def _migration_files() -> list[Path]:
    apps = [path for path in CHECKOUT.iterdir() if path.is_dir() and path.name[0] != "."]
    return [
        path
        for app in apps
        for path in app.glob("**/migrations/*")
        if path.is_file() and path.suffix in {".py", ".sql"}
    ]
