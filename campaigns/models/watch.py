"""What staff are told by mail and note beside the figures, and how the roll-ups compared."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.giving import new_token


class DayNote(models.Model):
    """What happened on a day of a campaign ("big story"), shown on its charts; taken away, it
    stays in the table."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="notes")
    day = models.DateField(_("day"))
    words = models.CharField(_("what happened"), max_length=60)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("note of a day")
        ordering = ["day", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["campaign", "day"], name="notes_of_a_campaign")]

    def __str__(self) -> str:
        return f"{self.day}: {self.words}"


class StaffMail(models.Model):
    """What one person on the staff wants to be told by mail; without a row nothing. `token` is the
    key of the links that end it."""

    reader = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_mail"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    daily = models.BooleanField(_("a line each morning"), default=False)
    weekly = models.BooleanField(_("a page each Monday"), default=False)
    alerts = models.BooleanField(
        _("at once, when the pace falls or something breaks"), default=False
    )

    class Meta:
        verbose_name = _("mail to staff")
        default_permissions = ()


class Alarm(models.Model):
    """Something that staff were told of once; a new one begins only after this one has ended.

    `about` is "pace:<campaign>" or "health:<part>", `moment` when it was first seen.
    """

    about = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("alarm")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["about"], condition=models.Q(ended_at=None), name="one_alarm_at_a_time"
            )
        ]


class RollupCheck(models.Model):
    """One recomputing of every roll-up from nothing; `found` the first differences in sentences."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    differences = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=list)

    class Meta:
        verbose_name = _("check of the roll-ups")
        ordering = ["-id"]
        default_permissions = ()
