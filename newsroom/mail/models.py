"""The outbox: every e-mail we owe, written in the transaction of what it reports, sent once."""

import uuid

from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    OWED = "owed", _("owed")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")
    CANCELLED = "cancelled", _("cancelled")


class OutboxMail(models.Model):
    """One e-mail to one address. `dedupe_key` ("receipt:pay_42") makes it unique for ever.

    `claimed_until` is the end of a worker's lease while it sends: a killed worker's mail is
    taken up again after it, with the same `message_id`. `to` and the words are empty once the
    address was forgotten. `stop_url` ends mail of its kind by one
    POST (RFC 8058); empty where a mail is not one of a series.
    """

    dedupe_key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40, db_index=True)
    to = models.EmailField(_("to"), max_length=320)
    language = models.CharField(_("language"), max_length=5, default="en")
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    stop_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    message_id = models.CharField(max_length=120, unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=MailState.choices, default=MailState.OWED
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    claimed_until = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("outbox")
        ordering = ["-id"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                "next_attempt_at",
                name="mail_owed",
                condition=models.Q(state__in=["owed", "sending"]),
            ),
            models.Index(Upper("to"), name="mail_by_address"),
            models.Index("created_at", name="mail_given_up", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class AddressHold(models.Model):
    """An address that mail came back from for good, by its keyed hash; `address` is for staff, and
    empty once it was forgotten."""

    address_key = models.CharField(max_length=64, unique=True)
    address = models.CharField(_("address"), max_length=320, blank=True)
    reason = models.CharField(_("what the server said"), max_length=300)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("held address")
        verbose_name_plural = _("held addresses")
        ordering = ["-since"]
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return str(self.pk)


class MailPicture(models.Model):
    """A picture (PNG) that a mail shows among its words, as `cid:<name>`."""

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=40)
    data = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["mail", "name"], name="one_picture_of_a_name")
        ]
