"""The article as editors work on it. What readers see is its last version (`record.Version`)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from articles.going_public import Leaving, Publication, Refused, going_public, leaving
from articles.models.body import BodyBlock
from articles.models.people import Person

# What a save may touch without showing readers anything: Wagtail's own bookkeeping.
_BOOKKEEPING = frozenset(
    {
        "current_version",
        "draft_title",
        "expire_at",
        "expire_reason",
        "expired",
        "first_published_at",
        "go_live_at",
        "has_unpublished_changes",
        "last_published_at",
        "latest_revision",
        "latest_revision_created_at",
        "live_revision",
        "locked",
        "locked_at",
        "locked_by",
        "numchild",
        "owner",
        "pending_record",
        "wagtail_admin_comments",
    }
)
# What only a publication sets; a page that was never published has none of it.
_OF_PUBLICATION = frozenset({"live_revision", "first_published_at", "last_published_at"})


class Label(models.TextChoices):
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    OPINION = "opinion", _("Opinion")
    EXPLAINER = "explainer", _("Explainer")
    SPONSORED = "sponsored", _("Sponsored")


class RetractedBody(models.TextChoices):
    """What becomes of the body of a story that was retracted."""

    STRUCK = "", _("is shown struck through")
    REMOVED = "removed", _("is taken away")


class Article(Page):
    """A story. Its headline is `title`; its section is its parent page.

    `developing_since` is when `developing` was last switched on at the desk, None otherwise.
    `expire_reason` is what readers are told once it has expired.
    `embargo_until` is the moment before which no publication of this draft is let through.
    `current_version` is what readers see and None until the first publication.
    `pending_record` holds what the editor said about the change in this draft (see
    `articles/corrections.py`); it travels with the revision so that a scheduled or moderated
    edit carries its entries to the moment of publication.
    """

    dek = models.CharField(_("dek"), max_length=300, blank=True)
    label = models.CharField(_("label"), max_length=12, choices=Label.choices, default=Label.NEWS)
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
    comments_stay_open = models.BooleanField(
        _("comments stay open"),
        default=False,
        db_default=False,
        help_text=_("Also after the days that the newsroom sets for all stories."),
    )
    comments_pause = models.PositiveSmallIntegerField(
        _("minutes between two comments of a reader"),
        default=0,
        db_default=0,
        help_text=_("Slows a heated conversation down. 0: none."),
    )
    developing_since = models.DateTimeField(_("developing since"), null=True, editable=False)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    retracted_body = models.CharField(
        _("once retracted, the text"),
        max_length=8,
        choices=RetractedBody.choices,
        default=RetractedBody.STRUCK,
        db_default="",
        blank=True,
        help_text=_(
            "Readers see it only of a retracted story. The text stays in its history either way."
        ),
    )
    expire_reason = models.CharField(
        _("why it expires"),
        max_length=300,
        blank=True,
        help_text=_("Shown to readers at the story's address once it has expired."),
    )
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
    subpage_types: ClassVar[list[str]] = []
    # Readers get stories by address, past Wagtail's serving: a restriction would not hold there.
    private_page_options: ClassVar[list[str]] = []
    # A copy is a new story: it starts as a draft with no past.
    exclude_fields_in_copy: ClassVar = ["current_version", "pending_record", *_OF_PUBLICATION]
    # Set by who publishes, for the save that follows.
    publication: ClassVar[Publication | None] = None
    # Set by who takes a story off the site, for the save that follows.
    leaving: Leaving | None = None
    saved_whole = True
    search_fields = [
        *Page.search_fields,
        index.SearchField("dek"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes: ClassVar = [models.Index(fields=["label"], name="stories_by_label")]

    def save(
        self,
        clean: bool = True,
        user: Any = None,
        log_action: Any = False,
        **kwargs: Any,
    ) -> None:
        """Save; a save that shows words to readers is witnessed (see `articles/going_public.py`).

        A page is created as a draft, whatever `live` says: only publishing makes it live.
        Raises `Refused` for an alias, and what the witness raises.
        """
        if self.alias_of_id:
            raise Refused(gettext("A story cannot be an alias: link to the story instead."))
        update_fields: Iterable[str] | None = kwargs.get("update_fields")
        if self._state.adding:
            self._start_as_draft()
        elif update_fields is not None and not self.live and not self.current_version_id:
            # Copying a live page marks its copy as published; ours is a draft.
            update_fields = kwargs["update_fields"] = list(set(update_fields) - _OF_PUBLICATION)
        touched = None if update_fields is None else set(update_fields)
        if self.pk and not self.live and (touched is None or "live" in touched):
            with leaving(self):
                super().save(clean=clean, user=user, log_action=log_action, **kwargs)
            return
        if not self.live or (touched is not None and touched <= _BOOKKEEPING):
            super().save(clean=clean, user=user, log_action=log_action, **kwargs)
            return
        self.saved_whole = touched is None
        with going_public(self):
            super().save(clean=clean, user=user, log_action=log_action, **kwargs)

    def with_content_json(self, content: dict[str, Any]) -> "Article":
        """A revision says nothing about the record: which version is current is the page's."""
        article: Article = super().with_content_json(content)
        article.current_version_id = self.current_version_id
        return article

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> "Article":
        """A draft may speak of a person or picture that was deleted since: then without them.

        What is published cannot be deleted (PROTECT), which is why Wagtail would fail here.
        """
        bylines = data.get("bylines") or []
        people = Person.objects.in_bulk([line["person"] for line in bylines])
        picture = data.get("lead_image")
        known = cls._meta.get_field("lead_image").related_model.objects.filter(pk=picture)
        found: Article = super().from_serializable_data(
            data
            | {
                "bylines": [line for line in bylines if line["person"] in people],
                "lead_image": picture if picture and known.exists() else None,
            },
            check_fks=check_fks,
            strict_fks=strict_fks,
        )
        return found

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The story's current address; None before its first publication."""
        sites = self._get_relevant_site_root_paths(request)
        path = self.addresses.filter(current=True).values_list("path", flat=True).first()
        return (sites[0].site_id, sites[0].root_url, path) if sites and path else None

    def _start_as_draft(self) -> None:
        self.live = False
        self.has_unpublished_changes = True
        self.live_revision = None
        self.first_published_at = self.last_published_at = None


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
    kind = models.CharField(_("as"), max_length=8, choices=Kind.choices, default=Kind.BYLINE)

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["article", "person"], name="byline_once_per_story")
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
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="addresses")
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
