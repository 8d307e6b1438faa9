"""What readers see of a story, as one canonical copy, and what counts as its words.

A version's `content` is made of strings, whole numbers, booleans, lists and dicts:

    headline dek label location language content_warning developing
    bylines credits           [{name, slug}] in order
    section                   {title, url}
    topics                    [{name, slug}] by name
    lead_image                a picture (see `articles/pictures.py`) or None
    body                      [block], each with its `kind`:
        text                  html, paragraphs [plain], links [{text, url}]
        heading               text
        image                 a picture, without its files: they are in the rendered body
        pull_quote            quote attribution share_line accounts hashtags
        embed                 url title caption
        related               story (the article's id, 0 for none), line
        reader_comment        text name
    retracted_body            "removed", only where a retracted story's text was taken away

The words hash covers headline, dek, label, location, content warning, bylines, credits, what is
said with each picture, and the words of each block in order; not the order of the blocks among
themselves, nor white space. The layout hash covers the whole copy save the addresses of picture
files, so two equal layout hashes mean that a reader saw the same. Beside them `things_hash` tells
whether a picture, a link, an embed, a related story or a quotation's part became another one or
stands with other words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import translation
from wagtail.rich_text import expand_db_html

from articles.addresses import section_path
from articles.canonical import canonical, sha256
from articles.models import Article, Byline, Person
from articles.models.article import Label
from articles.pictures import picture
from articles.wording import links_of, paragraphs_of, split_words

Content = dict[str, Any]

_RAISED = re.compile(r"<(su[pb])\b[^>]*>")
_LOWERED = re.compile(r"</su[pb]>")
_EDITOR_KEY = re.compile(r' data-block-key="[^"]*"')
# The parts of a quotation, each of which a reader takes as what it stands for.
_QUOTATIONS = {
    "pull_quote": ("quote", "attribution", "share_line", "accounts", "hashtags"),
    "reader_comment": ("text", "name"),
}
_PICTURE_FILES = ("url", "srcset", "sources", "width", "height", "avif", "card")


def content_of(article: Article, *, files: bool = True) -> Content:
    """The canonical copy of `article` as it stands in memory, drafts of its bylines included.

    Makes renditions of the lead picture that do not exist yet; with `files` False it has
    everything but these, which is enough for both hashes.
    """
    language = article.locale.language_code
    section = article.get_parent()
    return {
        **_plain_fields(article),
        "language": language,
        "bylines": people(article.bylines.all(), Byline.Kind.BYLINE),
        "credits": people(article.bylines.all(), Byline.Kind.CREDIT),
        "section": {"title": section.title, "url": section_path(section.slug, language)},
        "topics": sorted(
            ({"name": topic.name, "slug": topic.slug} for topic in article.topics.all()),
            key=lambda topic: topic["name"],
        ),
        "lead_image": picture(
            article.lead_image,
            article.lead_image_alt,
            article.lead_image_caption,
            article.lead_image_credit,
            files=files,
        ),
        "body": [_block(child.block_type, child.value) for child in article.body],
        # Left out where it is not so, so that a version reads as it did before there was a choice.
        **({"retracted_body": article.retracted_body} if article.retracted_body else {}),
    }


def pictures_copy(article: Article) -> Content:
    """Of the canonical copy what is known of a story that has no place in the tree yet: its lead
    picture, without files, and its body."""
    said = (article.lead_image_alt, article.lead_image_caption, article.lead_image_credit)
    return {
        "lead_image": picture(article.lead_image, *said, files=False),
        "body": [_block(child.block_type, child.value) for child in article.body],
    }


def render_body(article: Article, story_url: str) -> str:
    """The body as HTML. `story_url` (absolute) goes into the share links of pull-quotes."""
    context = {"story_url": story_url, "headline": article.title}
    # In the story's own language, whatever the editor's desk speaks.
    with translation.override(article.locale.language_code):
        return _without_keys("\n".join(_rendered(article, context)))


def _rendered(article: Article, context: dict[str, Any]) -> Iterator[str]:
    quotes = 0
    for child in article.body:
        quotes += child.block_type == "pull_quote"
        yield str(child.render(context=context | {"quote_number": quotes}))


def words(content: Content) -> list[str]:
    """Every word a reader reads or hears, in the order of the page."""
    return [word for text in _texts(content) for word in split_words(text)]


def body_words(content: Content) -> int:
    """How many words the body has, for the reading time."""
    return count_words(content["body"])


def count_words(blocks: list[dict[str, Any]]) -> int:
    """How many words these blocks of a body have."""
    return sum(len(_block_words(block)) for block in blocks)


def words_hash(content: Content) -> str:
    """SHA-256 of the words; the same whatever the order of blocks and the white space."""
    around = [split_words(text) for text in _texts_around(content)]
    blocks = ([block["kind"], _block_words(block)] for block in content["body"])
    return sha256(canonical([around, sorted(block for block in blocks if block[1])]))


def layout_hash(content: Content) -> str:
    """SHA-256 of everything a reader sees; pictures count by their file's own hash."""
    seen = {**content, "lead_image": _without_files(content["lead_image"])}
    seen["body"] = [
        _without_files(block) if block["kind"] == "image" else block for block in content["body"]
    ]
    return sha256(canonical(seen))


