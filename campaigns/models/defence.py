"""What was tried at the give form, hour by hour: how staff see an attack, and what is usual."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GiveHour(models.Model):
    """One hour of one campaign's give form. Counted in Redis and written down each minute, so a
    lost Redis costs a minute's counts, never a gift.

    `tries` forms that were filled in right; `asked` of them were asked for work first, `proved`
    did it; `small` were refused as too small during an attack; `opened` went on to Checkout;
    `declined` cards there; `closed` Checkouts that we closed after too many declines.
    """

    COUNTS = ("tries", "asked", "proved", "small", "opened", "declined", "closed")

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    proved = models.PositiveIntegerField(default=0)
    small = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("hour at the give form")
        verbose_name_plural = _("hours at the give form")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["hour", "campaign"], name="give_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}:00"
