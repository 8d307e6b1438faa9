"""What a newsroom sets about itself on the desk: name, tagline, addresses."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="home")
class Branding(BaseGenericSetting):
    """One row for the whole newsroom."""

    name = models.CharField(_("name"), max_length=80, default="Waylight")
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    postal_address = models.TextField(_("postal address"), blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    about = models.TextField(_("about, in two sentences"), blank=True)
    developing_hours = models.PositiveSmallIntegerField(
        _("hours in which a developing story is updated with one line"),
        default=12,
        help_text=_(
            "Counted from when the story was marked as developing. Until then “What is new” is "
            "enough for an update; afterwards changes are explained like any other. 0 never."
        ),
    )

    comments_days = models.PositiveSmallIntegerField(
        _("days for which a story takes comments"),
        default=0,
        help_text=_("From its first publication on. 0 for ever. A story can close before."),
    )
    comments_reports = models.PositiveSmallIntegerField(
        _("reports that bring a comment back to the desk"),
        default=3,
        validators=[MinValueValidator(1)],
        help_text=_("Until an editor decides it is not shown under the story."),
    )
    comments_trust_after = models.PositiveSmallIntegerField(
        _("approved comments after which the desk offers to trust a reader"),
        default=5,
        help_text=_("In a row. Trusted readers’ comments need no approval. 0 never."),
    )

    calls_first_from = models.PositiveIntegerField(
        _("first gifts from this amount on are thanked for by telephone"),
        default=50,
        help_text=_("In whole units of the gift’s currency. 0 never."),
    )
    calls_large_from = models.PositiveIntegerField(
        _("gifts from this amount on are thanked for by telephone"),
        default=500,
        help_text=_("Whoever gave before, too; monthly gifts only the first time. 0 never."),
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("tagline"),
        FieldPanel("about"),
        FieldPanel("legal_name"),
        FieldPanel("postal_address"),
        FieldPanel("contact_email"),
        FieldPanel("developing_hours"),
        FieldPanel("comments_days"),
        FieldPanel("comments_reports"),
        FieldPanel("comments_trust_after"),
        FieldPanel("calls_first_from"),
        FieldPanel("calls_large_from"),
    ]

    class Meta:
        verbose_name = _("newsroom")


class OwnWords(models.Model):
    """What a text of the newsroom's own, `source`, is in another language.

    It belongs to the text and to no row: whoever changes the text is asked for it anew, and the
    same text in two places is said once.
    """

    language = models.CharField(_("language"), max_length=5)
    source = models.TextField(_("the text"))
    said = models.TextField(_("in the other language"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("words in another language")
        verbose_name_plural = _("words in another language")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint("language", MD5("source"), name="a_text_is_said_once")
        ]

    def __str__(self) -> str:
        return self.said[:60]
