"""A sponsor's promise to add to donations, up to a cap."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from newsroom.money import Money


class Match(models.Model):
    """For each 100 given, `percent` are added, from `starts_at` until `ends_at` (exclusive; None:
    as long as the campaign runs) or until the `cap` is used up.

    `cap` and `given` in minor units of the campaign's currency. `given` is the sum of the match's
    ledger entries, kept in their own transaction; the database refuses what passes the cap.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="matches")
    sponsor = models.CharField(_("sponsor"), max_length=120)
    percent = models.PositiveIntegerField(_("per cent added"), default=100)
    cap = models.BigIntegerField(_("at most"))
    given = models.BigIntegerField(default=0, editable=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-starts_at", "-id"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=1000), name="match_adds_something"
            ),
            models.CheckConstraint(
                condition=models.Q(given__gte=0, given__lte=models.F("cap")),
                name="match_within_its_cap",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="match_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sponsor} ({Money(self.cap, self.campaign.currency)})"

    @property
    def room(self) -> int:
        """What it can still add, minor units."""
        return self.cap - self.given

    def runs(self, moment: datetime) -> bool:
        """Whether a donation charged at `moment` (aware) is matched while there is room."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)
