"""What readers tell a story's editors in confidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tip(models.Model):
    """Words for the editors of a story, sealed with a key that is not in the database.

    Nothing says who sent it or at what hour: `arrived_on` is a day. On `destroy_on` it is deleted,
    read or not.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    arrived_on = models.DateField()
    destroy_on = models.DateField(db_index=True)
    read = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("confidential tip")
        verbose_name_plural = _("confidential tips")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["article", "-id"], name="tips_of_a_story"),
            models.Index(fields=["-id"], name="tips_unread", condition=models.Q(read=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
