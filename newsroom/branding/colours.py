"""A newsroom's own colour on the site's grounds: whether it can be read, and its stronger sister.

Contrast is WCAG 2.2's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). The grounds are those of
`static/css/site.css`, layer `tokens`: what the colour is used on, as words and as buttons.
"""

import re
from typing import Final

LEAST: Final = 4.5
LIGHT_GROUNDS: Final = ("#fbf8f1", "#f3ede0")
DARK_GROUNDS: Final = ("#151410", "#1f1d17")
_HEX: Final = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """`#` and six hexadecimal digits, lower case."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Between 1 and 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def stronger(colour: str, *, dark: bool) -> str:
    """For what is pointed at: a third nearer to black, on a dark ground to white."""
    towards = 255 if dark else 0
    return "#" + "".join(f"{round(part + (towards - part) / 3):02x}" for part in _parts(colour))


def stylesheet(light: str, dark: str) -> str:
    """What overrides the site's own accent; empty without a colour."""
    said = ""
    if light:
        said += f":root{{--accent:{light};--accent-strong:{stronger(light, dark=False)}}}"
    if dark:
        tokens = f":root{{--accent:{dark};--accent-strong:{stronger(dark, dark=True)}}}"
        said += f"@media (prefers-color-scheme:dark){{{tokens}}}"
    return f"@layer tokens{{{said}}}" if said else ""


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
