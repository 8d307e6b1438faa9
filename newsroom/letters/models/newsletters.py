"""A newsletter: the series that readers sign up to, of which each letter is one issue."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Cadence(models.TextChoices):
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    BREAKING = "breaking", _("when something breaks")


class Newsletter(models.Model):
    """A series of letters in one language; `section` where it is about one alone. `slug` is in
    its address and in List-Id. Mail goes out as `from_name`; answers go to `reply_to`, or to the
    newsroom's contact. One that is not `open` takes no readers and is shown nowhere.
    """

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    description = models.CharField(_("what it brings"), max_length=200)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("fr", "Français")], default="en"
    )
    cadence = models.CharField(
        _("how often"), max_length=10, choices=Cadence.choices, default=Cadence.WEEKLY
    )
    section = models.ForeignKey(
        "articles.Section",
        verbose_name=_("section"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    from_name = models.CharField(_("sender’s name"), max_length=80, blank=True)
    reply_to = models.EmailField(
        _("answers go to"), blank=True, help_text=_("A mailbox that a person reads.")
    )
    open = models.BooleanField(_("takes readers"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ["name"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        return self.name
