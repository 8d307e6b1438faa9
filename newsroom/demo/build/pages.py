"""The newsroom's own pages: name and address, sections, standing pages, the front page's lead."""

from django.conf import settings

from articles.models import Purpose, Section
from newsroom import founding
from newsroom.demo.content import DemoContent
from newsroom.demo.content.blocks import Block, Bullets, Heading, Text
from newsroom.demo.content.shapes import StandingPage, Translated
from newsroom.readers.models import Reader

# The story the front page opens with.
LEAD = "the-last-winter-on-barlow-spit"


def found(content: DemoContent, by: Reader) -> dict[str, Section]:
    """Name the newsroom and make its sections and standing pages; the sections by slug."""
    newsroom = content.newsroom
    publisher, _comma, address = newsroom.address.partition(", ")
    founding.name_newsroom(
        name=newsroom.name,
        tagline=newsroom.tagline,
        about=newsroom.about,
        legal_name=publisher,
        postal_address=address,
        contact_email=newsroom.email,
    )
    founding.stand_at(settings.BASE_URL)
    founding.make_editing_workflow()
    sections = {
        section.slug: founding.make_section(
            section.name, slug=section.slug, description=section.description, by=by
        )[0]
        for section in content.sections
    }
    for page in (*newsroom.pages, newsroom.corrections_policy):
        founding.make_standing_page(
            Purpose(page.slug), page.title, _html(page), slug=page.slug, by=by
        )
    return sections | _in(content.french, by)


def _in(other: Translated, by: Reader) -> dict[str, Section]:
    """Front page, sections and standing pages of another language; the sections by slug."""
    language = other.language
    founding.open_language(language, by)
    for page in other.pages:
        founding.make_standing_page(
            Purpose(page.slug),
            page.title,
            _html(page),
            slug=page.address,
            by=by,
            language=language,
        )
    return {
        section.slug: founding.make_section(
            section.name,
            slug=section.slug,
            description=section.description,
            by=by,
            language=language,
            translates=section.translates,
        )[0]
        for section in other.sections
    }


def open_with_lead(articles: dict[str, int], by: Reader) -> None:
    """Put the lead story on top of the front page, unless an editor has chosen one."""
    front = founding.front_page()
    if front.lead_id is None:
        front.lead_id = articles[LEAD]
        front.save_revision(user=by).publish(user=by)


def _html(page: StandingPage) -> str:
    return "".join(_block_html(block) for block in page.blocks)


def _block_html(block: Block) -> str:
    match block:
        case Text():
            return block.html
        case Heading(text):
            return f"<h2>{text}</h2>"
        case Bullets():
            return list_html(block)
    raise TypeError(f"A standing page has no {type(block).__name__}.")


def list_html(block: Bullets) -> str:
    tag = "ol" if block.ordered else "ul"
    items = "".join(f"<li>{item}</li>" for item in block.items)
    return f"<{tag}>{items}</{tag}>"
