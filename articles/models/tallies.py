"""What the corrections page keeps beside the entries, so that it costs the same at any number."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.record import Correction, Kind


class EntryTally(models.Model):
    """How many entries of a kind were issued in a month of the newsroom's zone (`month` is its
    first day). Counted up in the transaction that writes the entry: `articles/tallies.py`."""

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    count = models.PositiveIntegerField(_("entries"))

    class Meta:
        verbose_name = _("entries of a month")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month", "kind"], name="one_tally_for_month_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}: {self.count}"


class EntryWords(models.Model):
    """The words an entry is found by: what was wrong, what is right and the headlines before and
    after, stemmed in the story's language. A trigger of the database writes it with the entry."""

    correction = models.OneToOneField(
        Correction, primary_key=True, on_delete=models.PROTECT, related_name="found_by"
    )
    words = SearchVectorField()

    class Meta:
        verbose_name = _("words of an entry")
        default_permissions = ()
        indexes = [GinIndex(fields=["words"], name="entries_by_word")]

    def __str__(self) -> str:
        return str(self.correction_id)
