"""The part of schema.org that our stories use: which type has which properties, of what kind.

Written down from https://schema.org/NewsArticle and its neighbours; a property stands with the type
that defines it, and a type has its ancestors' too.
"""

from datetime import datetime
from typing import Any

PARENTS = {
    "CreativeWork": "Thing",
    "Article": "CreativeWork",
    "NewsArticle": "Article",
    "AnalysisNewsArticle": "NewsArticle",
    "OpinionNewsArticle": "NewsArticle",
    "BackgroundNewsArticle": "NewsArticle",
    "AdvertiserContentArticle": "Article",
    "Comment": "CreativeWork",
    "CorrectionComment": "Comment",
    "MediaObject": "CreativeWork",
    "ImageObject": "MediaObject",
    "Person": "Thing",
    "Organization": "Thing",
    "NewsMediaOrganization": "Organization",
}

PEOPLE = ("Person", "Organization")
PROPERTIES: dict[str, dict[str, tuple[str, ...]]] = {
    "Thing": {
        "name": ("Text",),
        "url": ("URL",),
        "description": ("Text",),
        "image": ("ImageObject", "URL"),
        "mainEntityOfPage": ("URL", "CreativeWork"),
    },
    "CreativeWork": {
        "headline": ("Text",),
        "text": ("Text",),
        "inLanguage": ("Text",),
        "datePublished": ("DateTime",),
        "dateModified": ("DateTime",),
        "author": PEOPLE,
        "contributor": PEOPLE,
        "publisher": PEOPLE,
        "keywords": ("Text",),
        "isAccessibleForFree": ("Boolean",),
        "publishingPrinciples": ("URL", "CreativeWork"),
        "correction": ("CorrectionComment", "Text", "URL"),
        "creditText": ("Text",),
        "translationOfWork": ("CreativeWork",),
        "workTranslation": ("CreativeWork",),
    },
    "Article": {"articleSection": ("Text",), "wordCount": ("Integer",)},
    "NewsArticle": {"dateline": ("Text",)},
    "MediaObject": {"width": ("Integer",), "height": ("Integer",)},
    "ImageObject": {"caption": ("Text",)},
    "Organization": {
        "correctionsPolicy": ("URL", "CreativeWork"),
        "publishingPrinciples": ("URL", "CreativeWork"),
    },
}


def breaches(
    data: dict[str, Any], kinds: tuple[str, ...] = ("NewsArticle", "Article")
) -> list[str]:
    """What in `data` the vocabulary does not know, each as a sentence; none when all is well."""
    kind = data.get("@type", "")
    line = ancestors(kind)
    found = [] if set(line) & set(kinds) else [f"{kind} is none of {kinds}"]
    known = {name: value for each in line for name, value in PROPERTIES.get(each, {}).items()}
    for name, value in data.items():
        if name.startswith("@"):
            continue
        if name not in known:
            found.append(f"{kind} has no {name}")
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found += breaches(each, known[name])
            elif not any(_is(kind, each) for kind in known[name]):
                found.append(f"{kind}.{name} is {each!r}, not {' or '.join(known[name])}")
    return found


def ancestors(kind: str) -> list[str]:
    """The type itself and what it inherits from, Thing last; none for a type not written down."""
    line = []
    while kind in PARENTS or kind == "Thing":
        line.append(kind)
        kind = PARENTS.get(kind, "")
    return line


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "Text":
            return isinstance(value, str) and bool(value.strip())
        case "URL":
            return isinstance(value, str) and value.startswith(("https://", "http://"))
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "DateTime":
            return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    return False
