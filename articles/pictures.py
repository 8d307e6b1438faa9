"""Pictures as readers get them: WebP in a few widths, AVIF for phones, a crop around the focal
point for cards; with the words that go with them."""

from typing import Any, Final

from wagtail.images.models import AbstractImage

WIDTHS: Final = (480, 960, 1600)
# On a phone's screen; a wide AVIF takes seconds to make, and publishing waits for it.
PHONE_WIDTHS: Final = WIDTHS[:2]
CARD: Final = "fill-720x480"


def picture(
    image: AbstractImage | None, alt: str, caption: str, credit: str, *, files: bool = True
) -> dict[str, Any] | None:
    """The canonical copy of a picture: `image` id, `file` (its content's hash), `alt`, `caption`,
    `credit`; and with `files` also `url`, `width`, `height`, `srcset`, `sources` (each with url,
    width, height), `avif` (the srcset for phones) and `card` (url, width, height of the crop around
    the focal point), for which the renditions are made that do not exist yet.

    None when there is no picture.
    """
    if image is None:
        return None
    if not image.file_hash:
        image._set_file_hash()
    return {
        "image": image.pk,
        "file": image.file_hash,
        "alt": alt,
        "caption": caption,
        "credit": credit,
        **(_files(image) if files else {}),
    }


def _files(image: AbstractImage) -> dict[str, Any]:
    sources = _renditions(image, WIDTHS, "webp")
    shown = next((each for each in sources if each["width"] >= WIDTHS[1]), sources[-1])
    card = image.get_rendition(f"{CARD}|format-webp")
    return {
        **shown,
        "srcset": _srcset(sources),
        "sources": sources,
        "avif": phone_srcset(image),
        "card": {"url": card.url, "width": card.width, "height": card.height},
    }


def phone_srcset(image: AbstractImage) -> str:
    """The picture as AVIF in the widths of phones."""
    return _srcset(_renditions(image, PHONE_WIDTHS, "avif"))


def _srcset(sources: list[dict[str, Any]]) -> str:
    return ", ".join(f"{each['url']} {each['width']}w" for each in sources)


def _renditions(image: AbstractImage, widths: tuple[int, ...], form: str) -> list[dict[str, Any]]:
    # A width above the picture's own gives its own width again: kept once.
    wanted = [width for width in widths if width < image.width] + [
        width for width in widths if width >= image.width
    ][:1]
    made = image.get_renditions(*(f"width-{width}|format-{form}" for width in wanted))
    by_width = {each.width: each for each in made.values()}
    return [
        {"url": each.url, "width": each.width, "height": each.height}
        for _width, each in sorted(by_width.items())
    ]
