"""A letter as mail: subject, text and HTML with a place for each reader's own links.

The words are rendered once, whoever gets them; `personal` puts a reader's two tokens in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.translation import override

from articles.addresses import absolute
from newsroom.letters.composing import Block
from newsroom.letters.models import Letter
from newsroom.mail.writing import write

# Large providers cut a longer mail off (Gmail at 102 KB).
MOST_BYTES: Final = 100_000
STOP: Final = "your-own-stop-token"
MINE: Final = "your-own-page-token"
_HREF: Final = re.compile(r'href="([^"]+)"')

Linked = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter for whoever it goes to; `STOP` and `MINE` stand for their tokens."""

    subject: str
    text: str
    html: str

    @property
    def size(self) -> int:
        return len(self.html.encode())

    def personal(self, stop: str, mine: str) -> tuple[str, str]:
        """Text and HTML for the reader with these tokens."""
        return (
            self.text.replace(STOP, stop).replace(MINE, mine),
            self.html.replace(STOP, stop).replace(MINE, mine),
        )


def render(letter: Letter, blocks: list[Block], linked: Linked = absolute) -> Rendered:
    """`linked` turns each address of the words into what stands in the mail: the address itself,
    or for a letter that goes out one that counts."""
    language = letter.newsletter.language
    with override(language):
        context = {
            "letter": letter,
            "newsletter": letter.newsletter,
            "blocks": [_linked(block, linked) for block in blocks],
            "web_url": absolute(reverse("letter", args=[letter.newsletter.slug, letter.pk or 0])),
            "stop_url": absolute(reverse("letters_stop", args=[STOP])),
            "mine_url": absolute(reverse("letters_mine", args=[MINE])),
        }
    written = write("letter", context, language)
    return Rendered(written.subject, written.text, written.html)


def addresses(blocks: list[Block]) -> list[str]:
    """Every address in it, each once, in order."""
    found: dict[str, None] = {}

    def keep(address: str) -> str:
        found[address] = None
        return address

    for block in blocks:
        _linked(block, keep)
    return list(found)


def _linked(block: Block, linked: Linked) -> Block:
    match block["kind"]:
        case "text":
            html = _HREF.sub(lambda m: f'href="{escape(linked(_unescaped(m[1])))}"', block["html"])
            return block | {"html": html, "text": _plain(html)}
        case "stories":
            return block | {
                "stories": [
                    story | {"url": linked(story["path"]), "image": _picture(story["image"])}
                    for story in block["stories"]
                ]
            }
        case "campaign":
            return block | {
                "url": linked(block["give_path"]),
                "picture": absolute(block["picture"]),
            }
        case "corrections":
            entries = [each | {"url": linked(each["path"])} for each in block["entries"]]
            return block | {"entries": entries}
    return block


def _picture(url: str) -> str:
    return absolute(url) if url else ""


def _unescaped(text: str) -> str:
    return text.replace("&amp;", "&")


def _plain(html: str) -> str:
    """The words of rich text, a paragraph a line, addresses beside what they stand under."""
    html = re.sub(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', r"\2 (\1)", html, flags=re.DOTALL)
    html = re.sub(r"</(p|h2|h3|li|ul|ol)>|<br ?/?>", "\n", html)
    text = strip_tags(html).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return re.sub(r"\n{2,}", "\n\n", text.replace("&#x27;", "'").replace("&quot;", '"')).strip()
