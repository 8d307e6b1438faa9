"""Notes of a day ("big story", "letter sent") that staff set beside a campaign's figures."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign, DayNote
from newsroom.audit import log
from newsroom.readers.models import Reader


class NoteRefused(ValueError):
    """It cannot be noted so; `field` names what to change, the text says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def note(campaign: Campaign, day: date, words: str, *, by: Reader, today: date) -> DayNote:
    """Set one beside a day from the campaign's start to today. Raises NoteRefused."""
    words = " ".join(words.split())
    first = campaign.starts_at.astimezone(campaign.zone).date()
    if not first <= day <= max(first, today):
        raise NoteRefused(
            "day", _("Choose a day from %(first)s to today.") % {"first": first.isoformat()}
        )
    if not words:
        raise NoteRefused("words", _("Say what happened, in a few words."))
    with transaction.atomic():
        made, new = DayNote.objects.get_or_create(
            campaign=campaign, day=day, words=words[:60], removed_at=None, defaults={"made_by": by}
        )
        if new:
            log.record(by, "noted a day", campaign, f"{day}: {words}"[:300], note=made.pk)
    return made


def take_away(note_id: int, campaign: Campaign, *, by: Reader, moment: datetime) -> bool:
    """It is no longer shown; the row stays. False when it was not there."""
    with transaction.atomic():
        found = DayNote.objects.select_for_update().filter(
            pk=note_id, campaign=campaign, removed_at=None
        )
        made = found.first()
        if made is None:
            return False
        made.removed_at = moment
        made.save(update_fields=["removed_at"])
        log.record(by, "took a note away", campaign, str(made)[:300], note=made.pk)
    return True


def of_campaign(campaign: Campaign) -> list[DayNote]:
    return list(DayNote.objects.filter(campaign=campaign, removed_at=None))
