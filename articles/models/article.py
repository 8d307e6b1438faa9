"""The article as editors work on it. What readers see is its last version (`record.Version`)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from articles.models.body import BodyBlock


class Label(models.TextChoices):
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    OPINION = "opinion", _("Opinion")
    EXPLAINER = "explainer", _("Explainer")
    SPONSORED = "sponsored", _("Sponsored")


class Article(Page):
    """A story. Its headline is `title`; its section is its parent page.

    `current_version` is what readers see and None until the first publication.
    `pending_record` holds what the editor said about the change in this draft (see
    `articles/corrections.py`); it travels with the revision so that a scheduled or moderated
    edit carries its entries to the moment of publication.
    """

    dek = models.CharField(_("dek"), max_length=300, blank=True)
    label = models.CharField(
        _("label"), max_length=12, choices=Label.choices, default=Label.NEWS
    )
    location = models.CharField(_("location"), max_length=120, blank=True)
    lead_image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lead_image_alt = models.CharField(_("alt text"), max_length=300, blank=True)
    lead_image_caption = models.CharField(_("caption"), max_length=400, blank=True)
    lead_image_credit = models.CharField(_("credit"), max_length=160, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    topics = ParentalManyToManyField(
        "articles.Topic", verbose_name=_("topics"), blank=True, related_name="articles"
    )
    developing = models.BooleanField(_("developing story"), default=False)
    content_warning = models.CharField(_("content warning"), max_length=200, blank=True)
    comments_open = models.BooleanField(_("comments are open"), default=True)
    pending_record = models.JSONField(default=dict, blank=True, editable=False)
    current_version = models.ForeignKey(
        "articles.Version",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    parent_page_types: ClassVar = ["articles.Section"]
    subpage_types: ClassVar = []
    search_fields = [
        *Page.search_fields,
        index.SearchField("dek"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class Byline(Orderable):
    """A person beside a story: who wrote it (`byline`) or "With files from" (`credit`)."""

    class Kind(models.TextChoices):
        BYLINE = "byline", _("byline")
        CREDIT = "credit", _("with files from")

    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="bylines")
    person = models.ForeignKey(
        "articles.Person",
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="bylines",
    )
    kind = models.CharField(
        _("as"), max_length=8, choices=Kind.choices, default=Kind.BYLINE
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person"], name="byline_once_per_story"
            )
        ]


class Pin(Orderable):
    """A story an editor pins under Keep reading."""

    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="pins")
    story = models.ForeignKey(
        Article, verbose_name=_("story"), on_delete=models.CASCADE, related_name="+"
    )


class Address(models.Model):
    """Every public address a story has ever had; none is ever given to another story.

    `path` such as "/2026/06/03/slug/" (with the language's prefix); one `current` per story,
    the others redirect to it.
    """

    path = models.CharField(max_length=400, unique=True)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="addresses"
    )
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["article"],
                condition=models.Q(current=True),
                name="one_current_address",
            )
        ]

    def __str__(self) -> str:
        return self.path
