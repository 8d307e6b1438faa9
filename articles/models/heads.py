"""What leaves the database about the record: its head, each day; and when it was last verified."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class RecordHead(models.Model):
    """The chain's newest link as it was told to places outside on one day. Append-only.

    `line` is the signed line, word for word as it stands in the feeds, in staff's mail and in the
    file for the backup (`articles/heads.py` says what it is made of).
    """

    day = models.DateField(_("day"), unique=True)
    sequence = models.BigIntegerField(_("links"))
    site_hash = models.CharField(_("head"), max_length=64)
    line = models.TextField(_("signed line"))
    published_at = models.DateTimeField(_("published"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("head of the record")
        verbose_name_plural = _("heads of the record")
        default_permissions = ("view",)
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.site_hash}"


class RecordCheck(models.Model):
    """One run of `verify_record`. Without `finished_at` it was cut off and says nothing.

    `found` has the first sentences of what differs, `differences` their number.
    """

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    links = models.BigIntegerField(_("links"), default=0)
    differences = models.PositiveIntegerField(_("differences"), default=0)
    found = models.JSONField(_("found"), default=list, blank=True)

    class Meta:
        verbose_name = _("verification of the record")
        verbose_name_plural = _("verifications of the record")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.differences}"
