"""What an editor said about a draft before another publication came between.

It was said about an earlier version than the one readers see now, so it does not count by itself
(`corrections.pending`). It is not lost either: it is offered again until a publication settles it.
"""

from typing import Any

from articles.corrections import Entry, Record, read_entry
from articles.models import Article, Version


def set_aside(article: Article) -> Record:
    """What is to be offered again for the draft `article`; empty when nothing is."""
    stored: dict[str, Any] = article.pending_record or {}
    if not stored or not article.current_version_id:
        return Record()
    if stored.get("base") == article.current_version_id:
        return _record(stored.get("aside") or {})
    if _was_used(article, stored):
        return Record()
    aside = _record(stored.get("aside") or {})
    said = _record(stored)
    return Record(
        [*said.entries, *(each for each in aside.entries if each not in said.entries)],
        said.minor_reason or aside.minor_reason,
        said.by,
    )


def keep_aside(article: Article, record: Record) -> None:
    """Keep `record` beside what is now said about the draft `article` (unsaved)."""
    if not record:
        return
    stored = article.pending_record or {"base": article.current_version_id}
    article.pending_record = stored | {"aside": record.as_stored()}


def _was_used(article: Article, stored: dict[str, Any]) -> bool:
    """Whether the publication that followed the version it was said about carried it."""
    base = Version.objects.filter(article=article.pk, pk=stored.get("base") or 0).first()
    after = base and Version.objects.filter(article=article.pk, number=base.number + 1).first()
    if not after:
        return False
    said = _record(stored)
    carried = sorted(after.entries.values_list("kind", "was", "now"))
    told = sorted((entry.kind, entry.was, entry.now) for entry in said.entries)
    return carried == told and after.minor_reason == said.minor_reason


def _record(stored: dict[str, Any]) -> Record:
    entries: list[Entry] = [read_entry(each) for each in stored.get("entries", [])]
    return Record(entries, stored.get("minor_reason", ""), stored.get("by"))
