"""Stories that a story's body points to, shown as they are when it is read.

A version's markup keeps only the place and the editor's line; headline and picture come from the
other story's current version, so that its corrections are seen here too. When it was removed or
retracted the line stays, without a link.
"""

import re
from dataclasses import replace
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from articles.differences import Difference, Seen
from articles.listing import cards, published
from articles.story import Story

# As templates/articles/blocks/related.html writes it.
_PLACE: Final = re.compile(
    r'<aside class="related-story" data-related="(\d+)">(.*?)</aside>', re.DOTALL
)


def with_related(story: Story) -> Story:
    """`story` with its related stories filled in: one query, none where the body has no place."""
    wanted = {int(pk) for pk, _line in _PLACE.findall(story.body_html)}
    if not wanted:
        return story
    known = {card.id: card for card in cards(published().filter(pk__in=wanted))}

    def fill(place: re.Match[str]) -> str:
        context = {
            "card": known.get(int(place[1])),
            # Our own block template escaped it when the version was made.
            "line": mark_safe(place[2]),  # noqa: S308
        }
        return render_to_string("components/related_story.html", context)

    return replace(story, body_html=mark_safe(_PLACE.sub(fill, story.body_html)))  # noqa: S308


def with_headlines(found: list[Difference]) -> list[Difference]:
    """`found` with the headlines and addresses that related stories have now; one query, none where
    no related story differs. What is not public keeps its editor's line alone."""
    sides = [side for each in found for side in (each.before, each.after) if side and side.story]
    if not sides:
        return found
    known = {card.id: card for card in cards(published().filter(pk__in=[s.story for s in sides]))}

    def named(side: Seen | None) -> Seen | None:
        card = known.get(side.story) if side else None
        return replace(side, name=card.headline, url=card.url) if side and card else side

    return [replace(each, before=named(each.before), after=named(each.after)) for each in found]
