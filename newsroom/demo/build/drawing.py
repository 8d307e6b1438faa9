"""One drawing at the size the site wants it. Nothing of Django, since other processes draw."""

from typing import Final

from newsroom.demo import pictures
from newsroom.demo.content.blocks import Picture
from newsroom.demo.content.shapes import Person

WIDTH, HEIGHT = 1600, 1000
PORTRAIT: Final = 480


def draw(drawing: Picture | Person) -> bytes:
    """A story's picture or a person's portrait, as JPEG."""
    if isinstance(drawing, Picture):
        return pictures.draw(drawing.scene, WIDTH, HEIGHT, drawing.seed)
    return pictures.portrait(drawing.slug, PORTRAIT)
