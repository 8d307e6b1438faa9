"""What is kept about erasing people's data, their requests for access, and incidents."""

import secrets
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# PIPEDA, principle 4.9.4 and section 8(3); Quebec's Act on private information, section 32; the
# GDPR, article 12(3) (a month): thirty days for each of them.
DAYS_TO_ANSWER: Final = 30
ASKED_FOR: Final = timedelta(days=1)


def new_token() -> str:
    return secrets.token_urlsafe(32)


class Erasure(models.Model):
    """A person's wish to be erased, and how far it has come.

    Asked for, it waits a day for the link in the mail to be followed (`confirmed_at`). `who` says
    whom it is about (addresses, account, names) and is emptied when all is done: what stays is
    that it happened, and `kept`, which names what the law has stay and until when. `done` are
    the holdings erased so far, so that a worker that was killed goes on where it was.
    """

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    who = models.JSONField(default=dict)
    asked_at = models.DateTimeField(db_default=Now())
    # Who on the desk began it; empty when the person did.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=5, default="en")
    confirmed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    done = models.JSONField(default=list)
    steps = models.PositiveSmallIntegerField(default=0)
    kept = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        default_permissions = ("view", "add")
        indexes = [
            models.Index(
                fields=["confirmed_at"],
                name="erasures_to_do",
                condition=models.Q(finished_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def may_be_confirmed(self, now: datetime) -> bool:
        """Whether the link is still good: not followed yet, and a day has not passed."""
        return self.confirmed_at is None and now < self.asked_at + ASKED_FOR

    @property
    def per_cent(self) -> int:
        if self.finished_at:
            return 100
        return 100 * len(self.done) // self.steps if self.steps else 0


class RequestKind(models.TextChoices):
    ACCESS = "access", _("wants to see what we hold")
    CORRECT = "correct", _("wants something put right")
    ERASE = "erase", _("wants to be erased")
    OBJECT = "object", _("objects to a use, or takes consent back")


class AccessRequest(models.Model):
    """What somebody asked by letter, telephone or mail about their own data; due thirty days after
    it came. `who` is emptied a year after it was answered."""

    kind = models.CharField(_("what"), max_length=8, choices=RequestKind.choices)
    who = models.CharField(
        _("who"), max_length=320, blank=True, help_text=_("Name or address, as they gave it.")
    )
    received_on = models.DateField(_("received"), default=timezone.localdate)
    due_on = models.DateField(_("due"), editable=False)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    answer = models.TextField(_("what was answered"), max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["due_on", "id"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                fields=["due_on"], name="requests_open", condition=models.Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.due_on = self.received_on + timedelta(days=DAYS_TO_ANSWER)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def days_left(self, today: date) -> int:
        """Below zero when it is late."""
        return (self.due_on - today).days


class Incident(models.Model):
    """One line of the register of incidents: a breach of safeguards, or a further word on one.

    It only grows: what was learned later is another line `about` the first. The register is asked
    for by PIPEDA (section 10.3, kept two years) and Quebec's Law 25 (section 3.8, five years). No
    names of the people concerned.
    """

    about = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="later",
        verbose_name=_("a further word on"),
    )
    happened_on = models.DateField(_("happened"))
    noticed_on = models.DateField(_("noticed"))
    what = models.TextField(
        _("what happened, and to which data"), max_length=4000, help_text=_("No names, please.")
    )
    people = models.PositiveIntegerField(_("how many people"), null=True, blank=True)
    serious = models.BooleanField(
        _("real risk of significant harm"),
        default=False,
        help_text=_("Then the commissioners and the people concerned are told without delay."),
    )
    told_on = models.DateField(_("commissioners and people told"), null=True, blank=True)
    measures = models.TextField(_("what was done about it"), max_length=4000, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-id"]
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return f"#{self.pk}, {self.happened_on}"
