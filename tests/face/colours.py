"""The colours of `static/css/site.css` and their contrast, by the formula of WCAG 2.2.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re

from newsroom.engines.schema import CHECKOUT

SITE = CHECKOUT / "static" / "css" / "site.css"


def tokens() -> dict[str, dict[str, str]]:
    """Each colour token's `#rrggbb` by its name, in `light` and in `dark`."""
    text = SITE.read_text(encoding="utf-8").split("@layer tokens {")[1].split("@layer base {")[0]
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    found = {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for name, part in (("light", light), ("dark", dark))
    }
    return {"light": found["light"], "dark": found["light"] | found["dark"]}


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
