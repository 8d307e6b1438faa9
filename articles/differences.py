"""What a reader sees change between two versions beside the words: pictures, links, embeds, related
stories, the parts of a quotation, order.

Pure: both are canonical copies (`articles/versions.py`).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, TypeVar

from articles.versions import Content, quotation

Key = TypeVar("Key", bound=Hashable)
What = Literal[
    "picture",
    "exchanged picture",
    "link",
    "embed",
    "related story",
    "quotation",
    "section",
    "topics",
    "order",
    "developing",
    "retracted body",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """One side of a difference: what it is called, where it leads, a picture's own file where the
    version kept its address, the id of a story of ours (0 for none), and a quotation's parts that
    are not empty, each by its name in `articles/versions.py`."""

    name: str
    url: str = ""
    picture: str = ""
    story: int = 0
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` None: it came; `after` None: it went; neither, where there is nothing to name. Of an
    exchanged picture `before` is whose place it has now, `after` where it stood."""

    what: What
    before: Seen | None = None
    after: Seen | None = None


def differences(before: Content, after: Content) -> list[Difference]:
    """Every difference of layout, in the order: pictures, links, embeds, related stories,
    quotations, section, topics, order."""
    found = [
        *_pictures_differ(before, after),
        *_links(before, after),
        *_in_order("embed", list(_embeds(before)), list(_embeds(after))),
        *_in_order("related story", *_left(list(_related(before)), list(_related(after)))),
        *_quotations(before, after),
        *_named("section", before, after, lambda each: _seen_section(each["section"])),
        *_named("topics", before, after, _topics),
    ]
    if _moved(before["body"], after["body"]):
        found.append(Difference("order"))
    if before["developing"] != after["developing"]:
        flags = [Seen("") if each["developing"] else None for each in (before, after)]
        found.append(Difference("developing", *flags))
    if before.get("retracted_body") != after.get("retracted_body"):
        sides = [Seen("") if each.get("retracted_body") else None for each in (before, after)]
        found.append(Difference("retracted body", *sides))
    return found


def _pictures_differ(before: Content, after: Content) -> Iterator[Difference]:
    """Pictures that came, went or were swapped; and those that stand with the words of another."""
    stood, stands = list(_pictures(before)), list(_pictures(after))
    files = {file: (said, seen) for (file, said), seen in stood}
    old, new = _left(stood, stands)
    exchanged = []
    for key, _seen in new:
        (file, said) = key
        kept = next((each for each in old if each[0][1] == said and each[0] != key), None)
        if kept and file in files and files[file][0] != said:
            exchanged.append((key, kept[0]))
            yield Difference("exchanged picture", kept[1], files[file][1])
    gone = {key for _now, key in exchanged}
    came = {key for key, _then in exchanged}
    yield from _in_order(
        "picture",
        [(file, seen) for (file, said), seen in old if (file, said) not in gone],
        [(file, seen) for (file, said), seen in new if (file, said) not in came],
    )


def _pictures(content: Content) -> Iterator[tuple[tuple[str, str], Seen]]:
    """By file and what is said with it."""
    for shown in (content["lead_image"], *content["body"]):
        if shown and shown.get("file"):
            name = shown.get("caption") or shown.get("alt") or ""
            said = "\n".join(shown.get(part, "") for part in ("alt", "caption", "credit"))
            yield (shown["file"], said), Seen(name, picture=shown.get("url", ""))


def _related(content: Content) -> Iterator[tuple[int, Seen]]:
    for block in content["body"]:
        if block.get("kind") == "related":
            yield block["story"], Seen(block.get("line", ""), story=block["story"])


def _quotations(before: Content, after: Content) -> Iterator[Difference]:
    """Quotations with the same words, of which some stand for something else now."""
    sides = [
        [(tuple(parts.values()), _seen_quotation(parts)) for parts in map(quotation, body)]
        for body in (_quoted(before), _quoted(after))
    ]
    old, new = _left(*sides)
    for parts, seen in new:
        was = next(
            (each for each in old if " ".join(each[0]).split() == " ".join(parts).split()), None
        )
        if was:
            old.remove(was)
            yield Difference("quotation", was[1], seen)


