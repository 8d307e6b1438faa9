"""docs/stripe.md asks a newsroom for exactly the rights and events that the code uses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import stripe

from campaigns import gateway, gateway_recurring
from campaigns.inbox import EVENTS

CHECKOUT = Path(__file__).resolve().parents[2]
SAID = (CHECKOUT / "docs" / "stripe.md").read_text()
READS = ("list", "retrieve", "search")


def _chain(node: ast.expr) -> list[str]:
    """`_client().v1.charges.list` as its names, from the last call or variable on."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else names


def _calls(source: str) -> Iterator[str]:
    """Every `v1.<resource>.<verb>` of a module, called or only named."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            names = _chain(node)
            if "v1" in names and names[-1] not in ("v1",):
                yield ".".join(names[names.index("v1") + 1 :])


def _called() -> set[str]:
    modules = (gateway, gateway_recurring)
    found = {call for module in modules for call in _calls(Path(module.__file__).read_text())}
    # A resource is named on the way to each of its verbs.
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


def _rights() -> dict[str, tuple[str, set[str]]]:
    rows = re.findall(r"^\| ([\w ]+) \| (Read|Write) \| (`.*`) \|$", SAID, re.MULTILINE)
    return {right: (level, set(re.findall(r"`([^`]+)`", calls))) for right, level, calls in rows}


def test_the_key_gets_the_right_to_every_call_that_the_code_makes_and_to_no_other() -> None:
    said = [call for _level, calls in _rights().values() for call in calls]
    assert sorted(said) == sorted(_called())


def test_a_right_is_to_write_only_where_something_is_written() -> None:
    for right, (level, calls) in _rights().items():
        writes = any(call.rpartition(".")[2] not in READS for call in calls)
        assert level == ("Write" if writes else "Read"), right


def test_the_events_to_ask_for_are_the_codes() -> None:
    listed = re.search(r"^```\n(checkout\.session[\w.\n]+)```$", SAID, re.MULTILINE)
    assert listed
    assert listed[1].split() == EVENTS


def test_the_api_version_is_the_sdks() -> None:
    assert f"`{stripe.api_version}`" in SAID