def body_taken_away(content: Content) -> bool:
    """Whether the text was taken away when the story was retracted; the version keeps it."""
    return bool(content.get("retracted_body"))


def link_targets(content: Content) -> list[str]:
    """Where the links of the body lead, in order."""
    return [link["url"] for block in content["body"] for link in block.get("links", [])]


def things_hash(content: Content, same: Mapping[str, str]) -> str:
    """SHA-256 of what a reader sees together, in whatever order its blocks stand: each picture with
    what is said with it, each embed, the parts of each quotation, each related story, and the links
    of each text with its words. `same` names the targets of links that have several addresses.

    Kept nowhere: both sides of a comparison are computed anew from their copies.
    """
    blocks = [thing for block in content["body"] if (thing := _thing(block, same))]
    return sha256(canonical([_shown_with(content["lead_image"]), sorted(blocks, key=canonical)]))


def quotation(block: Content) -> dict[str, str]:
    """The parts of a quotation by name, as they stand; empty for another block."""
    parts = _QUOTATIONS.get(block["kind"], ())
    return {part: _tidy(block.get(part, "")) for part in parts}


def _thing(block: Content, same: Mapping[str, str]) -> list[Any]:
    """A block's things with what they belong to; empty for one that has none."""
    match kind := block["kind"]:
        case "image":
            return [kind, *_shown_with(block)] if block.get("file") else []
        case "embed":
            said = (_tidy(block.get(part, "")) for part in ("title", "caption"))
            return [kind, block["url"], *said]
        case "related":
            return [kind, block["story"], _tidy(block["line"])]
        case "pull_quote" | "reader_comment":
            return [kind, *quotation(block).values()]
    links = [
        [_tidy(link["text"]), same.get(link["url"], link["url"])] for link in block.get("links", [])
    ]
    raised = _raised(block.get("html", ""))
    return [kind, _block_words(block), links, *raised] if links or raised else []


def _raised(html: str) -> list[str]:
    """The paragraphs with superior or inferior letters, these marked: 10⁶ is not 106."""
    if not _RAISED.search(html):
        return []
    marked = _RAISED.sub(lambda tag: "^{" if tag[1] == "sup" else "_{", html)
    marked = _LOWERED.sub("}", marked)
    return [_tidy(each) for each in paragraphs_of(marked) if "^{" in each or "_{" in each]


def _shown_with(shown: Content | None) -> list[str]:
    if not shown or not shown.get("file"):
        return []
    return [shown["file"], *(_tidy(text) for text in _picture_texts(shown))]


def _tidy(text: str) -> str:
    return " ".join(split_words(text))


