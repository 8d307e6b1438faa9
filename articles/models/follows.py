"""Who follows a story, and which publications they are still to be told of."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """What only the mailbox knows: 256 bits, in a link."""
    return secrets.token_urlsafe(32)


class Follow(models.Model):
    """An address that wants to hear when a story is corrected, and of updates if `updates_too`.

    Nothing is sent to it before `confirmed_at`. Stopping deletes the row: it is all we know.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"), max_length=320)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="follows",
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    updates_too = models.BooleanField(_("updates too"), default=True)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("follower of a story")
        verbose_name_plural = _("followers of stories")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("article", Lower("email"), name="one_follow_for_an_address")
        ]
        indexes = [
            models.Index(Lower("email"), name="follows_of_an_address"),
            models.Index(
                fields=["asked_at"],
                name="follows_unconfirmed",
                condition=models.Q(confirmed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.pk}"


class FollowerNews(models.Model):
    """One publication of which a story's followers are to be told: one row, whoever follows.

    Written in the publication's own transaction. `reached` is the id of the last follower whose
    mail is owed; `done_at` is set when there are no more.
    """

    version = models.OneToOneField(
        "articles.Version", on_delete=models.PROTECT, related_name="follower_news"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    reached = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("news for followers")
        verbose_name_plural = _("news for followers")
        default_permissions = ()
        indexes = [
            models.Index(fields=["created_at"], name="news_owed", condition=models.Q(done_at=None))
        ]
