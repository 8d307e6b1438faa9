"""`branding` in every template: the newsroom's name and addresses."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom.branding.models import Branding
from newsroom.branding.own_words import spoken
from newsroom.edge.generation import Kept

_kept: Kept[Branding] = Kept()


def branding(request: HttpRequest) -> dict[str, object]:
    return {"branding": SimpleLazyObject(lambda: shown(as_readers_see_it(request)))}


def as_readers_see_it(request: HttpRequest) -> Branding:
    """The newsroom's own words, kept for a generation. Not to be changed."""
    return _kept.get("branding", lambda: Branding.load(request_or_site=request))


def shown(known: Branding) -> Branding:
    """As a page or a mail in the active language shows it."""
    return spoken(known, "tagline", "about")
