"""The campaign's bar as a picture for mail, stamped with its moment. Figures in, a PNG out."""

from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageDraw, ImageFont

from campaigns.progress import Progress

# Twice the size it is shown in, for fine screens.
WIDTH: Final = 1120
HEIGHT: Final = 192
_NIGHT, _TRACK, _LAMP, _STRONG = "#10292b", "#1d3e40", "#f2b33d", "#ffc65c"
_PAPER, _SOFT = "#f8f1e1", "#bfd0ca"
_FONTS: Final = settings.BASE_DIR / "static" / "fonts"


def draw(far: Progress, language: str) -> bytes:
    """Raised, goal and the bar's length, in the words of `language`."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _NIGHT)
    pen = ImageDraw.Draw(image)
    with override(language):
        raised = str(far.raised_money)
        rest = _("raised of %(goal)s") % {"goal": far.goal_money}
        as_of = far.as_of.astimezone(ZoneInfo(settings.TIME_ZONE))
        stamp = _("as of %(moment)s") % {"moment": date_format(as_of, "DATETIME_FORMAT")}
    big, small = _font(46, 700), _font(28, 450)
    pen.text((32, 20), raised, font=big, fill=_PAPER)
    pen.text((32 + pen.textlength(raised + "  ", font=big), 36), rest, font=small, fill=_SOFT)
    left, right, top, bottom = 32, WIDTH - 32, 92, 120
    pen.rounded_rectangle((left, top, right, bottom), 14, fill=_TRACK)
    bar = far.bar
    for length, colour in ((bar.beyond, _STRONG), (bar.fill, _LAMP)):
        if length:
            end = left + max(28, round((right - left) * length / 1000))
            pen.rounded_rectangle((left, top, end, bottom), 14, fill=colour)
    pen.text((32, 140), stamp, font=_font(24, 450), fill=_SOFT)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(_FONTS / "hanken-grotesk.woff2"), size)
    font.set_variation_by_axes([weight])
    return font
