"""The chain that seals the record: a link for each version, entry and removal, as written.

Each link holds a commitment to what it seals (salted, so that a text that must be withheld
cannot be guessed from its hash while the rest still verifies), a hash that chains it to the
story's link before it, and one that chains it to the site's. Changing, dropping or reordering
anything breaks every later hash.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from articles.canonical import canonical, sha256
from articles.models import Correction, Removal, Seal, Version

START = "0" * 64
# Any number no other advisory lock of the site uses.
LOCK = 0x57A7_1234_5EA1

Sealed = Version | Correction | Removal


@dataclass(frozen=True, slots=True)
class Link:
    """One link as published: no salt, no text."""

    sequence: int
    article: int
    story_sequence: int
    commitment: str
    story_hash: str
    site_hash: str


def new_salt() -> str:
    """256 random bits as hexadecimal digits."""
    return secrets.token_hex(32)


def commitment(salt: str, sealed: dict[str, Any]) -> str:
    """SHA-256 of the salt and the canonical form of what is sealed."""
    return sha256(salt, canonical(sealed))


def next_story_hash(before: str, article: int, story_sequence: int, committed: str) -> str:
    return sha256("story", before, str(article), str(story_sequence), committed)


def next_site_hash(before: str, sequence: int, story_hash: str) -> str:
    return sha256("site", before, str(sequence), story_hash)


def sealed_version(version: Version) -> dict[str, Any]:
    """Everything a version's row says, as it is committed to. Who published it is left out: the
    account may have to be forgotten."""
    return {
        "kind": "version",
        "id": version.pk,
        "article": version.article_id,
        "number": version.number,
        "published_at": _moment(version.published_at),
        "recorded_at": _moment(version.recorded_at),
        "change": str(version.change),
        "minor_reason": version.minor_reason,
        "headline": version.headline,
        "dek": version.dek,
        "content": version.content,
        "body_html": version.body_html,
        "words_hash": version.words_hash,
        "layout_hash": version.layout_hash,
    }


def sealed_entry(entry: Correction) -> dict[str, Any]:
    """Everything a correction entry's row says, save whose account wrote it."""
    return {
        "kind": "entry",
        "id": entry.pk,
        "article": entry.article_id,
        "number": entry.number,
        "entry_kind": str(entry.kind),
        "was": entry.was,
        "now": entry.now,
        "issued_at": _moment(entry.issued_at),
        "recorded_at": _moment(entry.recorded_at),
        "signature": entry.signature,
        "before": entry.before_id,
        "after": entry.after_id,
        "supersedes": entry.supersedes_id,
        # Left out where it is not said, so that an entry hashes as before there was such a moment.
        **({"noticed_at": _moment(entry.noticed_at)} if entry.noticed_at else {}),
    }


def sealed_removal(removal: Removal) -> dict[str, Any]:
    """Everything a removal's row says, save whose accounts asked and agreed; that a second person
    did is part of it."""
    return {
        "kind": "removal",
        "id": removal.pk,
        "article": removal.article_id,
        "number": removal.number,
        "removal_kind": str(removal.kind),
        "version": removal.version_id,
        "ground": str(removal.ground),
        "reason": removal.reason,
        "happened_at": _moment(removal.happened_at),
        "recorded_at": _moment(removal.recorded_at),
        "agreed": removal.agreed_by_id is not None,
    }


def hold_the_chain() -> None:
    """Wait for one's turn to write to the record, until the transaction ends.

    Taken before any story's row is touched, so that two publications never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def seal(version: Version, entries: list[Correction]) -> list[Seal]:
    """Add the links of a version and the entries that explain it; the chain must be held."""
    return _append(version.article_id, [version, *entries])


def seal_removal(removal: Removal) -> Seal:
    """Add the link of a removal, or of its undoing; the chain must be held."""
    return _append(removal.article_id, [removal])[0]


def _append(article: int, to_seal: list[Sealed]) -> list[Seal]:
    last = Seal.objects.order_by("-sequence").values_list("sequence", "site_hash").first()
    sequence, site_hash = last or (0, START)
    story = (
        Seal.objects.filter(article=article)
        .order_by("-story_sequence")
        .values_list("story_sequence", "story_hash")
        .first()
    )
    story_sequence, story_hash = story or (0, START)
    links = []
    for sealed in to_seal:
        sequence, story_sequence = sequence + 1, story_sequence + 1
        committed = commitment_of(sealed)
        story_hash = next_story_hash(story_hash, article, story_sequence, committed)
        site_hash = next_site_hash(site_hash, sequence, story_hash)
        links.append(
            Seal(
                sequence=sequence,
                article_id=article,
                story_sequence=story_sequence,
                version=sealed if isinstance(sealed, Version) else None,
                correction=sealed if isinstance(sealed, Correction) else None,
                removal=sealed if isinstance(sealed, Removal) else None,
                commitment=committed,
                story_hash=story_hash,
                site_hash=site_hash,
            )
        )
    return Seal.objects.bulk_create(links)


def commitment_of(sealed: Sealed) -> str:
    """The commitment that the row as it stands would have."""
    if isinstance(sealed, Version):
        return commitment(sealed.salt, sealed_version(sealed))
    if isinstance(sealed, Removal):
        return commitment(sealed.salt, sealed_removal(sealed))
    return commitment(sealed.salt, sealed_entry(sealed))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
