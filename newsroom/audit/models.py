"""Who did what: one append-only row for each act of a person on the desk."""

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """`verb` in the past tense ("refunded"), `target` as "campaigns.donation:42".

    `details` holds ids, amounts and moments, never names, addresses or e-mails of readers.
    """

    at = models.DateTimeField(_("at"), db_default=Now(), editable=False, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    verb = models.CharField(_("did"), max_length=60)
    target = models.CharField(_("to"), max_length=120, db_index=True)
    summary = models.CharField(_("in words"), max_length=300)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["verb", "-id"], name="audit_by_verb")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"

    @classmethod
    def verbs(cls) -> list[str]:
        """Every verb in the log, one index probe for each rather than a look at every entry."""
        with connection.cursor() as cursor:
            cursor.execute(_VERBS)
            return [row[0] for row in cursor.fetchall()]


# https://wiki.postgresql.org/wiki/Loose_indexscan
_VERBS = """
WITH RECURSIVE known(verb) AS (
    SELECT min(verb) FROM audit_auditentry
    UNION ALL
    SELECT (SELECT min(verb) FROM audit_auditentry WHERE verb > known.verb)
    FROM known WHERE known.verb IS NOT NULL
)
SELECT verb FROM known WHERE verb IS NOT NULL
"""
