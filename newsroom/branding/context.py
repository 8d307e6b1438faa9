"""`branding` in every template: the newsroom's name and addresses."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom.branding.models import Branding
from newsroom.branding.own_words import spoken
from newsroom.branding.views import style_name
from newsroom.edge.generation import Kept

# Twice the height at which it stands.
LOGO = "height-80"

_kept: Kept[Branding] = Kept()


def branding(request: HttpRequest) -> dict[str, object]:
    return {"branding": SimpleLazyObject(lambda: shown(as_readers_see_it(request)))}


def as_readers_see_it(request: HttpRequest) -> Branding:
    """The newsroom's own words, kept for a generation. Not to be changed."""
    return _kept.get("branding", lambda: _dressed(Branding.load(request_or_site=request)))


def _dressed(known: Branding) -> Branding:
    """With the address of its stylesheet and its logo in the height that pages show."""
    name = style_name(known.colour, known.colour_dark)
    known.style_url = f"/brand/{name}.css" if name else ""  # type: ignore[attr-defined]
    logo = known.logo.get_rendition(LOGO) if known.logo else None
    known.logo_shown = logo  # type: ignore[attr-defined]
    known.logo_url = logo.url if logo else ""  # type: ignore[attr-defined]
    return known


def shown(known: Branding) -> Branding:
    """As a page or a mail in the active language shows it."""
    return spoken(known, "tagline", "about")
