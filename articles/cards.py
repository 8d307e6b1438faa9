"""Pictures for sharing, drawn here: a pull-quote, or a headline for a story without a picture.

1200 by 630 pixels, the shape that networks show whole. Pure: words in, a PNG out. A text too long
for the smallest size ends with an ellipsis. The fonts have the letters of English, French and the
names of people in Canada; a letter they lack is drawn as an empty box.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1200
HEIGHT: Final = 630
_MARGIN: Final = 76
_NIGHT, _NIGHT_RULE = "#10292b", "#35585a"
_LAMP, _ON_NIGHT, _SOFT = "#f2b33d", "#f8f1e1", "#bfd0ca"
_SIZES: Final = range(78, 33, -3)
_LEADING: Final = 1.2
_MARKS: Final = '“”«»" \u00a0\u202f\n'

Font = ImageFont.FreeTypeFont
Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Room:
    """Where a text is set: left and top, and how far it may go."""

    left: int
    top: int
    width: int
    height: int


def quote_card(quote: str, attribution: str, newsroom: str) -> bytes:
    """`quote` may carry its own quotation marks; the card has one of its own."""
    image, draw = _ground(newsroom)
    words = f"“{quote.strip(_MARKS)}”"
    said_by = _font("hanken-grotesk", 30, 500)
    lines = _fold(attribution.split(), said_by.getlength, WIDTH - 2 * _MARGIN)[:2]
    foot = 44 * len(lines)
    bottom = _set(draw, words, Room(_MARGIN, 84, WIDTH - 2 * _MARGIN, 376 - foot), hang=True)
    for nth, line in enumerate(lines):
        draw.text((_MARGIN, bottom + 26 + 44 * nth), line, font=said_by, fill=_SOFT)
    return _png(image)


def story_card(headline: str, section: str, newsroom: str) -> bytes:
    image, draw = _ground(newsroom)
    kicker = _font("hanken-grotesk", 30, 650)
    draw.text((_MARGIN, 78), section, font=kicker, fill=_LAMP)
    _set(draw, headline, Room(_MARGIN, 136, WIDTH - 2 * _MARGIN, 340))
    return _png(image)


def balanced(words: Sequence[str], measure: Measure, width: float) -> list[str]:
    """`words` in as few lines as `width` allows, the lines as even as that number permits."""
    lines = _fold(words, measure, width)
    # No narrower than the longest word: it would be broken.
    narrow, wide = min(width, max(map(measure, words), default=0.0)), width
    while wide - narrow > 4:
        middle = (narrow + wide) / 2
        if len(_fold(words, measure, middle)) > len(lines):
            narrow = middle
        else:
            wide = middle
    return _fold(words, measure, wide)


def _fold(words: Sequence[str], measure: Measure, width: float) -> list[str]:
    """Lines no wider than `width`; a single word wider than that is broken where it must be."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
            continue
        while measure(word) > width and len(word) > 1:
            cut = max(1, bisect_right(range(1, len(word)), width, key=lambda n: measure(word[:n])))
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines


def _set(draw: ImageDraw.ImageDraw, text: str, room: Room, *, hang: bool = False) -> int:
    """Set `text` as large as it fits and return where it ends. With `hang` the opening quotation
    mark stands in the margin."""
    words = text.split()
    for size in _SIZES:
        font = _font("newsreader", size, 520)
        lines = _fold(words, font.getlength, room.width)
        if _height(lines, size) <= room.height:
            break
    most = int(room.height / (size * _LEADING))
    if len(lines) > most:
        lines = _shortened(words, font.getlength, room.width, most)
    else:
        lines = balanced(words, font.getlength, room.width)
    top = room.top + (room.height - _height(lines, size)) // 2
    for nth, line in enumerate(lines):
        out = font.getlength("“") if hang and line.startswith("“") and nth == 0 else 0
        at = (room.left - out, top + nth * size * _LEADING)
        draw.text(at, line, font=font, fill=_ON_NIGHT)
    return int(top + _height(lines, size))


def _shortened(words: list[str], measure: Measure, width: float, most: int) -> list[str]:
    """The first `most` lines of `words`, ended by an ellipsis."""
    end = "…”" if words[-1].endswith("”") else "…"

    def lines_of(count: int) -> list[str]:
        shown = [*words[: count - 1], words[count - 1].rstrip(",;:.") + end]
        return _fold(shown, measure, width)

    counts = range(1, len(words))
    fitting = bisect_right(counts, most, key=lambda count: len(lines_of(count)))
    if fitting:
        return lines_of(fitting)
    lines = _fold(words, measure, width)[:most]
    return [*lines[:-1], lines[-1][:-2] + end]


def _height(lines: Sequence[str], size: int) -> int:
    return int(len(lines) * size * _LEADING)


def _ground(newsroom: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """The night, with the lamp over the horizon and the newsroom's name beneath."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _NIGHT)
    draw = ImageDraw.Draw(image)
    line = HEIGHT - 118
    draw.rectangle((_MARGIN, line, WIDTH - _MARGIN, line + 2), fill=_NIGHT_RULE)
    name = _font("newsreader", 40, 650)
    # Twice as large and made small again, for a smooth edge.
    lamp = Image.new("RGB", (112, 88), _NIGHT)
    pen = ImageDraw.Draw(lamp)
    pen.pieslice((14, 12, 98, 96), 180, 360, fill=_LAMP)
    pen.rectangle((0, 66, 112, 76), fill=_ON_NIGHT)
    image.paste(lamp.resize((56, 44), Image.Resampling.LANCZOS), (_MARGIN, line + 34))
    draw.text((_MARGIN + 72, line + 58), newsroom, font=name, fill=_ON_NIGHT, anchor="lm")
    return image, draw


def _font(family: str, size: int, weight: int) -> Font:
    # Opened for each card: one that threads share is not safe to draw with.
    font = ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / f"{family}.woff2", size)
    font.set_variation_by_axes([weight])
    return font


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
