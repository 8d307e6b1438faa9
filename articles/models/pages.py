"""The pages around the stories: front page, sections, and standing pages (about, policies)."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

# First parts of addresses that are the site's own (newsroom/urls.py): no page may stand there.
RESERVED_SLUGS = frozenset(
    {
        "account",
        "campaigns",
        "comments",
        "corrections",
        "demo",
        "desk",
        "give",
        "healthz",
        "letters",
        "media",
        "people",
        "readyz",
        "sign-in",
        "static",
        "stripe",
        "topics",
        *(code for code, _name in settings.LANGUAGES),
    }
)


def refuse_reserved(slug: str) -> None:
    """Raises `ValidationError` for an address that the site itself uses."""
    if slug in RESERVED_SLUGS or (slug.isdigit() and len(slug) == 4):
        raise ValidationError(
            {"slug": _("The site itself uses this address. Choose another.")}, "reserved"
        )


class FrontPage(Page):
    """The root of one language's site. `lead` is the story on top; else the newest one."""

    lead = models.ForeignKey(
        "articles.Article",
        verbose_name=_("lead story"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    # Our own views answer for these pages; a restriction would not hold there.
    private_page_options: ClassVar[list[str]] = []
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["articles.Section", "articles.StandingPage"]

    class Meta:
        verbose_name = _("front page")


class Section(Page):
    """A section of the site ("Energy"); its stories are its children."""

    description = models.CharField(_("description"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("description")]
    private_page_options: ClassVar[list[str]] = []
    parent_page_types: ClassVar = ["articles.FrontPage"]
    subpage_types: ClassVar = ["articles.Article"]

    class Meta:
        verbose_name = _("section")

    def clean(self) -> None:
        super().clean()
        refuse_reserved(self.slug)


class Purpose(models.TextChoices):
    """Which standing page this is, so that the site can link to it by its role."""

    ABOUT = "about", _("About and masthead")
    OWNERSHIP = "ownership", _("Ownership and funding")
    CONTACT = "contact", _("Contact")
    PRIVACY = "privacy", _("Privacy")
    TERMS = "terms", _("Terms")
    COMMENTS = "comment-guidelines", _("Comment guidelines")
    CORRECTIONS = "corrections-policy", _("Corrections policy")
    OTHER = "other", _("Another page")


class StandingPage(Page):
    """A page that stands: about, policies. The corrections policy is at /corrections/policy/."""

    purpose = models.CharField(
        _("purpose"), max_length=20, choices=Purpose.choices, default=Purpose.OTHER
    )
    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "link", "ol", "ul"])

    content_panels = [*Page.content_panels, FieldPanel("purpose"), FieldPanel("body")]
    private_page_options: ClassVar[list[str]] = []
    parent_page_types: ClassVar = ["articles.FrontPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("standing page")

    def clean(self) -> None:
        super().clean()
        refuse_reserved(self.slug)

    def get_url_parts(self, request=None):  # type: ignore[no-untyped-def]
        parts = super().get_url_parts(request)
        if parts and self.purpose == Purpose.CORRECTIONS:
            site_id, root, _path = parts
            code = self.locale.language_code
            prefix = "" if code == settings.LANGUAGE_CODE else f"/{code}"
            return site_id, root, f"{prefix}/corrections/policy/"
        return parts
