"""The catalogue of what the site says in other languages: `locale/<code>/LC_MESSAGES/django.po`.

`make messages` reads every string for people out of templates and Python and brings the catalogues
up to date; a process that starts compiles what is newer than its `.mo`. GNU gettext is not needed.
The files have no line numbers and no dates and are sorted, so that two branches merge.
"""

import ast
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po
from django.utils.translation.template import templatize

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "locale"
LANGUAGES: Final = ("fr",)
APPS: Final = ("articles", "campaigns", "newsroom")
# Of the demo and its sandbox only the demo's own pages speak to people of the site.
NOT_READ: Final = ("newsroom/sandbox/", "newsroom/engines/", "/migrations/")
# What only people at the desk read.
DESK: Final = re.compile(
    r"(^|/)desk(/|\.py$)|wagtail_hooks\.py$|^newsroom/(roles|founding|furniture|safety)\.py$"
    r"|/management/|^templates/(demo|gallery)|^newsroom/(desk|demo)/"
)

NO_BREAK: Final = "\u00a0"

_PLURALS: Final = {"fr": "nplurals=2; plural=(n > 1);"}
_TEXT: Final = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_CALL: Final = re.compile(
    r"\b(npgettext|ngettext|pgettext|gettext|_)\(\s*(" + _TEXT + r"(?:\s*,\s*" + _TEXT + r")*)"
)
_KEYWORDS: Final = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}

# Context, singular, plural ("" where there is none).
Key = tuple[str, str, str]


@dataclass(slots=True)
class Message:
    """A string for people: where it is said, and in a catalogue what it is in that language."""

    key: Key
    files: set[str] = field(default_factory=set)
    said: tuple[str, ...] = ()

    @property
    def for_readers(self) -> bool:
        return any(not DESK.search(name) for name in self.files)

    @property
    def translated(self) -> bool:
        return bool(self.said) and all(self.said)


def in_the_code(root: Path = ROOT) -> dict[Key, Message]:
    """Every string for people that templates and Python hold."""
    found: dict[Key, Message] = {}
    for path in sorted((root / "templates").rglob("*")):
        if path.is_file():
            _gather(found, path, root, _of_template(path))
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if not any(part in path.relative_to(root).as_posix() for part in NOT_READ):
                _gather(found, path, root, _of_python(path))
    return found


def read_catalogue(language: str, root: Path = ROOT) -> dict[Key, Message]:
    """The catalogue as it stands; a fuzzy translation counts as none."""
    path = _po(language, root)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file)
    return {message.key: message for message in (_message(each) for each in catalog if each.id)}


def brought_up_to_date(code: dict[Key, Message], known: dict[Key, Message]) -> dict[Key, Message]:
    """What the code says now, with the translations that are known; the others are dropped."""
    return {
        key: Message(key, message.files, known[key].said if key in known else ())
        for key, message in code.items()
    }


def typeset(said: str) -> str:
    """French with the marks and the unbroken spaces of French Canada, as typed with plain ones."""
    parts = re.split(r"(<[^>]*>)", said)
    for nth in range(0, len(parts), 2):
        text = parts[nth].replace("'", "’")
        text = re.sub(r"(?<=\S) (?=:(?:\s|$)|»|%%|\$)", NO_BREAK, text)
        parts[nth] = text.replace("« ", f"«{NO_BREAK}")
    return "".join(parts)


