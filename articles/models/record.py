"""The record: versions, correction entries, and the chain that seals them. All append-only."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Change(models.TextChoices):
    """Why a version came to be."""

    FIRST = "first", _("first publication")
    EXPLAINED = "explained", _("explained by its entries")
    MINOR = "minor", _("minor edit")
    LAYOUT = "layout", _("layout only")


class Kind(models.TextChoices):
    CORRECTION = "correction", _("Correction")
    CLARIFICATION = "clarification", _("Clarification")
    UPDATE = "update", _("Update")
    RETRACTION = "retraction", _("Retraction")


class Version(models.Model):
    """What readers saw from `published_at` on: our own copy, whatever happens to the page.

    `content` is the canonical form that is hashed and compared (see `articles/versions.py`);
    `body_html` is the body as rendered then. `words_hash` covers the words in order,
    `layout_hash` the order of blocks, pictures, links. `salt` keeps a withheld text from being
    guessed from its commitment and is never published.
    """

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    change = models.CharField(_("change"), max_length=10, choices=Change.choices)
    minor_reason = models.CharField(_("reason of the minor edit"), max_length=300, blank=True)
    headline = models.CharField(_("headline"), max_length=255)
    dek = models.CharField(_("dek"), max_length=300, blank=True)
    content = models.JSONField(_("content"))
    body_html = models.TextField(_("body as rendered"))
    words_hash = models.CharField(max_length=64)
    layout_hash = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        default_permissions = ("view",)
        indexes = [
            # The newest stories, without reading all of them.
            models.Index(
                fields=["-published_at", "-article"],
                condition=models.Q(number=1),
                name="first_publications",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_in_story")
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.number})"


class Correction(models.Model):
    """One entry under a story. `was` is what was wrong, `now` what is right.

    `issued_at` is what the public sees, to the minute in the newsroom's zone; `recorded_at` is
    the database's; `noticed_at` is when the newsroom itself noticed the error, None where it does
    not say. `signature` is the public name of who issued it, as it was then. An entry
    that was itself mistaken is never changed: a further one `supersedes` it.
    """

    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="corrections"
    )
    number = models.PositiveIntegerField(_("entry"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    was = models.TextField(_("what was wrong"), blank=True)
    now = models.TextField(_("what is right"))
    issued_at = models.DateTimeField(_("issued"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    noticed_at = models.DateTimeField(_("noticed"), null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    signature = models.CharField(_("signed"), max_length=120)
    before = models.ForeignKey(
        Version, null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    after = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="entries")
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("correction entry")
        verbose_name_plural = _("correction entries")
        default_permissions = ("view",)
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="entries_newest_first"),
            models.Index(fields=["kind", "-issued_at", "-id"], name="entries_of_a_kind"),
            models.Index(
                fields=["after"],
                condition=models.Q(noticed_at__isnull=False),
                name="entries_noticed_by_us",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="entry_number_in_story"),
            models.CheckConstraint(
                condition=~models.Q(kind="correction") | ~models.Q(was=""),
                name="a_correction_says_what_was_wrong",
            ),
            models.CheckConstraint(condition=~models.Q(now=""), name="an_entry_says_what_is_right"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.issued_at:%Y-%m-%d %H:%M}"


class Seal(models.Model):
    """One link of the site-wide chain for each version, entry and removal, in the order written.

    `commitment` = SHA-256 of salt and canonical content; `story_hash` chains it to the story's
    link before it, `site_hash` to the site's (`articles/chain.py` computes all three).
    """

    sequence = models.BigIntegerField(primary_key=True)
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="seals")
    story_sequence = models.PositiveIntegerField()
    version = models.OneToOneField(
        Version, null=True, on_delete=models.PROTECT, related_name="seal"
    )
    correction = models.OneToOneField(
        Correction, null=True, on_delete=models.PROTECT, related_name="seal"
    )
    removal = models.OneToOneField(
        "articles.Removal", null=True, on_delete=models.PROTECT, related_name="seal"
    )
    commitment = models.CharField(max_length=64)
    story_hash = models.CharField(max_length=64)
    site_hash = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("seal")
        ordering = ["sequence"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["article", "story_sequence"], name="seal_sequence_in_story"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    version__isnull=False, correction__isnull=True, removal__isnull=True
                )
                | models.Q(version__isnull=True, correction__isnull=False, removal__isnull=True)
                | models.Q(version__isnull=True, correction__isnull=True, removal__isnull=False),
                name="a_seal_seals_one_thing",
            ),
        ]
