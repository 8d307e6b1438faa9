"""What a letter says: its blocks as plain values, read from the stories and the campaign of now.

`compose` gives a list of blocks, each a dictionary with a `kind`; it is what is sealed, what the
mail is rendered from and what the letter's page on the web shows:

    {"kind": "text", "html"}
    {"kind": "stories", "heading", "stories": [{"id", "headline", "dek", "path", "image", "alt", …}]}
    {"kind": "campaign", "title", "words", "figure", "picture", "give_path"}
    {"kind": "corrections", "entries": [{"id", "kind", "kind_shown", "headline", "path", "was", "now"}]}

Addresses are paths of the site.
"""  # noqa: E501

from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.rich_text import expand_db_html

from articles.entries import entry_lines
from articles.listing import Card, cards, published
from articles.models import Correction, Section
from campaigns.progress import in_words, progress, with_total
from newsroom.letters.models import Letter, LetterCorrection, Purpose
from newsroom.money import Money

Block = dict[str, Any]
CARRIES_CORRECTIONS: Final = (Purpose.NEWS, Purpose.BREAKING)


def compose(letter: Letter, moment: datetime) -> list[Block]:
    """The letter as it would go out at `moment`. Stories that are not public, or retracted, are
    left out; each stands in it once. Corrections that its readers are owed come where the editor
    put them, else last."""
    with override(letter.newsletter.language):
        used: set[int] = set()
        found = [block for each in letter.body if (block := _block(letter, each, used, moment))]
        if letter.purpose == Purpose.CORRECTION:
            assert letter.correction_id is not None
            entries = Correction.objects.filter(pk=letter.correction_id)
            return [*found, *_corrections(entries)]
        if letter.purpose in CARRIES_CORRECTIONS and not any(
            block["kind"] == "corrections" for block in found
        ):
            found += _owed(letter)
        return found


def owed_to(letter: Letter) -> "list[int]":
    """The entries that the readers of its newsletter are still owed."""
    owed = LetterCorrection.objects.filter(newsletter=letter.newsletter_id, told_in=None)
    return list(owed.values_list("correction", flat=True))


def stories_in(blocks: list[Block]) -> list[int]:
    """The ids of the stories that stand in it."""
    return [story["id"] for block in blocks for story in block.get("stories", [])]


def _block(letter: Letter, each: Any, used: set[int], moment: datetime) -> Block | None:
    value = each.value
    match each.block_type:
        case "text":
            return {"kind": "text", "html": expand_db_html(value.source)}
        case "stories":
            ids = [page.pk for page in value["stories"] if page is not None]
            by_id = {card.id: card for card in cards(published().filter(pk__in=ids))}
            return _stories("", [by_id[pk] for pk in ids if pk in by_id], used)
        case "newest":
            since = moment - timedelta(days=value["days"])
            chosen = published(letter.newsletter.language).filter(first_published_at__gte=since)
            section = value["section"]
            if section is not None:
                of = Section.objects.filter(pk=section.pk).values_list("path", flat=True).first()
                chosen = chosen.filter(path__startswith=of or "-")
            found = cards(chosen.exclude(pk__in=used), value["count"])
            return _stories(value["heading"], found, used)
        case "campaign":
            return _campaign(letter, value, moment)
        case "corrections":
            return next(iter(_owed(letter)), None)
    return None


def _stories(heading: str, found: list[Card], used: set[int]) -> Block | None:
    fresh = [card for card in found if card.id not in used]
    used.update(card.id for card in fresh)
    if not fresh:
        return None
    return {
        "kind": "stories",
        "heading": heading,
        "stories": [
            {
                "id": card.id,
                "headline": card.headline,
                "dek": card.dek,
                "path": card.url,
                "image": card.image_url,
                "alt": card.image_alt,
                "width": card.image_width,
                "height": card.image_height,
            }
            for card in fresh
        ],
    }


def _campaign(letter: Letter, value: Any, moment: datetime) -> Block | None:
    campaign = in_words(with_total().filter(pk=value["campaign"]).first())
    if campaign is None:
        return None
    far = progress(campaign, moment)
    says = {
        "raised": Money(far.raised, far.currency),
        "goal": Money(far.goal, far.currency),
        "percent": far.percent,
    }
    return {
        "kind": "campaign",
        "title": campaign.title,
        "words": value["words"] or campaign.appeal,
        "figure": _("%(raised)s raised of %(goal)s, %(percent)s%%.") % says,
        "as_of": moment.isoformat(timespec="seconds"),
        "picture": reverse("letter_bar", args=[campaign.pk, letter.newsletter.language]),
        "give_path": f"{campaign.give_url}?via={letter.via}",
    }


def _owed(letter: Letter) -> list[Block]:
    return _corrections(Correction.objects.filter(pk__in=owed_to(letter)).order_by("issued_at"))


def _corrections(found: Any) -> list[Block]:
    entries = [
        {
            "id": line.id,
            "kind": line.kind,
            "kind_shown": str(line.kind_shown),
            "headline": line.story_headline,
            "path": f"{line.story_url}#{line.anchor}",
            "was": line.was,
            "now": line.now,
        }
        for line in entry_lines(found)
    ]
    return [{"kind": "corrections", "entries": entries}] if entries else []
