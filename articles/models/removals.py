"""What was taken from readers and given back: stories removed, versions withheld. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class RemovalKind(models.TextChoices):
    """The first four take a story off the site, `returned` brings it back; `withheld` takes one
    version's words out of the history, `lifted` gives them back."""

    UNPUBLISHED = "unpublished", _("taken off the site")
    EXPIRED = "expired", _("expired")
    DELETED = "deleted", _("taken off the site for good")
    RESTRICTED = "restricted", _("no longer public")
    RETURNED = "returned", _("published again")
    WITHHELD = "withheld", _("withheld")
    LIFTED = "lifted", _("no longer withheld")


REMOVING = (
    RemovalKind.UNPUBLISHED,
    RemovalKind.EXPIRED,
    RemovalKind.DELETED,
    RemovalKind.RESTRICTED,
)


class Ground(models.TextChoices):
    LAW = "law", _("a court or the law demands it")
    SAFETY = "safety", _("a person's safety")
    RIGHTS = "rights", _("somebody else's rights")
    MISTAKE = "mistake", _("published by mistake")
    OTHER = "other", _("another ground")


class Removal(models.Model):
    """One act: a story taken from readers or given back, or one `version` of it.

    `reason` is what readers are told ("" only when a story comes back). `number` counts within
    the story. `agreed_by` is the second person, never who asked.
    """

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="removals"
    )
    number = models.PositiveIntegerField(_("act"))
    kind = models.CharField(_("kind"), max_length=12, choices=RemovalKind.choices)
    version = models.ForeignKey(
        "articles.Version", null=True, on_delete=models.PROTECT, related_name="withholdings"
    )
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices, blank=True)
    reason = models.TextField(_("reason"), max_length=600, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        default_permissions = ("view",)
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="removal_number_in_story"),
            models.CheckConstraint(
                condition=models.Q(kind="returned") | (~models.Q(reason="") & ~models.Q(ground="")),
                name="a_removal_has_its_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True)
                | (models.Q(asked_by__isnull=False) & ~models.Q(asked_by=models.F("agreed_by"))),
                name="a_second_person_agrees",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("withheld", "lifted"), version__isnull=False)
                & models.Q(agreed_by__isnull=False)
                | ~models.Q(kind__in=("withheld", "lifted")) & models.Q(version__isnull=True),
                name="two_people_withhold_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d %H:%M}"


class RequestState(models.TextChoices):
    WAITING = "waiting", _("waiting for a second person")
    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("declined")
    OVERTAKEN = "overtaken", _("overtaken")


class RemovalRequest(models.Model):
    """What one person asked for and a second has to agree to. `due_at`: not before that moment."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="removal_requests"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RemovalKind.choices)
    version = models.ForeignKey(
        "articles.Version", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices)
    reason = models.TextField(_("reason"), max_length=600)
    due_at = models.DateTimeField(_("due"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RequestState.choices, default=RequestState.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("request for a removal")
        verbose_name_plural = _("requests for removals")
        default_permissions = ("view",)
        permissions = [("agree_removal", "Can agree to a removal")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="requests_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason[:60]}"
