"""What stands where a story was removed: that it was here, when and why it went."""

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.entries import story_entries
from articles.models import Address, Ground, Removal
from articles.removals import headline_of, open_removal
from articles.story import policy_url
from newsroom.edge.headers import public

GONE: Final = 410
FORBIDDEN_BY_LAW: Final = 451
FRESH_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Gone:
    """A removed story: its current address and why it is not there."""

    address: Address
    removal: Removal


def find_removed(path: str) -> Gone | None:
    """The removed story that has, or once had, this address."""
    address = Address.objects.filter(path=path, article__live=False).first()
    if address is None or (removal := open_removal(address.article_id)) is None:
        return None
    current = (
        Address.objects.filter(article=address.article_id, current=True)
        .select_related("article__current_version")
        .get()
    )
    return Gone(current, removal)


def tombstone(request: HttpRequest, gone: Gone) -> HttpResponse:
    """410, or 451 where the law demanded the removal (RFC 7725)."""
    # The words are gone with the story: before-and-after would show them.
    hidden = gone.removal.ground in (Ground.LAW, Ground.SAFETY, Ground.RIGHTS)
    told = [] if hidden else story_entries(gone.address.article_id)
    entries = [replace(entry, before_after_url=None) for entry in told]
    context = {
        "headline": headline_of(gone.address.article),
        "removal": gone.removal,
        "corrections": entries,
        "policy_url": policy_url(),
        "history_url": f"{gone.address.path}history/",
    }
    status = FORBIDDEN_BY_LAW if gone.removal.ground == Ground.LAW else GONE
    response = render(request, "articles/removed.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return public(request, response, FRESH_SECONDS)
