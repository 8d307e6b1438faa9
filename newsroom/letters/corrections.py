"""Corrections reach letters: an entry on a story that stood in one is owed to its readers.

The next letter of that newsletter carries it. A retraction, or an entry that staff call serious,
goes at once as a letter of its own, to those who got the story and still get the newsletter.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles.entries import entry_lines
from articles.models import Correction, Kind
from newsroom.audit import log as audit
from newsroom.letters.models import Letter, LetterCorrection, LetterState, Purpose
from newsroom.readers.models import Reader

# An entry is looked for that long; sweeps come every few seconds.
LOOKED_FOR: Final = timedelta(days=2)
# Updates add to a story; what it said was right.
_TOLD: Final = [Kind.CORRECTION.value, Kind.CLARIFICATION.value, Kind.RETRACTION.value]

_NEW = """
SELECT DISTINCT l.newsletter_id, c.id, c.kind
FROM articles_correction c
JOIN letters_letterstory t ON t.article_id = c.article_id
-- An entry's public moment is its minute.
JOIN letters_letter l ON l.id = t.letter_id AND l.sealed_at <= c.recorded_at
    AND date_trunc('minute', l.sealed_at) <= c.issued_at
WHERE c.recorded_at > %(since)s AND c.kind = ANY(%(kinds)s)
  AND NOT EXISTS (SELECT 1 FROM letters_lettercorrection k
                  WHERE k.newsletter_id = l.newsletter_id AND k.correction_id = c.id)
"""


def notice(now: datetime) -> int:
    """Owe new entries to the newsletters whose letters had their stories; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, {"since": now - LOOKED_FOR, "kinds": _TOLD})
        found = cursor.fetchall()
    for newsletter, correction, kind in found:
        with transaction.atomic():
            owed, new = LetterCorrection.objects.get_or_create(
                newsletter_id=newsletter, correction_id=correction, defaults={"noticed_at": now}
            )
            if new and kind == Kind.RETRACTION:
                send_at_once(owed, now)
    return len(found)


def waiting() -> list[LetterCorrection]:
    """Those that the next letter is still to carry, newest first."""
    found = LetterCorrection.objects.filter(told_in=None).select_related(
        "newsletter", "correction__article__current_version"
    )
    return list(found.order_by("-pk")[:100])


def send_at_once(owed: LetterCorrection, now: datetime, by: Reader | None = None) -> Letter | None:
    """A letter of this entry alone, on its way; None when it is told already. `by` None: the rule
    that retractions go at once."""
    try:
        with transaction.atomic():
            owed = LetterCorrection.objects.select_for_update().get(pk=owed.pk)
            if owed.told_in_id is not None:
                return None
            letter = Letter.objects.create(
                newsletter=owed.newsletter,
                purpose=Purpose.CORRECTION,
                subject=_subject(owed),
                correction=owed.correction,
                state=LetterState.SCHEDULED,
                scheduled_at=now,
                ready_by=by,
            )
            owed.serious, owed.told_in = True, letter
            owed.save(update_fields=["serious", "told_in"])
            if by is not None:
                audit.record(by, "sent", letter, "Sent a correction to a letter's readers at once")
    except IntegrityError:
        return None
    return letter


def _subject(owed: LetterCorrection) -> str:
    with override(owed.newsletter.language):
        line = entry_lines(Correction.objects.filter(pk=owed.correction_id))[0]
        says = {"kind": line.kind_shown, "headline": line.story_headline}
        return (_("%(kind)s: %(headline)s") % says)[:150]
