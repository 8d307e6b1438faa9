"""Which release runs: WAYLIGHT_RELEASE (a commit, set when deploying) or the project's version."""

import os
import tomllib
from functools import cache

from django.conf import settings


@cache
def release() -> str:
    given = os.environ.get("WAYLIGHT_RELEASE", "").strip()
    if given:
        return given[:80]
    project = settings.BASE_DIR / "pyproject.toml"
    if not project.is_file():
        return "unknown"
    return str(tomllib.loads(project.read_text())["project"]["version"])
