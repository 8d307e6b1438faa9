"""The demo's drawings as pictures of the site, in a collection of their own on the desk."""

import io
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from django.core.files.images import ImageFile
from wagtail.images.models import Image
from wagtail.models import Collection

from newsroom.demo.build.drawing import draw
from newsroom.demo.content import DemoContent
from newsroom.demo.content.blocks import Image as ImageBlock
from newsroom.demo.content.blocks import Picture
from newsroom.demo.content.shapes import Person
from newsroom.readers.models import Reader

AT_ONCE: Final = 2


class Gallery:
    """The drawings, each known by its title in the collection named after the newsroom."""

    def __init__(self, newsroom: str, by: Reader) -> None:
        root = Collection.get_first_root_node()
        found = root.get_children().filter(name=newsroom).first()
        self._collection = found or root.add_child(name=newsroom)
        self._by = by
        self._hung = {
            image.title: image for image in Image.objects.filter(collection=self._collection)
        }

    def picture(self, picture: Picture) -> Image:
        """Raises `KeyError` for one that was not drawn."""
        return self._hung[_title(picture)]

    def portrait(self, who: Person) -> Image:
        """Raises `KeyError` for one that was not drawn."""
        return self._hung[who.name]

    def missing(self, content: DemoContent) -> int:
        """How many drawings are still to be made."""
        return len(list(self._wanted(content)))

    def hang(self, content: DemoContent, on_each: Callable[[], None]) -> None:
        """Draw what is missing, in processes beside this one, and keep it."""
        wanted = list(self._wanted(content))
        if not wanted:
            return
        # Spawned, since a fork would share this process's connection to the database.
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(AT_ONCE, len(wanted)), mp_context=spawned) as draughtsmen:
            for drawing, jpeg in zip(
                wanted, draughtsmen.map(draw, wanted, chunksize=2), strict=True
            ):
                self._keep(drawing, jpeg)
                on_each()

    def _wanted(self, content: DemoContent) -> Iterator[Picture | Person]:
        for drawing in (*_pictures(content), *content.people):
            if _title(drawing) not in self._hung:
                yield drawing

    def _keep(self, drawing: Picture | Person, jpeg: bytes) -> None:
        title = _title(drawing)
        name = f"{title.lower().replace(' ', '-')}.jpg"
        self._hung[title] = Image.objects.create(
            title=title,
            description=drawing.alt[:255] if isinstance(drawing, Picture) else "",
            file=ImageFile(io.BytesIO(jpeg), name=name),
            collection=self._collection,
            uploaded_by_user=self._by,
        )


def _pictures(content: DemoContent) -> Iterable[Picture]:
    """Every landscape once: two stories may show the same."""
    found = {}
    for story in content.every_story:
        for picture in (
            story.lead,
            *(block.picture for block in story.body if isinstance(block, ImageBlock)),
        ):
            found.setdefault(_title(picture), picture)
    return found.values()


def _title(drawing: Picture | Person) -> str:
    if isinstance(drawing, Picture):
        return f"{drawing.scene.replace('_', ' ').capitalize()} {drawing.seed}"
    return drawing.name
