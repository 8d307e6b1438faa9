"""Correction entries as lines to show: under a story, on the corrections page, in the feeds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from articles.models import Correction, ErrorReport, Kind, Removal, RemovalKind
from articles.removals import withheld_headline
from newsroom.prepared import Prepared


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry. `issued_at` is the public moment, `recorded_at` the database's; `number` counts
    within the story, as does `supersedes`, the entry that this one replaces; `after` is the number
    of the version it came with; `recorded_late` says that the two moments are further apart than
    the newsroom allows without a word; `noticed_at` is when a reader first told us or, with
    `noticed_by_us`, when the newsroom noticed it itself; `withheld` says that a version beside it
    is; `language` is the story's."""

    number: int
    kind: str
    kind_shown: str
    was: str
    now: str
    issued_at: datetime
    recorded_at: datetime
    signature: str
    anchor: str
    before_after_url: str | None
    story_headline: str
    story_url: str
    after: int
    supersedes: int | None = None
    recorded_late: bool = False
    noticed_at: datetime | None = None
    noticed_by_us: bool = False
    id: int = 0
    withheld: bool = False
    language: str = ""


def entry_lines(
    found: "QuerySet[Correction]", count: int | None = None, offset: int = 0
) -> list[EntryLine]:
    """`count` lines from `offset` on, in the queryset's order; one query."""
    stop = None if count is None else offset + count
    return [_line(dict(row)) for row in _rows(found)[offset:stop]]


def _rows(found: "QuerySet[Correction]") -> "QuerySet[Correction, Any]":
    return found.filter(article__addresses__current=True).values(
        "id",
        "number",
        "kind",
        "was",
        "now",
        "issued_at",
        "recorded_at",
        "signature",
        "noticed_at",
        before_number=F("before__number"),
        after_number=F("after__number"),
        superseded_number=F("supersedes__number"),
        headline=F("article__current_version__headline"),
        path=F("article__addresses__path"),
        told_at=_told(),
        language=F("article__locale__language_code"),
        before_withheld=_last_act("before"),
        after_withheld=_last_act("after"),
        headline_withheld=_last_act("article__current_version"),
    )


def story_entries(article: int) -> list[EntryLine]:
    """A story's entries, newest first."""
    return [_line(row) for row in _OF_A_STORY.all(article)]


_OF_A_STORY: Final = Prepared(
    lambda article: _rows(Correction.objects.filter(article=article).order_by("-issued_at", "-id")),
    int,
)


def recorded_late(public_moment: datetime, recorded_at: datetime) -> bool:
    """Whether readers are shown both moments (`WAYLIGHT_RECORDED_LATE_MINUTES`; 0 for never)."""
    allowed = settings.RECORDED_LATE_MINUTES
    return bool(allowed) and recorded_at - public_moment > timedelta(minutes=allowed)


def compare_url(story_url: str, before: int, after: int) -> str:
    """Where two versions of a story, by number, are shown side by side."""
    return f"{story_url}history/{before}-{after}/"


def mark_of(entries: list[EntryLine]) -> str | None:
    """What readers are told near the headline: "retraction", "correction" or None.

    An entry that a later one supersedes no longer counts."""
    marked = marked_by(entries)
    return marked.kind if marked else None


def marked_by(entries: list[EntryLine]) -> EntryLine | None:
    """The entry that the mark near the headline leads to: the newest of its kind."""
    replaced = {entry.supersedes for entry in entries}
    for kind in (Kind.RETRACTION, Kind.CORRECTION):
        for entry in entries:
            if entry.kind == kind and entry.number not in replaced:
                return entry
    return None


def _told() -> Subquery:
    """When a reader first reported what the entry corrects; not who told us afterwards, of what was
    known already."""
    told = ErrorReport.objects.filter(
        correction=OuterRef("pk"), reported_at__lte=OuterRef("after__published_at")
    )
    return Subquery(told.order_by("reported_at").values("reported_at")[:1])


def _last_act(version: str) -> Subquery:
    """Whether the version in that column is withheld: the kind of the last act about it."""
    acts = Removal.objects.filter(version=OuterRef(version)).order_by("-number")
    return Subquery(acts.values("kind")[:1])


def spoken_of_withheld() -> Q:
    """Entries beside which a version is withheld: their words might tell its words."""
    acts = Removal.objects.filter(version=OuterRef("version")).order_by("-number")
    last = Removal.objects.filter(
        kind=RemovalKind.WITHHELD, number=Subquery(acts.values("number")[:1])
    )
    versions = last.values("version")
    return Q(before__in=versions) | Q(after__in=versions)


def _line(row: dict[str, Any]) -> EntryLine:
    # What an entry says of a withheld version could be quoted from it.
    if before_withheld := row.pop("before_withheld") == RemovalKind.WITHHELD:
        row["was"] = ""
    if after_withheld := row.pop("after_withheld") == RemovalKind.WITHHELD:
        row["was"], row["now"] = "", gettext("Withheld, with the version it came with.")
    if row.pop("headline_withheld") == RemovalKind.WITHHELD:
        row["headline"] = withheld_headline()
    path, before, after = row["path"], row.pop("before_number"), row.pop("after_number")
    return EntryLine(
        **{
            key: row[key] for key in ("id", "number", "kind", "was", "now", "signature", "language")
        },
        kind_shown=str(Kind(row["kind"]).label),
        issued_at=row["issued_at"],
        recorded_at=row["recorded_at"],
        anchor=f"entry-{row['number']}",
        before_after_url=compare_url(path, before, after)
        if before and not before_withheld and not after_withheld
        else None,
        withheld=before_withheld or after_withheld,
        story_headline=row["headline"],
        story_url=path,
        after=after,
        supersedes=row["superseded_number"],
        recorded_late=recorded_late(row["issued_at"], row["recorded_at"]),
        noticed_at=min(filter(None, (row["told_at"], row["noticed_at"])), default=None),
        noticed_by_us=bool(row["noticed_at"])
        and not (row["told_at"] and row["told_at"] <= row["noticed_at"]),
    )
