"""What a newsroom sets about itself on the desk: name, tagline, addresses."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from newsroom.branding import colours


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

    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        db_default="",
        help_text=_(
            "Of links and buttons, as #0b5351. It must be readable on the page’s light ground. "
            "Empty: the site’s own."
        ),
    )
    colour_dark = models.CharField(
        _("colour in the dark"),
        max_length=7,
        blank=True,
        db_default="",
        help_text=_("Where readers chose a dark page, as #82cbc3. Empty: the site’s own."),
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Stands before the name, 40 pixels high. Empty: the lamp."),
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
        FieldPanel("colour"),
        FieldPanel("colour_dark"),
        FieldPanel("logo"),
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

    def clean(self) -> None:
        """A colour that cannot be read is refused, with the contrast it has."""
        super().clean()
        found: dict[str, Any] = {}
        for name, grounds in (
            ("colour", colours.LIGHT_GROUNDS),
            ("colour_dark", colours.DARK_GROUNDS),
        ):
            said = getattr(self, name).strip().lower()
            setattr(self, name, said)
            if said and not colours.is_colour(said):
                found[name] = _("Write it as # and six digits, such as #0b5351.")
            elif said and (has := colours.least_contrast(said, grounds)) < colours.LEAST:
                found[name] = _(
                    "Its contrast is %(has)s to 1; words need 4.5 to 1. Take a darker one for "
                    "light pages, a lighter one for dark ones."
                ) % {"has": f"{has:.1f}"}
        if found:
            raise ValidationError(found)


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
