"""What a story's translation may need because the story was corrected."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TranslationLook(models.Model):
    """Somebody should look whether `article` needs what `correction`, an entry of the same story
    in another language, says. Open while `looked_at` is None."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="translation_looks"
    )
    correction = models.ForeignKey(
        "articles.Correction", on_delete=models.PROTECT, related_name="translation_looks"
    )
    owed_at = models.DateTimeField(_("owed since"))
    looked_at = models.DateTimeField(_("looked at"), null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("translation to look at")
        verbose_name_plural = _("translations to look at")
        default_permissions = ("view",)
        ordering = ["owed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "correction"], name="an_entry_is_looked_at_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["article"],
                condition=models.Q(looked_at__isnull=True),
                name="translations_to_look_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.correction_id}"
