"""Words as words: what is left of rich text when its mark-up and white space are set aside."""

import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

BREAKS: Final = frozenset(
    {"p", "li", "ul", "ol", "br", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "div"}
)
# Marks that show nothing: soft hyphen, zero-width space and joiners' kin, byte order mark.
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\x00"))


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


def split_words(text: str) -> list[str]:
    """The words of `text`: composed characters, any white space between, nothing invisible."""
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE).split()


def plain(text: str) -> str:
    """`text` with its words parted by single spaces."""
    return " ".join(split_words(text))


def paragraphs_of(html: str) -> list[str]:
    """The paragraphs and list items of rich text, plain, empty ones left out."""
    return _read(html).finished()


def links_of(html: str) -> list[Link]:
    """The links of rich text in order, with the words that carry them."""
    return [Link(plain(text), url) for text, url in _read(html).links]


def _read(html: str) -> "_Reading":
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.text = ""
        self.links: list[tuple[str, str]] = []
        self.open_link: tuple[str, int] | None = None
        self.seen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS:
            self._end_paragraph()
        if tag == "a":
            self.open_link = (dict(attrs).get("href") or "", len(self.seen))

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKS:
            self._end_paragraph()
        if tag == "a" and self.open_link:
            url, start = self.open_link
            self.links.append((self.seen[start:], url))
            self.open_link = None

    def handle_data(self, data: str) -> None:
        self.text += data
        self.seen += data

    def finished(self) -> list[str]:
        self._end_paragraph()
        return self.paragraphs

    def _end_paragraph(self) -> None:
        if paragraph := plain(self.text):
            self.paragraphs.append(paragraph)
        self.text = ""
        self.seen += " "
