"""A story's shape, by which the rule tells what kind of change a publication is."""

from django.conf import settings

from articles.corrections import Shape
from articles.models import Address, Version
from articles.versions import Content, layout_hash, link_targets, things_hash, words_hash


def shape_of(content: Content) -> Shape:
    """The shape of a copy. One query at most, and none without a link within the site."""
    return Shape(words_hash(content), layout_hash(content), _things(content))


def shape_of_version(version: Version) -> Shape:
    """The shape that `version` was published with."""
    return Shape(version.words_hash, version.layout_hash, _things(version.content))


def _things(content: Content) -> str:
    """A link to a story leads to the same, whichever of the story's addresses it has."""
    within = {
        url: path
        for url in link_targets(content)
        if (path := url.removeprefix(settings.BASE_URL)).startswith("/")
    }
    stories = dict(
        Address.objects.filter(path__in=within.values()).values_list("path", "article")
        if within
        else ()
    )
    return things_hash(
        content,
        {url: f"story {stories[path]}" for url, path in within.items() if path in stories},
    )
