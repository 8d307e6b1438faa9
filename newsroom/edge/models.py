"""The purges we owe: which addresses caches must forget, written with the change they follow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Purge(models.Model):
    """What one change made old. `key` names the change, so that it is owed once.

    `paths` are addresses on our site, from the slash on; our own page cache forgets everything in
    any case. `next_attempt_at` is also the end of a worker's lease: what a killed one held is taken
    up again. `sent_at` is None as long as it is owed.
    """

    key = models.CharField(_("change"), max_length=160, unique=True)
    paths = ArrayField(models.CharField(max_length=500), verbose_name=_("addresses"), default=list)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    attempts = models.PositiveIntegerField(_("attempts"), default=0, db_default=0)
    last_error = models.TextField(_("last error"), blank=True, default="", db_default="")
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                "next_attempt_at", name="purge_owed", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.key
