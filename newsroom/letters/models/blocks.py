"""What a letter is composed of on the desk."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import PageChooserBlock


def _campaigns() -> list[tuple[int, str]]:
    from campaigns.models import Campaign

    found = Campaign.objects.order_by("-starts_at").values_list("pk", "title")[:50]
    return [(pk, str(title)) for pk, title in found]


class StoriesBlock(blocks.StructBlock):
    """Stories that an editor picks, in their order."""

    stories = blocks.ListBlock(
        PageChooserBlock(page_type="articles.Article", label=_("story")), label=_("stories")
    )

    class Meta:
        icon = "doc-full"
        label = _("Stories")


class ByRuleBlock(blocks.StructBlock):
    """The newest stories when the letter goes out, of one section or of all."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80, required=False)
    section = PageChooserBlock(page_type="articles.Section", label=_("section"), required=False)
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=12, default=5)
    days = blocks.IntegerBlock(label=_("of the last days"), min_value=1, max_value=60, default=7)

    class Meta:
        icon = "list-ul"
        label = _("Newest stories")


class CampaignBlock(blocks.StructBlock):
    """The campaign's bar with its figure and a button to give."""

    campaign = blocks.ChoiceBlock(choices=_campaigns, label=_("campaign"))
    words = blocks.TextBlock(label=_("what it asks"), required=False, rows=3)

    class Meta:
        icon = "calendar-check"
        label = _("Campaign")


class LetterBlocks(blocks.StreamBlock):
    text = blocks.RichTextBlock(
        label=_("Text"), features=["h2", "bold", "italic", "link", "ol", "ul"], icon="pilcrow"
    )
    stories = StoriesBlock()
    newest = ByRuleBlock()
    campaign = CampaignBlock()
    corrections = blocks.StaticBlock(
        label=_("Corrections owed"),
        admin_text=_("Entries on stories of earlier letters. Added by itself at the end."),
        icon="warning",
    )
