"""Lists and expansion, the same for every kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import InvalidRequest
from .parameters import Check, integer, moment_range, text
from .state import JsonDict, Sandbox

PAGE: dict[str, Check] = {
    "limit": integer(1, 100),
    "starting_after": text(),
    "ending_before": text(),
}
_DEEPEST = 4


def moments() -> dict[str, Check]:
    return {"created": moment_range}


def page(
    sandbox: Sandbox,
    kind: str,
    url: str,
    asked: Mapping[str, Any],
    where: Mapping[str, str | None] | None = None,
    types: Sequence[str] = (),
) -> JsonDict:
    """One page, newest first. Raises InvalidRequest for a cursor that is no object of the kind."""
    limit = asked.get("limit", 10)
    after, before = asked.get("starting_after"), asked.get("ending_before")
    if after and before:
        raise InvalidRequest(
            "Received both starting_after and ending_before parameters. Please pass in only one."
        )
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor:
            sandbox.fetch(cursor, kind, kind.replace("_", " "), name)
    found = sandbox.store.select(
        kind,
        where,
        created=asked.get("created"),
        types=types,
        after=after,
        before=before,
        limit=limit + 1,
    )
    more = len(found) > limit
    if more:
        found = found[1:] if before else found[:-1]
    return {"object": "list", "data": found, "has_more": more, "url": url}


def whole(data: list[JsonDict], url: str) -> JsonDict:
    """A list that is inside another object, all of it."""
    return {"object": "list", "data": data, "has_more": False, "url": url}


# What may be expanded though the object has it only in some states.
_MAY_BE_ABSENT = frozenset({("refund", "failure_balance_transaction")})

Included = Mapping[tuple[str, str], Callable[[Sandbox, JsonDict], Any]]
Present = Callable[[Sandbox, JsonDict], JsonDict]


def expand(
    sandbox: Sandbox,
    answer: JsonDict,
    paths: Sequence[str],
    included: Included,
    present: Present,
) -> JsonDict:
    """Replace the ids that `expand[]` names by their objects, and add what Stripe adds on request.

    `included` makes, by (kind, field), what is not there unless asked for.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise InvalidRequest(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        _expand_at(sandbox, answer, steps, path, included, present)
    return answer


def _expand_at(
    sandbox: Sandbox,
    thing: Any,
    steps: Sequence[str],
    path: str,
    included: Included,
    present: Present,
) -> None:
    step, rest = steps[0], steps[1:]
    if step == "data" and isinstance(thing, dict) and thing.get("object") == "list":
        if not rest:
            raise _cannot(path)
        for item in thing["data"]:
            _expand_at(sandbox, item, rest, path, included, present)
        return
    if not isinstance(thing, dict):
        raise _cannot(path)
    maker = included.get((thing.get("object", ""), step))
    if maker is not None:
        thing.setdefault(step, maker(sandbox, thing))
    if step not in thing:
        if (thing.get("object", ""), step) in _MAY_BE_ABSENT:
            return
        raise _cannot(path)
    value = thing[step]
    if value is None:
        return
    if isinstance(value, str):
        found = sandbox.store.find(value)
        if found is None and sandbox.store.setting(f"deleted:{value}"):
            # Of a customer that was deleted Stripe says that much, and expands no further.
            thing[step] = {"id": value, "object": step, "deleted": True}
            return
        if found is None or step == "id":
            raise _cannot(path)
        value = thing[step] = present(sandbox, found)
    elif not isinstance(value, dict) or (maker is None and not rest and "id" not in value):
        raise _cannot(path)
    if rest:
        _expand_at(sandbox, value, rest, path, included, present)


def _cannot(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
