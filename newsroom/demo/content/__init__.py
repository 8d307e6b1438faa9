"""The demo newsroom's content: The Landfast, an invented climate newsroom, as plain data.

``load()`` gives everything; ``publications(story)`` gives a story as it stood after each of its
edits. The words live in TOML files beside this one, the shapes in ``shapes.py``.
"""

from newsroom.demo.content.loading import ContentError, load
from newsroom.demo.content.replay import EditDoesNotFit, apply_edit, publications, words
from newsroom.demo.content.shapes import DemoContent

__all__ = [
    "ContentError",
    "DemoContent",
    "EditDoesNotFit",
    "apply_edit",
    "load",
    "publications",
    "words",
]
