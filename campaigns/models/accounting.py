"""Stray money that staff gave a campaign, and the ledger as files for accountants."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class Attribution(models.Model):
    """Unattributed money of one charge moved to `campaign`; undone at most once.

    `amount` in minor units of the campaign's currency. The movement itself is two entries of
    the ledger, one out of nowhere's account and one into the campaign's.
    """

    charge_id = models.CharField(max_length=120, db_index=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=200)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("attribution")
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("attribute_money", "Can give unattributed money to a campaign")]
        constraints = [
            models.UniqueConstraint(
                fields=["charge_id"],
                condition=models.Q(undone_at=None),
                name="a_charge_is_attributed_once",
            )
        ]


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WRITING = "writing", _("being written")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class LedgerExport(models.Model):
    """A table as a workbook, written in the background and gone after a day.

    The ledger of a period: `since` and `until` are days in the newsroom's time zone, both
    included; `with_donors` only when whoever asked may see donors. Any other is named by `table`
    (campaigns/tables.py), and `asked` is what its page was asked for.
    """

    table = models.CharField(max_length=40, blank=True, default="", db_default="")
    asked = models.JSONField(default=dict, db_default={})
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="+")
    with_donors = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    ready_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export of the ledger")
        ordering = ["-id"]
        default_permissions = ()

    @property
    def per_cent(self) -> int:
        return min(100, 100 * self.written // self.rows) if self.rows else 0


class ExportPiece(models.Model):
    """A piece of the workbook: site and workers may be machines that share no folder."""

    export = models.ForeignKey(LedgerExport, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["export", "place"], name="one_piece_a_place")
        ]
