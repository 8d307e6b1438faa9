"""Finding entries of the record: by words, kind, section and days; pages by key, of any number."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from articles.entries import EntryLine, entry_lines, spoken_of_withheld
from articles.models import Correction, Ground, Removal

PER_PAGE: Final = 30
LONGEST_WORDS: Final = 200
# The configurations that entries are stemmed with (the trigger of migration 0009).
LANGUAGES: Final = ("english", "french")


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader narrows the record by; the days are the newsroom's, both included.

    `section_path` is the section's place in Wagtail's tree, `language` the stories'."""

    words: str = ""
    kind: str = ""
    section_path: str = ""
    since: date | None = None
    until: date | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entries, newest first. `newer` and `older` are the keys of the pages around it."""

    entries: list[EntryLine]
    newer: int | None
    older: int | None


def find_entries(sought: Sought) -> "QuerySet[Correction]":
    """The entries that fit, newest first; those of stories that were removed since stay, unless
    the law, somebody's safety or somebody's rights demanded it: they would repeat the words."""
    acts = Removal.objects.filter(article=OuterRef("article"), version=None).order_by("-number")
    may_stay = Q(article__live=True) | Q(removed_on__in=[Ground.MISTAKE, Ground.OTHER])
    found = Correction.objects.annotate(removed_on=Subquery(acts.values("ground")[:1]))
    found = found.filter(may_stay).order_by("-issued_at", "-id")
    if sought.kind:
        found = found.filter(kind=sought.kind)
    if sought.language:
        found = found.filter(article__locale__language_code=sought.language)
    if sought.section_path:
        found = found.filter(article__path__startswith=sought.section_path)
    if sought.since:
        found = found.filter(issued_at__gte=_begin(sought.since))
    if sought.until:
        found = found.filter(issued_at__lt=_begin(sought.until + timedelta(days=1)))
    if words := sought.words[:LONGEST_WORDS].strip():
        first, second = (
            SearchQuery(words, config=language, search_type="websearch") for language in LANGUAGES
        )
        found = found.filter(found_by__words=first | second).exclude(spoken_of_withheld())
    return found


def page_before(found: "QuerySet[Correction]", key: int | None, count: int = PER_PAGE) -> Found:
    """The `count` entries before the one whose id is `key`, or the newest ones.

    Raises `Correction.DoesNotExist` for a key that is no entry's."""
    rest = found
    if key is not None:
        moment = _moment_of(key)
        # The first condition alone bounds the index.
        rest = found.filter(issued_at__lte=moment).filter(Q(issued_at__lt=moment) | Q(id__lt=key))
    lines = entry_lines(rest, count + 1)
    shown = lines[:count]
    return Found(
        shown,
        newer=shown[0].id if key is not None and shown else None,
        older=shown[-1].id if len(lines) > count else None,
    )


def page_after(found: "QuerySet[Correction]", key: int, count: int = PER_PAGE) -> Found:
    """The `count` entries that came next after the one whose id is `key`, newest first."""
    moment = _moment_of(key)
    later = found.filter(issued_at__gte=moment).filter(Q(issued_at__gt=moment) | Q(id__gt=key))
    lines = entry_lines(later.order_by("issued_at", "id"), count + 1)
    shown = lines[:count][::-1]
    return Found(
        shown,
        newer=shown[0].id if len(lines) > count else None,
        older=shown[-1].id if shown else None,
    )


def _moment_of(key: int) -> datetime:
    moment: datetime = Correction.objects.values_list("issued_at", flat=True).get(pk=key)
    return moment


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())
