"""What became of a story: its versions, each with why it came to be."""

from dataclasses import dataclass, field
from datetime import datetime

from articles.entries import EntryLine, compare_url, recorded_late
from articles.models import Change, Removal, Version
from articles.removals import withheld_versions
from articles.signing import public_name


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version. `signed` is the public name of who published it, "" when not known;
    `before_after_url` compares it with the one before it; `recorded_late` as an entry's."""

    number: int
    published_at: datetime
    recorded_at: datetime
    change: str
    change_shown: str
    minor_reason: str
    signed: str
    headline: str
    before_after_url: str | None
    recorded_late: bool = False
    withheld: Removal | None = None
    entries: list[EntryLine] = field(default_factory=list)


def version_lines(article: int, story_url: str, entries: list[EntryLine]) -> list[VersionLine]:
    """All versions of a story, newest first, with the entries that came with each; two queries.

    Of a withheld version only the number and the moments are told."""
    withheld = withheld_versions(article)
    versions = (
        Version.objects.filter(article=article)
        .select_related("published_by__person")
        .defer("content", "body_html", "salt")
        .order_by("-number")
    )
    return [
        VersionLine(
            number=version.number,
            published_at=version.published_at,
            recorded_at=version.recorded_at,
            change=version.change,
            change_shown=str(Change(version.change).label),
            minor_reason="" if version.number in withheld else version.minor_reason,
            signed=public_name(version.published_by),
            headline="" if version.number in withheld else version.headline,
            before_after_url=compare_url(story_url, version.number - 1, version.number)
            if version.number > 1 and not {version.number, version.number - 1} & set(withheld)
            else None,
            withheld=withheld.get(version.number),
            recorded_late=recorded_late(version.published_at, version.recorded_at),
            entries=[entry for entry in entries if entry.after == version.number],
        )
        for version in versions
    ]


def both_versions(article: int, before: int, after: int) -> tuple[Version, Version] | None:
    """Two versions of a story by number, the older one first; None when there are no such two."""
    if before >= after:
        return None
    found = Version.objects.filter(article=article, number__in=(before, after)).order_by("number")
    both = list(found)
    return (both[0], both[1]) if len(both) == 2 else None
