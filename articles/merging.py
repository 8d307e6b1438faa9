"""Two changes of one draft put together. Pure.

`base` is what both began from, `live` what readers have meanwhile, `draft` what is still to come;
each is a page's content as Wagtail keeps it with a revision. What only one side changed is taken
from that side, down to single words; where both changed the same words the draft's stay and the
place is told as a `Conflict`.
"""

import json
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

Value = Any
Run = list[Any]

# Where the page stands and what was said about it: the draft's own, whatever happened meanwhile.
_DRAFTS_OWN: Final = frozenset(
    {
        "current_version",
        "developing_since",
        "draft_title",
        "embargo_until",
        "expired",
        "expire_at",
        "first_published_at",
        "go_live_at",
        "has_unpublished_changes",
        "last_published_at",
        "latest_revision",
        "latest_revision_created_at",
        "live",
        "live_revision",
        "pending_record",
        "wagtail_admin_comments",
    }
)
_TOKENS: Final = re.compile(r"<[^>]*>|\s+|[^<\s]+")
_EDITOR_KEY: Final = re.compile(r'\s+data-block-key="[^"]*"')


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed: the words there now, and those the draft would put there."""

    live: str
    draft: str


@dataclass(slots=True)
class _Merge:
    conflicts: list[Conflict] = field(default_factory=list)

    def value(self, base: Value, live: Value, draft: Value) -> Value:
        if live == draft or draft == base:
            return live
        if live == base:
            return draft
        if all(isinstance(each, str) for each in (base, live, draft)):
            return self.text(base, live, draft)
        if all(isinstance(each, Mapping) for each in (base, live, draft)):
            names = [*draft, *(name for name in live if name not in draft)]
            merged = {
                name: self.value(base.get(name), live.get(name), draft.get(name)) for name in names
            }
            return {name: each for name, each in merged.items() if name in draft or each}
        self.conflicts.append(Conflict(_shown(live), _shown(draft)))
        return draft

    def text(self, base: str, live: str, draft: str) -> str:
        old, now, new = (_TOKENS.findall(each) for each in (base, live, draft))
        return "".join(self.run(old, now, new, key=_without_key))

    def blocks(self, base: str, live: str, draft: str) -> str:
        """The body: its blocks by their ids, each merged by itself."""
        sides = [{each["id"]: each for each in json.loads(side)} for side in (base, live, draft)]
        old, now, new = sides
        order = self.run(list(old), list(now), list(new), key=lambda pk: pk)
        kept = []
        for pk in order:
            before, here, there = old.get(pk), now.get(pk), new.get(pk)
            if before and here and there:
                value = self.value(before["value"], here["value"], there["value"])
                kept.append({**there, "value": value})
            else:
                kept += [block for block in (there or here,) if block]
        for pk in set(old) - set(order):
            left = now.get(pk) or new.get(pk)
            if left and left["value"] != old[pk]["value"]:
                # One side took the block away while the other wrote in it.
                self.conflicts.append(Conflict(_shown(now.get(pk)), _shown(new.get(pk))))
        return json.dumps(kept)

    def run(self, base: Run, live: Run, draft: Run, key: Callable[[Any], Hashable]) -> Run:
        ours, theirs = _changes(base, live, key), _changes(base, draft, key)
        merged: Run = []
        place = 0
        while ours or theirs:
            low, high = min(change[:2] for change in (*ours[:1], *theirs[:1]))
            taken: tuple[list[_Change], list[_Change]] = ([], [])
            grown = True
            while grown:
                grown = False
                for side, into in ((ours, taken[0]), (theirs, taken[1])):
                    while side and (_is_at(side[0], low, high) or _meets(side[0], low, high)):
                        change = side.pop(0)
                        into.append(change)
                        low, high = min(low, change[0]), max(high, change[1])
                        grown = True
            merged += base[place:low]
            sides = [_applied(base, low, high, changes) for changes in taken]
            if not taken[0] or not taken[1]:
                merged += sides[0] if taken[0] else sides[1]
            else:
                if [key(each) for each in sides[0]] != [key(each) for each in sides[1]]:
                    self.conflicts.append(Conflict(_shown(sides[0]), _shown(sides[1])))
                merged += sides[1]
            place = high
        return merged + base[place:]


_Change = tuple[int, int, Run]


def merge_drafts(
    base: dict[str, Any], live: dict[str, Any], draft: dict[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    """The draft with the live story's changes put into it, and where both changed the same."""
    merge = _Merge()
    merged = dict(draft)
    for name in draft:
        if name in _DRAFTS_OWN:
            continue
        old, now, new = base.get(name), live.get(name), draft[name]
        if isinstance(new, list) and _plain(now) != _plain(old) and _plain(new) == _plain(old):
            merged[name] = now
        elif isinstance(new, list):
            if _plain(now) not in (_plain(old), _plain(new)):
                merge.conflicts.append(Conflict(name, name))
        elif name == "body" and now and old and now != old and new != old:
            merged[name] = merge.blocks(old, now, new)
        else:
            merged[name] = merge.value(old, now, new)
    return merged, merge.conflicts


def _plain(rows: Sequence[Any] | None) -> list[Any]:
    """Rows of bylines and the like, without the keys that each save may give anew."""
    return [
        {name: each for name, each in row.items() if name != "pk"}
        if isinstance(row, Mapping)
        else row
        for row in rows or []
    ]


def _changes(base: Run, new: Run, key: Callable[[Any], Hashable]) -> list[_Change]:
    matcher = SequenceMatcher(
        None, [key(each) for each in base], [key(each) for each in new], autojunk=False
    )
    return [
        (start, end, new[start_new:end_new])
        for op, start, end, start_new, end_new in matcher.get_opcodes()
        if op != "equal"
    ]


def _is_at(change: _Change, low: int, high: int) -> bool:
    return (change[0], change[1]) == (low, high)


def _meets(change: _Change, low: int, high: int) -> bool:
    """Whether a change and the range share a token; words put in at its edge stand beside it."""
    start, end, _new = change
    return start < high and low < end


def _applied(base: Run, low: int, high: int, changes: list[_Change]) -> Run:
    found: Run = []
    place = low
    for start, end, new in changes:
        found += base[place:start] + new
        place = end
    return found + base[place:high]


def _without_key(token: str) -> str:
    return _EDITOR_KEY.sub("", token)


def _shown(value: Value) -> str:
    """A value as an editor may read it."""
    if isinstance(value, list):
        value = "".join(str(each) for each in value)
    if isinstance(value, Mapping):
        value = value.get("value", value)
    return " ".join(re.sub(r"<[^>]*>", " ", "" if value is None else str(value)).split())
