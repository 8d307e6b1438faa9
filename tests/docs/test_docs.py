"""What the documents promise of the code: nothing that can be looked up is missing or made up."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"

# `env.str("NAME", …)`, `os.environ["NAME"]`, `os.environ.get("NAME")`, `"NAME" in os.environ`.
READS = re.compile(
    r"""env(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["']
    | environ(?:ment)?(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["'](?!\]\s*=[^=])
    | ["']([A-Z][A-Z0-9_]+)["']\s+(?:not\s+)?in\s+os\.environ
    | startswith\(["']([A-Z]+_)["']\)""",
    re.VERBOSE,
)
COMMAND = re.compile(r"manage\.py ([a-z][a-z_]+)")
MODULE = re.compile(r"`((?:articles|campaigns|newsroom|tests)/[\w/.-]+)`")
CODE = ("newsroom", "articles", "campaigns", "tests")


def _variables(file: Path) -> set[str]:
    return {name for found in READS.findall(file.read_text()) for name in found if name}


def _documents() -> list[Path]:
    written = [CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [*DOCS.rglob("*.md"), *(each for each in written if each.is_file())]


def _top_level(app: str) -> Iterator[str]:
    """The modules of an app as the document names them: `ledger.py`, `desk/`."""
    for each in sorted((CHECKOUT / app).iterdir()):
        if each.suffix == ".py" and each.stem != "__init__":
            yield each.name
        elif each.is_dir() and any(each.glob("*.py")) and each.name != "migrations":
            yield f"{each.name}/"


def _section(document: str, heading: str) -> str:
    """The part of a document under the second-level heading that begins with `heading`."""
    return document.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]


def test_every_variable_the_settings_read_is_explained() -> None:
    read = _variables(CHECKOUT / "newsroom" / "settings.py")
    assert {"WAYLIGHT_ENV", "DATABASE_URL", "STRIPE_SECRET_KEY", "ANYMAIL_"} <= read
    said = (DOCS / "settings.md").read_text()
    assert sorted(name for name in read if f"`{name}" not in said) == []


def test_every_variable_that_engines_demo_and_tests_read_is_explained() -> None:
    files = [CHECKOUT / "bootstrap.py"]
    for root in CODE:
        files += (CHECKOUT / root).rglob("*.py")
    said = (DOCS / "settings.md").read_text()
    read = {name for file in files if file != Path(__file__) for name in _variables(file)}
    assert {"XDG_RUNTIME_DIR", "WAYLIGHT_RELEASE", "WAYLIGHT_BROWSER"} <= read
    # A prefix alone is a value that is looked at (a role, a key), not a variable.
    assert sorted(n for n in read if not n.endswith("_") and f"`{n}`" not in said) == []


def test_no_variable_is_explained_that_nothing_knows() -> None:
    said = re.findall(
        r"`((?:WAYLIGHT|STRIPE|EMAIL|DATABASE|REDIS)_[A-Z_]+)`", (DOCS / "settings.md").read_text()
    )
    code = (CHECKOUT / "bootstrap.py").read_text() + "".join(
        file.read_text()
        for root in CODE
        for file in (CHECKOUT / root).rglob("*.py")
        if file != Path(__file__)
    )
    assert sorted({name for name in said if f'"{name}"' not in code}) == []


def test_every_command_the_documents_name_exists() -> None:
    commands = get_commands()
    named = {
        (file.name, name) for file in _documents() for name in COMMAND.findall(file.read_text())
    }
    assert ("operations.md", "verify_ledger") in named
    assert sorted(each for each in named if each[1] not in commands) == []


@pytest.mark.parametrize("app", ["articles", "campaigns"])
def test_every_module_of_an_app_has_its_place_in_the_architecture(app: str) -> None:
    table = _section((DOCS / "architecture.md").read_text(), f"`{app}/`")
    modules = list(_top_level(app))
    assert "models/" in modules
    assert [module for module in modules if f"`{module}`" not in table] == []


@pytest.mark.parametrize("app", ["articles", "campaigns", "newsroom"])
def test_the_architecture_names_no_module_that_is_not_there(app: str) -> None:
    table = _section((DOCS / "architecture.md").read_text(), f"`{app}/`")
    owned = [cell for line in table.splitlines() for cell in line.split("|")[1:2]]
    names = re.findall(r"`([\w/]+(?:\.py|/))`", " ".join(owned))
    assert names
    assert [name for name in names if not (CHECKOUT / app / name).exists()] == []


def test_every_file_the_documents_name_is_there() -> None:
    named = {
        (file.name, path)
        for file in _documents()
        for path in MODULE.findall(file.read_text())
        if "<" not in path
    }
    assert named
    assert sorted(each for each in named if not (CHECKOUT / each[1]).exists()) == []
