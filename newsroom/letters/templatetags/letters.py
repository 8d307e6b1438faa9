"""The sign-up form on pages that know nothing of letters."""

from typing import Any

from django import template
from django.utils.translation import get_language

from newsroom.letters.offered import best_for

register = template.Library()


@register.inclusion_tag("letters/sign_up.html")
def letters_sign_up(source: str, section: str = "") -> dict[str, Any]:
    """The form of the newsletter that suits the page: of its section (its address), else the site's
    own; nothing where none is offered. `source` says where somebody signed up."""
    return {"offer": best_for(get_language() or "en", section), "source": source}