def text_paragraphs(content: Content) -> list[str]:
    """The story as plain paragraphs in reading order, for comparing two versions."""
    shown = content | {"label": str(Label(content["label"]).label)}
    return [" ".join(split_words(text)) for text in _texts(shown) if split_words(text)]


def body_paragraphs(content: Content) -> list[str]:
    """The body alone as plain paragraphs, for searching."""
    texts = (text for block in content["body"] for text in _block_texts(block))
    return [" ".join(split_words(text)) for text in texts if split_words(text)]


def _plain_fields(article: Article) -> Content:
    return {
        "headline": article.title,
        "dek": article.dek,
        "label": article.label,
        "location": article.location,
        "content_warning": article.content_warning,
        "developing": article.developing,
    }


def people(lines: Iterable[Byline], kind: str) -> list[dict[str, str]]:
    """Those of `lines` of that kind, in order, as a version has them."""
    ids = [line.person_id for line in lines if line.kind == kind]
    found = Person.objects.in_bulk(ids)
    return [{"name": found[pk].name, "slug": found[pk].slug} for pk in ids if pk in found]


def _block(kind: str, value: Any) -> Content:
    match kind:
        case "text":
            html = _without_keys(expand_db_html(value.source))
            return {
                "kind": kind,
                "html": html,
                "paragraphs": paragraphs_of(html),
                "links": [{"text": link.text, "url": link.url} for link in links_of(html)],
            }
        case "heading":
            return {"kind": kind, "text": value or ""}
        case "image":
            said = (value.get(part) or "" for part in ("alt", "caption", "credit"))
            return {"kind": kind, **(picture(value["image"], *said, files=False) or {})}
        case "pull_quote" | "reader_comment":
            return _said(kind, value, *_QUOTATIONS[kind])
        case "embed":
            return _said(kind, value, "url", "title", "caption")
        case "related":
            story = value.get("story")
            return {
                "kind": kind,
                "story": story.pk if story else 0,
                "line": value.get("line") or "",
            }
    raise ValueError(f"A body has no block called {kind!r}.")


def _said(kind: str, value: Any, *parts: str) -> Content:
    return {"kind": kind, **{part: value.get(part) or "" for part in parts}}


def _texts(content: Content) -> Iterator[str]:
    yield from _texts_around(content)
    for block in content["body"]:
        yield from _block_texts(block)


def _texts_around(content: Content) -> Iterator[str]:
    yield from (content["label"], content["headline"], content["dek"], content["location"])
    yield content["content_warning"]
    yield " ".join(person["name"] for person in content["bylines"])
    yield " ".join(person["name"] for person in content["credits"])
    yield from _picture_texts(content["lead_image"])


def _picture_texts(shown: Content | None) -> Iterator[str]:
    # The alt text is what a reader who listens is told: words like any other.
    for part in ("alt", "caption", "credit"):
        yield shown.get(part, "") if shown else ""


def _block_texts(block: Content) -> Iterator[str]:
    match block["kind"]:
        case "text":
            yield from block["paragraphs"]
        case "heading":
            yield block["text"]
        case "image":
            yield from _picture_texts(block)
        case "pull_quote" | "reader_comment":
            yield from (block[part] for part in _QUOTATIONS[block["kind"]])
        case "embed":
            # Its address is no word: another one asks for a line all the same (`things_hash`).
            yield from (block["title"], block["caption"])
        case "related":
            yield block["line"]
        case unknown:
            raise ValueError(f"The words of a block of kind {unknown!r} are not known.")


def _block_words(block: Content) -> list[str]:
    return [word for text in _block_texts(block) for word in split_words(text)]


def _without_keys(html: str) -> str:
    """Rich text without the editor's own marks: a reader does not see them change."""
    return _EDITOR_KEY.sub("", html)


def _without_files(shown: Content | None) -> Content | None:
    if shown is None:
        return None
    return {key: value for key, value in shown.items() if key not in _PICTURE_FILES}