def write_catalogue(language: str, messages: Iterable[Message], root: Path = ROOT) -> None:
    path = _po(language, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(messages, key=lambda each: (each.key[1], each.key[2], each.key[0]))
    if language == "fr":
        ordered = [replace(each, said=tuple(map(typeset, each.said))) for each in ordered]
    text = _header(language) + "".join(_entry(each) for each in ordered)
    path.write_text(text, encoding="utf-8")


def compile_catalogue(language: str, root: Path = ROOT) -> None:
    """Make the `.mo` of a `.po`, whole or not at all: several processes may start at once."""
    source = _po(language, root)
    with source.open("rb") as file:
        catalog: Catalog = read_po(file, locale=language)
    for message in [each for each in catalog if each.id]:
        # An empty text would be shown as nothing; without one the original is.
        if not _message(message).translated:
            catalog.delete(message.id, context=message.context)
    descriptor, name = tempfile.mkstemp(dir=source.parent, suffix=".mo.new")
    with os.fdopen(descriptor, "wb") as made:
        write_mo(made, catalog)
    Path(name).chmod(0o644)
    Path(name).replace(source.with_suffix(".mo"))


def compile_what_changed(root: Path = ROOT) -> None:
    """Compile each catalogue that is newer than what was made of it."""
    for language in LANGUAGES:
        source = _po(language, root)
        made = source.with_suffix(".mo")
        if source.exists() and (
            not made.exists() or made.stat().st_mtime_ns < source.stat().st_mtime_ns
        ):
            try:
                compile_catalogue(language, root)
            except OSError as error:
                # A checkout that may not be written to: the site speaks what was compiled last.
                log.warning("the catalogue of %r was not compiled: %s", language, error)


def main() -> None:
    """`make messages`: says how much is left to translate."""
    code = in_the_code()
    for language in LANGUAGES:
        messages = brought_up_to_date(code, read_catalogue(language))
        write_catalogue(language, messages.values())
        compile_catalogue(language)
        left = [each for each in messages.values() if not each.translated]
        readers = sum(each.for_readers for each in left)
        sys.stdout.write(
            f"{language}: {len(messages)} strings, {len(left)} to translate, "
            f"{readers} of them for readers.\n"
        )


def _po(language: str, root: Path) -> Path:
    return root / LOCALE.name / language / "LC_MESSAGES" / "django.po"


def _gather(found: dict[Key, Message], path: Path, root: Path, keys: Iterable[Key]) -> None:
    for key in keys:
        found.setdefault(key, Message(key)).files.add(path.relative_to(root).as_posix())


def _of_template(path: Path) -> Iterator[Key]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for call, arguments in _CALL.findall(templatize(text, origin=str(path))):
        yield _key(call, ast.literal_eval(f"({arguments},)"))


def _of_python(path: Path) -> Iterator[Key]:
    with path.open("rb") as file:
        for _line, call, message, _comments in extract_python(file, _KEYWORDS, (), {}):
            parts = message if isinstance(message, tuple) else (message,)
            if all(isinstance(part, str) for part in _texts(call, parts)):
                yield _key(call, _texts(call, parts))


def _texts(call: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments that are text; the last of a plural is its number."""
    bare = call.removesuffix("_lazy").removesuffix("_noop")
    return parts[: {"npgettext": 3, "ngettext": 2, "pgettext": 2}.get(bare, 1)]


def _key(call: str, parts: tuple[str, ...]) -> Key:
    bare = call.removesuffix("_lazy").removesuffix("_noop")
    match bare:
        case "npgettext":
            return parts[0], parts[1], parts[2]
        case "pgettext":
            return parts[0], parts[1], ""
        case "ngettext":
            return "", parts[0], parts[1]
    return "", parts[0], ""


def _message(each: object) -> Message:
    told: object = each.id  # type: ignore[attr-defined]
    said: object = each.string  # type: ignore[attr-defined]
    context: str = each.context or ""  # type: ignore[attr-defined]
    singular, plural = told if isinstance(told, tuple) else (str(told), "")
    texts = said if isinstance(said, tuple) else (str(said),)
    fuzzy: bool = each.fuzzy  # type: ignore[attr-defined]
    return Message((context, singular, plural), set(), () if fuzzy else tuple(texts))


def _header(language: str) -> str:
    lines = (
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Language: {language}",
        f"Plural-Forms: {_PLURALS[language]}",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def _entry(message: Message) -> str:
    context, singular, plural = message.key
    lines = [""]
    if re.search(r"%\(\w+\)[sd]", singular + plural):
        lines.append("#, python-format")
    if context:
        lines.append(f"msgctxt {normalize(context, width=0)}")
    lines.append(f"msgid {normalize(singular, width=0)}")
    if plural:
        said = message.said if len(message.said) == 2 else ("", "")
        lines.append(f"msgid_plural {normalize(plural, width=0)}")
        lines += [f"msgstr[{n}] {normalize(each, width=0)}" for n, each in enumerate(said)]
    else:
        lines.append(f"msgstr {normalize(message.said[0] if message.said else '', width=0)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