def _seen_quotation(parts: dict[str, str]) -> Seen:
    return Seen("", parts=tuple((name, text) for name, text in parts.items() if text))


def _quoted(content: Content) -> list[dict[str, Any]]:
    return [
        block for block in content["body"] if block.get("kind") in ("pull_quote", "reader_comment")
    ]


def _left(
    before: list[tuple[Key, Seen]], after: list[tuple[Key, Seen]]
) -> tuple[list[tuple[Key, Seen]], list[tuple[Key, Seen]]]:
    """What only one side has, in order."""
    keys = [Counter(key for key, _seen in side) for side in (before, after)]
    both = keys[0] & keys[1]
    return _without(before, both), _without(after, both)


def _without(side: list[tuple[Key, Seen]], both: Counter[Key]) -> list[tuple[Key, Seen]]:
    left = Counter(both)
    found = []
    for key, seen in side:
        if left[key]:
            left[key] -= 1
        else:
            found.append((key, seen))
    return found


def _embeds(content: Content) -> Iterator[tuple[str, Seen]]:
    for block in content["body"]:
        if block.get("url") and not block.get("file"):
            yield block["url"], Seen(block.get("title") or block["url"], block["url"])


def _in_order(
    what: What, before: list[tuple[Key, Seen]], after: list[tuple[Key, Seen]]
) -> Iterator[Difference]:
    """What was swapped, went or came, by what identifies each thing."""
    ours, theirs = [key for key, _seen in before], [key for key, _seen in after]
    for op, start, end, start_after, end_after in SequenceMatcher(
        None, ours, theirs, False
    ).get_opcodes():
        if op == "equal":
            continue
        for nth in range(max(end - start, end_after - start_after)):
            old = before[start + nth][1] if start + nth < end else None
            new = after[start_after + nth][1] if start_after + nth < end_after else None
            yield Difference(what, old, new)


def _links(before: Content, after: Content) -> Iterator[Difference]:
    """Links that lead elsewhere than they did under the same words; then those that went or came
    where the words that carry them stand in both."""
    gone, new = _link_counts(before), _link_counts(after)
    gone, new = gone - new, new - gone
    for words, url in list(gone):
        other = next((link for link in new if link[0] == words and new[link]), None)
        if other:
            new[other] -= 1
            yield Difference("link", Seen(words, url), Seen(words, other[1]))
        else:
            yield Difference("link", Seen(words, url), None)
    for words, url in (+new).elements():
        yield Difference("link", None, Seen(words, url))


def _link_counts(content: Content) -> Counter[tuple[str, str]]:
    links: list[dict[str, str]] = [
        link for block in content["body"] for link in block.get("links", [])
    ]
    return Counter((link["text"], link["url"]) for link in links)


def _named(
    what: What, before: Content, after: Content, seen: Callable[[Content], Seen]
) -> Iterator[Difference]:
    old, new = seen(before), seen(after)
    if old != new:
        yield Difference(what, old if old.name else None, new if new.name else None)


def _seen_section(section: dict[str, str]) -> Seen:
    return Seen(section["title"], section["url"])


def _topics(content: Content) -> Seen:
    return Seen(", ".join(topic["name"] for topic in content["topics"]))


def _moved(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether blocks that stand in both stand in another order."""
    ours, theirs = [repr(block) for block in before], [repr(block) for block in after]
    both = Counter(ours) & Counter(theirs)
    return _only(ours, both) != _only(theirs, both)


def _only(blocks: list[str], kept: Counter[str]) -> list[str]:
    left = Counter(kept)
    found = []
    for block in blocks:
        if left[block]:
            left[block] -= 1
            found.append(block)
    return found
