"""What readers are promised of the catalogue: nothing they see is left in the other language."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from newsroom.catalogue import (
    LANGUAGES,
    Message,
    brought_up_to_date,
    compile_what_changed,
    in_the_code,
    read_catalogue,
    write_catalogue,
)

CODE = in_the_code()
every_language = pytest.mark.parametrize("language", LANGUAGES)
# Values, marks and per cent signs: what must be in both.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|%%|\{\w+\}|</?[a-z]+[^>]*>")

NOT_FRENCH = re.compile(r"[“”\"']|\s[;!?]|(?<!\u00a0)[»:](?![\w/])|«(?!\u00a0)| %%| \$")


def known(language: str) -> dict[tuple[str, str, str], Message]:
    return brought_up_to_date(CODE, read_catalogue(language))


@every_language
def test_no_string_for_readers_is_left_untranslated_or_fuzzy(language: str) -> None:
    left = [each for each in known(language).values() if each.for_readers and not each.translated]
    lines = [
        f"{min(each.files)}: {each.key[1]}" for each in sorted(left, key=lambda m: min(m.files))
    ]
    assert not lines, (
        f"{len(lines)} strings for readers have no words in {language!r}. Run `make messages` and "
        f"write them into locale/{language}/LC_MESSAGES/django.po:\n" + "\n".join(lines)
    )


@every_language
def test_a_translation_holds_the_values_and_marks_of_what_it_translates(language: str) -> None:
    wrong = []
    for message in known(language).values():
        context, singular, plural = message.key
        if not message.translated or "date() pattern" in context:
            continue
        for source, said in zip((singular, plural or singular), message.said, strict=False):
            wanted = Counter(map(_address_apart, PLACEHOLDER.findall(source)))
            there = Counter(map(_address_apart, PLACEHOLDER.findall(said)))
            # "One more" may leave its number out, and so may its translation.
            if plural and source == singular:
                wanted.update(there - wanted)
                there.update(wanted - there)
            if wanted != there:
                wrong.append((source, said))
    assert wrong == []


def _address_apart(mark: str) -> str:
    """Links of the site itself lead to the page in the same language."""
    return re.sub(r'href="/fr/', 'href="/', mark)


def test_french_is_set_as_french_canada_sets_it() -> None:
    """Guillemets, the typographic apostrophe, and a space that does not break before a colon, in
    guillemets and before per cent; none before ! ? ; (Office québécois de la langue française)."""
    wrong = []
    for message in known("fr").values():
        for said in message.said if message.translated else ():
            bare = re.sub(r"<[^>]*>|https?://\S+|\d+:\d+", "", said)
            if "date() pattern" not in message.key[0] and NOT_FRENCH.search(bare):
                wrong.append(said)
    assert wrong == []


def test_plain_spaces_and_apostrophes_are_set_when_the_catalogue_is_written(tmp_path: Path) -> None:
    typed = Message(
        ("", "a", ""), set(), ('Dites : « l\'eau » <a href="/x y/">ici</a> à 5 %%, 3 $',)
    )
    write_catalogue("fr", [typed], tmp_path)
    [read] = read_catalogue("fr", tmp_path).values()
    assert read.said == (
        'Dites\u00a0: «\u00a0l’eau\u00a0» <a href="/x y/">ici</a> à 5\u00a0%%, 3\u00a0$',
    )


def test_a_catalogue_written_and_read_again_is_the_same_and_sorted(tmp_path: Path) -> None:
    messages = known("fr")
    write_catalogue("fr", messages.values(), tmp_path)
    first = (tmp_path / "locale/fr/LC_MESSAGES/django.po").read_text()
    write_catalogue("fr", reversed(list(read_catalogue("fr", tmp_path).values())), tmp_path)
    assert (tmp_path / "locale/fr/LC_MESSAGES/django.po").read_text() == first
    assert "#:" not in first


def test_what_is_newer_is_compiled_at_the_start_without_gettext_and_empty_words_are_left_out(
    tmp_path: Path,
) -> None:
    said = Message(("", "Give", ""), set(), ("Donner",))
    empty = Message(("", "%(n)s day", "%(n)s days"), set(), ("", ""))
    write_catalogue("fr", [said, empty], tmp_path)
    compile_what_changed(tmp_path)
    with (tmp_path / "locale/fr/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = {str(each.id): each.string for each in read_mo(file) if each.id}
    assert compiled == {"Give": "Donner"}


def test_strings_are_found_in_templates_and_python_with_context_and_plural(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}{% translate "By" context "writers" %}'
        "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "b.py").write_text(
        'from x import gettext as _\nA = _("One")\nB = _(NAME)\nC = ngettext("%(n)d", "%(n)ds", n)'
    )
    assert set(in_the_code(tmp_path)) == {
        ("writers", "By", ""),
        ("", "%(n)s day", "%(n)s days"),
        ("", "One", ""),
        ("", "%(n)d", "%(n)ds"),
    }
