"""The blocks a story's body is made of."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from articles.embeds import PROVIDERS, embed_of
from articles.sharing import quote_line, share_links


class ImageBlock(blocks.StructBlock):
    """A picture in the story; alt text and credit are owed to readers and photographers."""

    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("alt text"),
        max_length=300,
        help_text=_("What the picture shows, for who cannot see it."),
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=400)
    credit = blocks.CharBlock(label=_("credit"), max_length=160)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "articles/blocks/image.html"


class PullQuoteBlock(blocks.StructBlock):
    """A quote made to be shared: `accounts` ("@standtall") and `hashtags` go into the share."""

    quote = blocks.TextBlock(label=_("quote"))
    attribution = blocks.CharBlock(label=_("who says it"), required=False, max_length=200)
    share_line = blocks.TextBlock(
        label=_("share line"),
        required=False,
        max_length=260,
        help_text=_("The text that is shared. Left empty, the quote and who says it."),
    )
    accounts = blocks.CharBlock(
        label=_("accounts"),
        required=False,
        max_length=160,
        help_text=_("Such as @name @other"),
    )
    hashtags = blocks.CharBlock(
        label=_("hashtags"),
        required=False,
        max_length=160,
        help_text=_("Such as #COP #water"),
    )

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Adds `share`, once the story has an address (`story_url` of the parent context, with
        `quote_number`, from 1)."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        if story_url := context.get("story_url"):
            parts = ("quote", "attribution", "share_line", "accounts", "hashtags")
            line = quote_line(*(value.get(part) or "" for part in parts))
            # Of the quote's own page, whose picture is the quote.
            url = f"{story_url}quote/{context['quote_number']}/"
            context["share"] = share_links(line, url, subject=context.get("headline", ""))
        return context

    class Meta:
        icon = "openquote"
        label = _("Pull-quote")
        template = "articles/blocks/pull_quote.html"


class EmbedBlock(blocks.StructBlock):
    """A page of an allowed service, shown in a frame once the reader asks for it."""

    url = blocks.URLBlock(label=_("address"), help_text=_("Of the video's, chart's or page's own."))
    title = blocks.CharBlock(
        label=_("title"),
        max_length=200,
        help_text=_("What it is, for who cannot see or does not load it."),
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=400)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not embed_of(cleaned["url"], settings.EMBED_PROVIDERS):
            names = ", ".join(PROVIDERS[key].name for key in settings.EMBED_PROVIDERS)
            sentence = gettext("This is not a page that can be embedded. Allowed are: %s.") % names
            raise blocks.StructBlockValidationError({"url": ValidationError(sentence)})
        return cleaned

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Adds `embed`, or `link` where the service is not (or no longer) allowed."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        url = value.get("url") or ""
        context["embed"] = embed_of(url, settings.EMBED_PROVIDERS)
        context["link"] = url if url.startswith(("https://", "http://")) else ""
        return context

    class Meta:
        icon = "media"
        label = _("Embed")
        template = "articles/blocks/embed.html"


class RelatedBlock(blocks.StructBlock):
    """Another story of ours; how it is shown follows its own current version."""

    story = blocks.PageChooserBlock(page_type="articles.Article", label=_("story"))
    line = blocks.CharBlock(
        label=_("line above it"),
        required=False,
        max_length=160,
        help_text=_("Left empty: “Read also”."),
    )

    class Meta:
        icon = "doc-full-inverse"
        label = _("Related story")
        template = "articles/blocks/related.html"


class ReaderCommentBlock(blocks.StructBlock):
    """A reader's comment, quoted as plain text."""

    text = blocks.TextBlock(label=_("what was written"))
    name = blocks.CharBlock(label=_("who wrote it"), max_length=80)

    class Meta:
        icon = "comment"
        label = _("Reader's comment")
        template = "articles/blocks/reader_comment.html"


class BodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(
        label=_("Text"),
        features=["bold", "italic", "link", "ol", "ul", "superscript", "subscript"],
        template="articles/blocks/text.html",
    )
    heading = blocks.CharBlock(
        label=_("Subheading"),
        icon="title",
        max_length=160,
        template="articles/blocks/heading.html",
    )
    image = ImageBlock()
    pull_quote = PullQuoteBlock()
    embed = EmbedBlock()
    related = RelatedBlock()
    reader_comment = ReaderCommentBlock()
