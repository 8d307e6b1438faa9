"""What readers tell us is wrong with a story, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    NEW = "new", _("new")
    HELD = "held", _("held as likely spam")
    CORRECTED = "corrected", _("corrected")
    UNCHANGED = "unchanged", _("no change")
    DUPLICATE = "duplicate", _("duplicate")


OPEN = (ReportState.NEW, ReportState.HELD)


class ErrorReport(models.Model):
    """A reader says that something in `version` of a story is wrong.

    `sentence` is quoted from the story, empty when the whole of it is meant. `held_because` says
    what made a report look like spam. `outcome` are the words its writer is answered with; a
    corrected one names its entry, a duplicate the report it repeats, and is answered with it.
    """

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="error_reports"
    )
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="+")
    sentence = models.TextField(_("the sentence"), max_length=1000, blank=True)
    problem = models.TextField(_("what is wrong"), max_length=4000)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportState.choices, default=ReportState.NEW
    )
    held_because = models.CharField(_("held because"), max_length=200, blank=True)
    reported_at = models.DateTimeField(_("reported"), db_default=Now())
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.TextField(_("answer"), max_length=2000, blank=True)
    correction = models.ForeignKey(
        "articles.Correction",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        ordering = ["-reported_at", "-id"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["article", "reported_at"], name="reports_of_a_story"),
            models.Index(
                fields=["reported_at"],
                name="reports_open",
                condition=models.Q(state__in=["new", "held"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["new", "held"], closed_at=None)
                | models.Q(
                    state__in=["corrected", "unchanged", "duplicate"], closed_at__isnull=False
                ),
                name="a_closed_report_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state="corrected", correction__isnull=False)
                | (~models.Q(state="corrected") & models.Q(correction=None)),
                name="a_corrected_report_names_its_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(state="duplicate", duplicate_of__isnull=False)
                | (~models.Q(state="duplicate") & models.Q(duplicate_of=None)),
                name="a_duplicate_names_the_report_it_repeats",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="unchanged") | ~models.Q(outcome=""),
                name="no_change_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.state}"


class ReportContact(models.Model):
    """Where the writer of a report wants the answer: apart from it, so that it can be erased."""

    report = models.OneToOneField(ErrorReport, on_delete=models.CASCADE, related_name="contact")
    email = models.EmailField(_("e-mail"), max_length=320, db_index=True)
    language = models.CharField(_("language"), max_length=5, default="en")

    class Meta:
        verbose_name = _("address of a report's writer")
        verbose_name_plural = _("addresses of reports' writers")
        default_permissions = ("view",)
