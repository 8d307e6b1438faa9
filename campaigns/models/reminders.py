"""A reader's wish to be asked later."""

import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


def _new_token() -> str:
    return secrets.token_urlsafe(18)


class Reminder(models.Model):
    """One mail on `day` (in the newsroom's time zone). When it is owed `email` is emptied: what
    stays is that somebody asked, for the count that staff see. `amount` (minor units) is what was
    chosen in the form, if anything.

    `mailbox` is a keyed hash that nobody can read back, from when a mail was owed until it counts
    against no other any more; for good once its owner wanted no more such mails (`stopped_at`).
    """

    token = models.CharField(max_length=40, unique=True, default=_new_token, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reminders")
    email = models.EmailField(max_length=320, blank=True)
    day = models.DateField(_("day"))
    amount = models.BigIntegerField(null=True)
    language = models.CharField(max_length=5, default="en")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    owed_at = models.DateTimeField(null=True, editable=False)
    mailbox = models.CharField(max_length=64, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("reminder")
        default_permissions = ()
        indexes = [
            models.Index(fields=["day"], name="reminders_to_send", condition=~models.Q(email="")),
            models.Index(
                fields=["email", "campaign"],
                name="reminders_of_an_address",
                condition=~models.Q(email=""),
            ),
            models.Index(
                fields=["mailbox"],
                name="reminders_of_a_mailbox",
                condition=~models.Q(mailbox=""),
            ),
        ]
