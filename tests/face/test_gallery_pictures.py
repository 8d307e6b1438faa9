"""The look of each component stays what somebody has looked at and found good.

Each section of `/gallery/` is pictured, made small and grey so that another browser's smoothing
of letters makes no difference, and laid over the picture kept in `tests/face/gallery/`. Who
changes the look looks at the new pictures and keeps them:

    WAYLIGHT_KEEP_PICTURES=1 .venv/bin/pytest tests/face/test_gallery_pictures.py
"""

import os
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

from newsroom.engines.schema import CHECKOUT
from tests.stack import Stack

KEPT = CHECKOUT / "tests" / "face" / "gallery"
SMALLER = 4
# Of 255: what one patch of the small picture may differ by, and how much of a height.
PATCH_AT_MOST = 40
HEIGHT_AT_MOST = 0.04
# Where each section is on the whole page.
BOXES = """() => [...document.querySelectorAll("main section[aria-labelledby^='g-']")].map(each => {
    const {left, top, right, bottom} = each.getBoundingClientRect();
    const at = [left, top + scrollY, right, bottom + scrollY].map(Math.round);
    return [each.getAttribute("aria-labelledby"), at];
})"""


def test_the_gallery_looks_as_it_was_found_good_on_a_phone(stack_db: Stack, phone: Page) -> None:
    assert _changed(stack_db, phone, "phone") == []


def test_the_gallery_looks_as_it_was_found_good_on_a_wide_screen(
    stack_db: Stack, desktop: Page
) -> None:
    assert _changed(stack_db, desktop, "desktop") == []


def _changed(stack: Stack, page: Page, screen: str) -> list[str]:
    """The names of sections that look other than kept."""
    changed = []
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(f"{stack.site_url}/gallery/", wait_until="networkidle")
        # What loads when it comes near the screen is there before the first picture.
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
        boxes, whole = _whole(page)
        for title, box in boxes:
            name = f"{title.removeprefix('g-')}-{screen}-{light}"
            picture = _small(whole.crop(box))
            if os.environ.get("WAYLIGHT_KEEP_PICTURES"):
                picture.save(KEPT / f"{name}.png", optimize=True)
            elif why := _unlike(name, picture):
                changed.append(f"{name}: {why}")
    return changed


def _whole(page: Page) -> tuple[list[tuple[str, tuple[int, int, int, int]]], Image.Image]:
    """The page's picture and where each section is on it, once nothing moves any more."""
    before = None
    while before != (boxes := page.evaluate(BOXES)):
        before, png = boxes, page.screenshot(full_page=True, scale="css")
    return [(title, tuple(box)) for title, box in boxes], Image.open(BytesIO(png))


def _small(picture: Image.Image) -> Image.Image:
    picture = picture.convert("L")
    size = max(1, picture.width // SMALLER), max(1, picture.height // SMALLER)
    return picture.resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))


def _unlike(name: str, picture: Image.Image) -> str:
    """Why it is another picture; empty when it is the same."""
    path = KEPT / f"{name}.png"
    if not path.exists():
        return "not kept yet"
    kept = Image.open(path).convert("L")
    if abs(kept.height - picture.height) > max(2, HEIGHT_AT_MOST * kept.height):
        return f"{picture.height} high, was {kept.height}"
    difference = ImageChops.difference(kept, picture.resize(kept.size))
    most = difference.resize(
        (max(1, kept.width // 8), max(1, kept.height // 8)), Image.Resampling.BOX
    ).getextrema()[1]
    return f"a patch differs by {most} of 255" if most > PATCH_AT_MOST else ""
