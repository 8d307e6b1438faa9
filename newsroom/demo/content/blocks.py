"""What a demo story's or page's body is made of; its texts are as `shapes` says."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: ``pictures.draw(scene, width, height, seed)`` makes it."""

    scene: str
    seed: int
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs that follow each other without a break; one rich-text block."""

    paragraphs: tuple[str, ...]

    @property
    def html(self) -> str:
        return "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    picture: Picture


@dataclass(frozen=True, slots=True)
class PullQuote:
    """A quotation made to be shared. Accounts carry their ``@``, hashtags no ``#``."""

    quote: str
    attribution: str
    share_text: str
    accounts: tuple[str, ...]
    hashtags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Embed:
    """A page of a service that stories may embed; nothing is asked of it when the demo is made."""

    url: str
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another story, by its slug: one published before, with the editor's line above it."""

    story: str
    line: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a reader wrote under an earlier story, word for word."""

    text: str
    name: str


Block: TypeAlias = Text | Heading | Image | PullQuote | Bullets | Embed | Related | Quoted
