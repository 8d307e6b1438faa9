"""Moments as a newsroom of Canada writes them in the page's language: `{{ moment|said:pattern }}`,
as Django's `date`, and `{{ moment|zone }}`, the abbreviation of its zone; and `{{ text|own }}`."""

from datetime import date, datetime
from typing import Final

from django import template
from django.template.defaultfilters import date as as_pattern
from django.utils.translation import get_language

from newsroom.branding import own_words

register = template.Library()

# The abbreviations of Canada's zones in French
# (https://www.noslangues-ourlanguages.gc.ca/fr/cles-de-la-redaction/fuseaux-horaires).
_ZONES: Final = {
    "NST": "HNT",
    "NDT": "HAT",
    "AST": "HNA",
    "ADT": "HAA",
    "EST": "HNE",
    "EDT": "HAE",
    "CST": "HNC",
    "CDT": "HAC",
    "MST": "HNR",
    "MDT": "HAR",
    "PST": "HNP",
    "PDT": "HAP",
}


@register.filter(expects_localtime=True)
def said(moment: date | datetime | None, pattern: str) -> str:
    """In French the first of a month is "1er"."""
    text = str(as_pattern(moment, pattern))
    if _french() and text.startswith("1\u00a0"):
        return f"1er{text[1:]}"
    return text


@register.filter(expects_localtime=True)
def zone(moment: datetime | None) -> str:
    text = str(as_pattern(moment, "T"))
    return _ZONES.get(text, text) if _french() else text


@register.filter
def own(text: str) -> str:
    """A text of the newsroom's own in the page's language (`newsroom/branding/own_words.py`)."""
    return own_words.own(text)


def _french() -> bool:
    return (get_language() or "").startswith("fr")
