"""What readers say under a story, held until an editor decides; what other readers report of it;
and how a reader stands with the desk."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CommentState(models.TextChoices):
    HELD = "held", _("held")
    REPORTED = "reported", _("reported")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class WriterIs(models.TextChoices):
    """Who of the newsroom wrote a comment, as of when it was written."""

    READER = "", _("a reader")
    EDITOR = "editor", _("editor")
    BYLINE = "byline", _("reporter of this story")


class Comment(models.Model):
    """A reader's comment. The writer always sees its state, and why it is rejected or reported.

    `parent` is the comment it answers, itself none's answer: threads are one level deep.
    `asks_byline`: a question to the story's reporter. `score` orders what waits
    (`articles/spam.py`), and `held_because` says why a trusted reader's waits all the same.
    `picked_at`: an editor put it among the picks.
    """

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="comments"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comments"
    )
    # Whose writer is erased leaves the answers of others standing.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    text = models.TextField(_("comment"), max_length=4000)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CommentState.choices,
        default=CommentState.HELD,
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    writer_is = models.CharField(
        max_length=6, choices=WriterIs.choices, default="", db_default="", blank=True
    )
    asks_byline = models.BooleanField(default=False, db_default=False)
    score = models.PositiveSmallIntegerField(default=0, db_default=0)
    held_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    picked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-created_at"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["article", "state", "created_at"], name="comments_of_a_story"),
            models.Index(fields=["reader", "-created_at"], name="comments_of_a_reader"),
            models.Index(
                fields=["created_at"],
                name="comments_held",
                condition=models.Q(state="held"),
            ),
            models.Index(
                fields=["created_at"],
                name="comments_reported",
                condition=models.Q(state="reported"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} on {self.article_id}"


class CommentEdit(models.Model):
    """What a comment said before its writer changed it, within minutes of writing it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="edits")
    text = models.TextField(max_length=4000)
    edited_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("earlier words of a comment")
        ordering = ["edited_at", "id"]
        default_permissions = ()


class CommentAppeal(models.Model):
    """The writer of a rejected comment asks for a second look, once. Who rejected it (`against`)
    does not decide. `upheld` is whether the rejection stands, None until it is decided."""

    comment = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="appeal"
    )
    words = models.TextField(_("why"), max_length=1000)
    against = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=Now())
    upheld = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["asked_at"], name="appeals_open", condition=models.Q(decided_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(against=None)
                | models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("against")),
                name="a_second_person_decides_an_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, upheld=None)
                | models.Q(decided_at__isnull=False, upheld__isnull=False),
                name="a_decided_appeal_says_how",
            ),
        ]


class CommentReport(models.Model):
    """A reader says that a comment should not stand. Nothing is kept of who it was.

    `settled` once an editor decided on the comment after it.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(_("reason"), max_length=300)
    reported_at = models.DateTimeField(_("reported"), db_default=Now())
    settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("report of a comment")
        verbose_name_plural = _("reports of comments")
        default_permissions = ()

    def __str__(self) -> str:
        return f"of {self.comment_id}"


class Commenter(models.Model):
    """How a reader stands: trusted since, or writing nothing until `banned_until`."""

    reader = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="commenter",
    )
    trusted_at = models.DateTimeField(_("trusted since"), null=True, blank=True)
    banned_until = models.DateTimeField(_("banned until"), null=True, blank=True)
    ban_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("commenter")
        verbose_name_plural = _("commenters")
        default_permissions = ("change",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(banned_until__isnull=True) | ~models.Q(ban_reason=""),
                name="a_ban_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reader_id)
