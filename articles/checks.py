"""Checks before publishing: what an editor may want to look at. They warn and never block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from articles.picture_rights import pictures_in, unfit_pictures
from articles.versions import Content
from articles.wording import plain

LONG_HEADLINE: Final = 100
SOON: Final = timedelta(days=14)

Key = Literal[
    "dek",
    "lead",
    "topic",
    "headline",
    "alt",
    "credit",
    "right",
    "right-soon",
    "quote",
    "link-broken",
    "link-removed",
    "link-outside",
]
LinkState = Literal["good", "broken", "removed", "outside"]


@dataclass(frozen=True, slots=True)
class Warned:
    """`key` names its sentence in the template; `about` is the link, quote or number it needs."""

    key: Key
    about: str = ""


def warnings(
    content: Content, links: Mapping[str, LinkState], rights: dict[int, date], day: date
) -> list[Warned]:
    """What to look at in a draft's copy before it is published on `day`. Pure.

    `links` says how the addresses among its links were found, `rights` when those of its pictures
    end.
    """
    found: list[Warned] = []
    if not plain(content["dek"]):
        found.append(Warned("dek"))
    if not content["lead_image"]:
        found.append(Warned("lead"))
    if not content["topics"]:
        found.append(Warned("topic"))
    if len(content["headline"]) > LONG_HEADLINE:
        found.append(Warned("headline", str(len(content["headline"]))))
    lacking = {unfit.lacks for unfit in unfit_pictures(content, rights, day)}
    found += [Warned(key) for key in ("alt", "credit", "right") if key in lacking]
    ends = [rights[each["image"]] for each in pictures_in(content) if each["image"] in rights]
    if any(day <= end <= day + SOON for end in ends):
        found.append(Warned("right-soon"))
    found += [Warned("quote", quote) for quote in _quotes_not_in_the_text(content)]
    keys: dict[LinkState, Key] = {
        "broken": "link-broken",
        "removed": "link-removed",
        "outside": "link-outside",
    }
    for text, url in links_in(content):
        if key := keys.get(links.get(url, "good")):
            found.append(Warned(key, f"{text} ({url})" if url else text))
    return found


def links_in(content: Content) -> list[tuple[str, str]]:
    """The links of the story's text: words and address, which is "" where a page is gone."""
    return [
        (link["text"], link["url"]) for block in content["body"] for link in block.get("links", [])
    ]


def _quotes_not_in_the_text(content: Content) -> Iterator[str]:
    said = _bare(
        " ".join(
            paragraph for block in content["body"] for paragraph in block.get("paragraphs", [])
        )
    )
    for block in content["body"]:
        # A quote may leave words out: each of its parts must be there.
        if block["kind"] == "pull_quote" and not all(
            _bare(part) in said for part in block["quote"].replace("...", "…").split("…")
        ):
            yield block["quote"]


def _bare(text: str) -> str:
    """Letters and digits alone, so that quotation marks and a comma's place do not matter."""
    kept = (letter if letter.isalnum() else " " for letter in plain(text).casefold())
    return " ".join("".join(kept).split())
