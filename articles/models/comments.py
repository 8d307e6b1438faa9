"""What readers say under a story: held until an editor decides."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CommentState(models.TextChoices):
    HELD = "held", _("held")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class Comment(models.Model):
    """A reader's comment. The writer always sees its state, and `reason` when rejected."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="comments"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comments"
    )
    text = models.TextField(_("comment"), max_length=4000)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CommentState.choices,
        default=CommentState.HELD,
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now())
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
            models.Index(
                fields=["created_at"],
                name="comments_held",
                condition=models.Q(state="held"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} on {self.article_id}"
