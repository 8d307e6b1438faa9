"""The rule of the record: no published word changes without a word about it.

Pure: values in, a verdict out. `articles/publishing.py` asks it at the moment of publication,
`articles/forms.py` beforehand, so that an editor hears of it beside the field.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from articles.going_public import Refused
from articles.models import Article, Change, Kind


class SilentEdit(Refused):
    """A publication that would change words without a word about it, or say what is not so.

    `fault` is "unexplained", "swapped", "nothing-changed", or what is wrong with entry number
    `entry` (from 0): "kind", "was", "now", "future", "noticed".
    """

    def __init__(self, sentence: str, fault: str = "unexplained", entry: int | None = None) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Entry:
    """What an editor says about one change. `issued_at` None means the moment of publication;
    `supersedes` is the id of an earlier entry of the story that was itself mistaken; `noticed_at`
    is when the newsroom itself noticed the error."""

    kind: str
    was: str
    now: str
    issued_at: datetime | None = None
    supersedes: int | None = None
    noticed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What an editor says about one publication: entries, or why the edit is minor, or both.

    `by` is the account's id of who said it; None means who publishes.
    """

    entries: Sequence[Entry] = field(default_factory=list)
    minor_reason: str = ""
    by: int | None = None

    def __bool__(self) -> bool:
        return bool(self.entries or self.minor_reason.strip())

    def as_stored(self) -> dict[str, Any]:
        """As it is kept in JSON with a draft; `read_entry` reads its entries back."""
        return {
            "by": self.by,
            "minor_reason": self.minor_reason.strip(),
            "entries": [
                {
                    "kind": str(entry.kind),
                    "was": entry.was.strip(),
                    "now": entry.now.strip(),
                    "issued_at": entry.issued_at.isoformat() if entry.issued_at else None,
                    "supersedes": entry.supersedes,
                    "noticed_at": entry.noticed_at.isoformat() if entry.noticed_at else None,
                }
                for entry in self.entries
            ],
        }


@dataclass(frozen=True, slots=True)
class Shape:
    """A story's hashes. `things` is of its pictures, links, embeds, related stories and quotations,
    each with what it belongs to; "" where nobody asks whether one was swapped."""

    words_hash: str
    layout_hash: str
    things: str = ""


def judge(
    last: Shape | None,
    new: Shape,
    record: Record,
    moment: datetime,
    since: datetime | None = None,
) -> Change | None:
    """How a publication at `moment` goes on the record; None when a reader sees no difference.

    `last` is the story's last version, None before the first; `since` is when the story was first
    public, where it is known. Raises `SilentEdit`.
    """
    if last is None:
        return Change.FIRST
    words_changed = last.words_hash != new.words_hash
    swapped = bool(last.things and new.things) and last.things != new.things
    for number, entry in enumerate(record.entries):
        _check(entry, number, moment, since)
        # To retract changes what the story is, to supersede changes what an entry says: these
        # two stand without a change of the story's words.
        stands_alone = entry.kind == Kind.RETRACTION or entry.supersedes
        if not (words_changed or swapped or stands_alone):
            raise SilentEdit(
                _(
                    "No word of this story changed since it was last published, so there is "
                    "nothing this entry could explain. Take the entry away, or make the change."
                ),
                "nothing-changed",
                number,
            )
    if record.entries:
        return Change.EXPLAINED
    if words_changed or swapped:
        if record.minor_reason.strip():
            return Change.MINOR
        if not words_changed:
            raise SilentEdit(
                _(
                    "A picture, a link, an embed, a related story or a part of a quotation is "
                    "another one now, or stands with other words. Say under “What changed” what "
                    "was wrong and what is right, or why it is only a minor edit."
                ),
                "swapped",
            )
        raise SilentEdit(
            _(
                "Published words of this story changed. Say under “What changed” what was wrong "
                "and what is right, or why it is only a minor edit."
            )
        )
    return Change.LAYOUT if last.layout_hash != new.layout_hash else None


def pending(article: Article) -> Record:
    """What the editor said about the change in this draft.

    Empty when it was said about an earlier version than the current one: another publication
    came between, or the record was already used.
    """
    stored: dict[str, Any] = article.pending_record or {}
    if not stored or stored.get("base") != article.current_version_id:
        return Record()
    return Record(
        entries=[read_entry(each) for each in stored.get("entries", [])],
        minor_reason=stored.get("minor_reason", ""),
        by=stored.get("by"),
    )


def set_pending(article: Article, record: Record) -> None:
    """Keep `record` with the draft `article` (unsaved), bound to the current version."""
    article.pending_record = (
        {"base": article.current_version_id, **record.as_stored()} if record else {}
    )


def read_entry(stored: dict[str, Any]) -> Entry:
    """An entry as `Record.as_stored` wrote it."""
    issued_at, noticed_at = stored.get("issued_at"), stored.get("noticed_at")
    return replace(
        Entry(kind=stored["kind"], was=stored.get("was", ""), now=stored.get("now", "")),
        issued_at=parse_datetime(issued_at) if issued_at else None,
        supersedes=stored.get("supersedes"),
        noticed_at=parse_datetime(noticed_at) if noticed_at else None,
    )


def _check(entry: Entry, number: int, moment: datetime, since: datetime | None) -> None:
    if entry.kind not in Kind.values:
        raise SilentEdit(_("Choose what kind of entry this is."), "kind", number)
    if not entry.now.strip():
        raise SilentEdit(_("Say what is right now."), "now", number)
    if entry.kind == Kind.CORRECTION and not entry.was.strip():
        raise SilentEdit(_("A correction says what was wrong."), "was", number)
    if entry.issued_at and entry.issued_at > moment:
        raise SilentEdit(
            _("An entry cannot be dated later than the words it explains."), "future", number
        )
    if not entry.noticed_at:
        return
    if entry.kind == Kind.UPDATE:
        raise SilentEdit(
            _("An update is news, not an error that somebody noticed: leave this empty."),
            "noticed",
            number,
        )
    if entry.noticed_at > moment:
        raise SilentEdit(_("An error cannot be noticed after it is corrected."), "noticed", number)
    # Said to the minute, so the minute of the publication is not before it.
    if since and entry.noticed_at < since.replace(second=0, microsecond=0):
        raise SilentEdit(_("The story was not public yet at that moment."), "noticed", number)
