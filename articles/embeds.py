"""What may be embedded in a story: from a page's address at a known service to the frame shown.

Pure, and without a request to anybody: the frame's address is built from the page's own. Nothing
of a service loads before the reader asks for it (`static/js/embed-on-click.js`), and a page lets
in only the services whose embeds stand on it (`frame_origins`).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """A service. `pages` finds the groups that `frame` needs in the address of one of its pages;
    `shape` ("wide", "tall", "low") is the room that the frame gets."""

    key: str
    name: str
    pages: re.Pattern[str]
    frame: str
    shape: str


@dataclass(frozen=True, slots=True)
class Embed:
    """`page_url` is the link for who loads no frame; `origin` is what `frame-src` lets in."""

    provider: str
    page_url: str
    frame_url: str
    origin: str
    shape: str


def _pages(pattern: str) -> re.Pattern[str]:
    return re.compile(r"https://" + pattern + r"(?:[/?#&].*)?", re.ASCII)


PROVIDERS: Final = {
    each.key: each
    for each in (
        Provider(
            "youtube",
            "YouTube",
            _pages(
                r"(?:(?:www\.|m\.)?youtube\.com/(?:watch\?(?:[^#]*&)?v=|shorts/|live/|embed/)"
                r"|youtu\.be/)(?P<id>[\w-]{11})"
            ),
            "https://www.youtube-nocookie.com/embed/{id}",
            "wide",
        ),
        Provider(
            "vimeo",
            "Vimeo",
            _pages(r"(?:www\.|player\.)?vimeo\.com/(?:video/)?(?P<id>\d+)"),
            "https://player.vimeo.com/video/{id}?dnt=1",
            "wide",
        ),
        Provider(
            "datawrapper",
            "Datawrapper",
            _pages(r"(?:datawrapper\.dwcdn\.net|www\.datawrapper\.de/_)/(?P<id>\w{5})"),
            "https://datawrapper.dwcdn.net/{id}/",
            "tall",
        ),
        Provider(
            "flourish",
            "Flourish",
            _pages(
                r"(?:public\.flourish\.studio|flo\.uri\.sh)/(?P<kind>visualisation|story)/(?P<id>\d+)"
            ),
            "https://flo.uri.sh/{kind}/{id}/embed",
            "tall",
        ),
        Provider(
            "documentcloud",
            "DocumentCloud",
            _pages(r"(?:www|embed)\.documentcloud\.org/documents/(?P<id>\d+(?:-[\w-]+)?)"),
            "https://embed.documentcloud.org/documents/{id}/",
            "tall",
        ),
        Provider(
            "soundcloud",
            "SoundCloud",
            _pages(r"soundcloud\.com/(?P<id>[\w-]+/(?:sets/)?[\w-]+)"),
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/{id}",
            "low",
        ),
    )
}


def embed_of(url: str, allowed: Collection[str]) -> Embed | None:
    """What is shown for the page at `url`; None unless a service of `allowed` (keys of
    `PROVIDERS`) has such pages."""
    for key in allowed:
        provider = PROVIDERS[key]
        if found := provider.pages.fullmatch(url.strip()):
            parts = {name: quote(part) for name, part in found.groupdict().items()}
            frame = provider.frame.format(**parts)
            origin = "https://" + str(urlsplit(frame).hostname)
            return Embed(provider.name, url.strip(), frame, origin, provider.shape)
    return None


def frame_origins(blocks: Iterable[dict[str, Any]], allowed: Collection[str]) -> list[str]:
    """What the embeds among a version's `body` blocks may be framed from, each once."""
    embeds = (embed_of(block["url"], allowed) for block in blocks if block["kind"] == "embed")
    return sorted({embed.origin for embed in embeds if embed})
