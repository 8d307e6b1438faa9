"""The pictures of the demo newsroom, drawn by this code: landscapes for its stories, portraits for
its people.

``draw(scene, width, height, seed)`` and ``portrait(slug, size)`` give the bytes of a JPEG. The
same arguments give the same picture.
"""

import io
import zlib
from random import Random

import vl_convert
from PIL import Image, ImageChops, ImageFilter, ImageOps

from newsroom.demo.pictures import built, energy, faces, land, settled, shore, water
from newsroom.demo.pictures.brush import WIDTH, Sheet

SCENES = {
    name: scene
    for room in (land, water, shore, settled, energy, built)
    for name, scene in room.SCENES.items()
}
GRAIN = 14
QUALITY = 88


class UnknownScene(KeyError):
    """No scene has that name; ``SCENES`` lists those there are."""


def draw(scene: str, width: int, height: int, seed: int) -> bytes:
    """A landscape as JPEG, ``width`` by ``height`` pixels; an odd seed draws it mirrored. Raises
    ``UnknownScene``."""
    if scene not in SCENES:
        raise UnknownScene(scene)
    sheet = Sheet(WIDTH * height / width, Random(f"{scene} {seed}"))
    SCENES[scene](sheet)
    return _print(sheet, width, height, mirrored=seed % 2 == 1)


def portrait(slug: str, size: int) -> bytes:
    """A square portrait as JPEG, of nobody: the slug chooses its shapes and colours."""
    sheet = Sheet(WIDTH, Random(f"portrait {slug}"))
    faces.paint(sheet)
    return _print(sheet, size, size, mirrored=False)


def _print(sheet: Sheet, width: int, height: int, *, mirrored: bool) -> bytes:
    """The sheet as pixels, with paper grain and corners a little darker."""
    png = vl_convert.svg_to_png(sheet.svg(width, height), scale=1)
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if mirrored:
        picture = ImageOps.mirror(picture)
    picture = ImageChops.multiply(picture, _corners(width, height))
    picture = ImageChops.overlay(picture, _grain(width, height))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _grain(width: int, height: int) -> Image.Image:
    noise = Random(zlib.crc32(b"grain")).randbytes(width * height)
    fine = Image.frombytes("L", (width, height), noise).filter(ImageFilter.BoxBlur(0.6))
    strength = GRAIN * min(1.0, max(0.4, width / 1200)) / 50
    fine = fine.point([round(128 + (value - 128) * strength) for value in range(256)])
    return Image.merge("RGB", (fine, fine, fine))


def _corners(width: int, height: int) -> Image.Image:
    small = Image.radial_gradient("L").point([255 - max(0, v - 120) // 4 for v in range(256)])
    shade = small.resize((width, height), Image.Resampling.BILINEAR)
    return Image.merge("RGB", (shade, shade, shade))
