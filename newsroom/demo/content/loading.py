"""Reads the content's TOML files into the shapes. A slip in a file is a ``ContentError`` that
names the file.

A story's file is its slug. Its body is a list of one-key tables in reading order: ``text`` (blank
lines part paragraphs), ``heading``, ``image``, ``quote``, ``list``, ``numbers``, ``embed``,
``related`` or ``comment``.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsroom.demo.content.blocks import (
    Block,
    Bullets,
    Embed,
    Heading,
    Image,
    Picture,
    PullQuote,
    Quoted,
    Related,
    Text,
)
from newsroom.demo.content.shapes import (
    Campaign,
    Change,
    Cheque,
    Comment,
    DemoContent,
    Donors,
    Edit,
    Entry,
    GiftLine,
    Match,
    Newsroom,
    Person,
    Question,
    Report,
    Section,
    StandingPage,
    Story,
    Topic,
    Translated,
)

HERE = Path(__file__).parent
CREDIT = "Halina Brzozka / The Landfast"


class ContentError(ValueError):
    """A content file does not have the shape it should; the message names file and fault."""


@lru_cache(maxsize=1)
def load() -> DemoContent:
    """All of the demo newsroom, stories newest first. Reads the files once per process."""
    newsroom = _read(HERE / "newsroom.toml")
    campaigns = _read(HERE / "campaigns.toml")
    pages = {page.slug: page for page in map(_page, sorted((HERE / "pages").glob("*.toml")))}
    stories = [_story(path) for path in sorted((HERE / "stories").glob("*.toml"))]
    return DemoContent(
        newsroom=Newsroom(
            **newsroom["newsroom"],
            corrections_policy=pages["corrections-policy"],
            pages=tuple(pages[slug] for slug in newsroom["pages"]),
        ),
        sections=tuple(Section(**row) for row in newsroom["section"]),
        topics=tuple(Topic(**row) for row in newsroom["topic"]),
        people=tuple(Person(**row) for row in _read(HERE / "people.toml")["person"]),
        stories=tuple(sorted(stories, key=lambda s: (s.days_ago, -s.hour, -s.minute, s.slug))),
        comments=tuple(_comment(row) for row in _read(HERE / "comments.toml")["comment"]),
        reports=tuple(Report(**row) for row in _read(HERE / "reports.toml")["report"]),
        campaign=_campaign(campaigns["campaign"]),
        default_campaign=_campaign(campaigns["default"]),
        finished=_campaign(campaigns["finished"]),
        donors=_donors(_read(HERE / "donors.toml")),
        french=_translated("fr"),
    )


def _translated(language: str) -> Translated:
    """What lies in the folder of that language, shaped like the newsroom's own."""
    here = HERE / language
    newsroom = _read(here / "newsroom.toml")
    pages = {page.slug: page for page in map(_page, sorted((here / "pages").glob("*.toml")))}
    stories = [_story(path) for path in sorted((here / "stories").glob("*.toml"))]
    campaigns = _read(here / "campaigns.toml")
    people = _read(here / "people.toml")["person"]
    return Translated(
        language=language,
        tagline=newsroom["newsroom"]["tagline"],
        about=newsroom["newsroom"]["about"],
        campaign=_campaign(campaigns["campaign"]),
        default_campaign=_campaign(campaigns["default"]),
        people=tuple((row["slug"], row["role"], row["biography"]) for row in people),
        sections=tuple(Section(**row) for row in newsroom["section"]),
        topics=tuple(Topic(**row) for row in newsroom["topic"]),
        pages=tuple(pages[slug] for slug in newsroom["pages"]),
        stories=tuple(sorted(stories, key=lambda s: (s.days_ago, -s.hour, -s.minute, s.slug))),
        comments=tuple(_comment(row) for row in _read(here / "comments.toml")["comment"]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from error


def _paragraphs(text: str) -> tuple[str, ...]:
    # The spaces that French keeps unbroken are not ours to break.
    parts = (re.sub(r"[ \t\n]+", " ", part).strip() for part in text.split("\n\n"))
    return tuple(part for part in parts if part)


def _picture(row: dict[str, Any]) -> Picture:
    return Picture(**{"credit": CREDIT, **row})


def _block(row: dict[str, Any]) -> Block:
    [(key, value)] = row.items()
    match key:
        case "text":
            return Text(_paragraphs(value))
        case "heading":
            return Heading(value)
        case "image":
            return Image(_picture(value))
        case "quote":
            lists = {name: tuple(value.get(name, ())) for name in ("accounts", "hashtags")}
            return PullQuote(**{**value, **lists})
        case "list" | "numbers":
            return Bullets(tuple(value), ordered=key == "numbers")
        case "embed":
            return Embed(**value)
        case "related":
            return Related(**value)
        case "comment":
            return Quoted(**value)
    raise ContentError(f"there is no block called {key!r}")


def _edit(row: dict[str, Any]) -> Edit:
    return Edit(
        minutes_after=row["minutes_after"],
        issued_by=row["issued_by"],
        changes=tuple(Change(**change) for change in row["change"]),
        entries=tuple(Entry(**entry) for entry in row.get("entry", ())),
        minor_reason=row.get("minor_reason", ""),
    )


def _story(path: Path) -> Story:
    row = _read(path)
    try:
        return Story(
            slug=path.stem,
            label=row["label"],
            section=row["section"],
            headline=row["headline"],
            dek=row["dek"],
            bylines=tuple(row["bylines"]),
            credits=tuple(row.get("credits", ())),
            topics=tuple(row["topics"]),
            location=row["location"],
            days_ago=row["days_ago"],
            hour=row["hour"],
            minute=row["minute"],
            lead=_picture(row["lead"]),
            body=tuple(_block(block) for block in row["body"]),
            keep_reading=tuple(row["keep_reading"]),
            edits=tuple(_edit(edit) for edit in row.get("edit", ())),
            translates=row.get("translates", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{path.name}: {error}") from error


def _page(path: Path) -> StandingPage:
    row = _read(path)
    try:
        blocks = tuple(_block(block) for block in row["body"])
        return StandingPage(path.stem, row["title"], blocks, row.get("slug", ""))
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{path.name}: {error}") from error


def _comment(row: dict[str, Any]) -> Comment:
    return Comment(**{**row, "reports": tuple(row.get("reports", ()))})


def _campaign(row: dict[str, Any]) -> Campaign:
    return Campaign(
        slug=row["slug"],
        title=row["title"],
        goal=row.get("goal"),
        banner=row["banner"],
        case=_paragraphs(row["case"]),
        gift_lines=tuple(GiftLine(**line) for line in row["gift_line"]),
        questions=tuple(Question(**question) for question in row["question"]),
        presets=tuple(row["presets"]),
        thank_you=row["thank_you"],
        match=Match(**row["match"]) if "match" in row else None,
        milestones=tuple(GiftLine(**line) for line in row.get("milestone", ())),
        stretch=GiftLine(**row["stretch"]) if "stretch" in row else None,
        outcome=_paragraphs(row.get("outcome", "")),
        cheques=tuple(Cheque(**cheque) for cheque in row.get("cheque", ())),
    )


def _donors(row: dict[str, Any]) -> Donors:
    return Donors(*(tuple(row[name]) for name in ("first_names", "last_names", "messages")))
