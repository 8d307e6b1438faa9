"""A story written from an empty form to the page its readers see, without leaving the browser."""

import re
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from articles.models import Article, Section
from newsroom import roles
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.journeys.staff import come_in, somebody
from tests.journeys.test_an_editor_corrects_a_live_story import press_publish
from tests.stack import Stack

# As Google Docs puts a passage on the clipboard: everything within one <b> that is not bold.
FROM_GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1f"><p dir="ltr" '
    'style="line-height:1.38;margin-top:0pt"><span style="font-size:11pt;font-family:Arial;'
    'color:#ff0000">The kiln </span><span style="font-size:11pt;font-weight:700">burned</span>'
    '<span style="font-size:11pt"> </span><span style="font-style:italic">four cords</span>'
    '<span> of </span><a href="https://birch.example/" style="text-decoration:none"><span '
    'style="color:#1155cc">birch</span></a><span>.</span></p><br/><p dir="ltr"><span>The ice '
    "went out.</span></p></b>"
)
# As Word does: conditional comments, styles, a class on each paragraph, empty office tags.
FROM_WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal '
    "{color:red}</style><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head><body>"
    '<!--StartFragment--><p class="MsoNormal" style="mso-margin-top-alt:auto"><b>The owner'
    "<o:p></o:p></b> <i>said nothing</i>.<o:p>&nbsp;</o:p></p>"
    '<p class="MsoNormal"><span lang="EN-CA" onclick="alert(1)">Then he left.</span></p>'
    "<!--EndFragment--></body></html>"
)


@pytest.fixture
def kilns(stack_db: Stack, desktop: Page) -> Section:
    """A section, and an empty form for a story in it before an editor."""
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Kilns {mark}", f"kilns-{mark}")
    where = f"/desk/pages/add/articles/article/{section.pk}/"
    come_in(desktop, stack_db, somebody(roles.EDITOR, "Odile Perrin"), where)
    return section


def add_text(page: Page) -> Locator:
    """A block of text at the end of the body; gives the place where one types."""
    page.locator("[data-contentpath=body]").get_by_role(
        "button", name="Insert a block"
    ).last.click()
    page.get_by_role("option", name="Text", exact=True).click()
    place = page.locator("[data-contentpath=body] [role=textbox][contenteditable=true]").last
    place.click()
    return place


def paste(place: Locator, html: str, plain: str) -> None:
    place.evaluate(
        """(node, [html, plain]) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", plain);
            node.dispatchEvent(new ClipboardEvent(
                "paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [html, plain],
    )


def choose(page: Page, words: str) -> None:
    """Find `words` in the chooser that stands open, and take it."""
    modal = page.locator(".modal.in, .modal[open], dialog[open]").last
    modal.get_by_label("Search term").or_(modal.get_by_label("Search")).first.fill(words)
    modal.get_by_role("link", name=re.compile(re.escape(words))).first.click()
    expect(modal).to_be_hidden()


def headline(page: Page, words: str) -> None:
    page.locator("[name=title]").fill(words)


def published(page: Page, section: Section) -> Article:
    press_publish(page)
    page.get_by_text("published").first.wait_for()
    return Article.objects.get(
        path__startswith=section.path, depth=section.depth + 1, live=True, title__startswith="Four"
    )


def test_a_story_is_written_with_its_people_links_topics_and_pins_and_read_as_written(
    kilns: Section, desktop: Page, phone: Page, stack_db: Stack
) -> None:
    mark = kilns.slug[-8:]
    other = newsroom.story(kilns, f"Ice on the bay {mark}", slug=f"ice-{mark}")
    who = newsroom.person(f"Ann Bell {mark}", f"ann-{mark}")
    topic = newsroom.topic(f"Wood {mark}", f"wood-{mark}")
    desktop.reload()
    headline(desktop, f"Four cords {mark}")
    desktop.locator("#id_bylines-ADD").click()
    desktop.locator("#inline_child_bylines-0").get_by_role(
        "button", name=re.compile("Choose")
    ).click()
    choose(desktop, who.name)
    place = add_text(desktop)
    desktop.keyboard.type("The kiln burned four cords. See the bay.")
    for _each in "the bay.":
        desktop.keyboard.press("Shift+ArrowLeft")
    desktop.keyboard.press("Control+k")
    choose(desktop, other.title)
    expect(place.get_by_role("button", name="the bay.")).to_be_visible()
    desktop.get_by_label(topic.name).check()
    desktop.locator("#id_pins-ADD").click()
    desktop.locator("#inline_child_pins-0").get_by_role("button", name=re.compile("Choose")).click()
    choose(desktop, other.title)
    story = published(desktop, kilns)

    phone.goto(stack_db.site_url + story.addresses.get(current=True).path)
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Four cords {mark}")
    expect(phone.get_by_role("link", name=who.name).first).to_be_visible()
    expect(phone.get_by_role("link", name=topic.name)).to_be_visible()
    address = other.addresses.get(current=True).path
    expect(phone.get_by_role("link", name="the bay.")).to_have_attribute("href", address)
    kept = phone.get_by_role("region", name="Keep reading").or_(phone.locator(".keep-reading"))
    expect(kept.get_by_role("link", name=other.title).first).to_be_visible()


@pytest.mark.parametrize(
    ("html", "plain", "kept"),
    [
        (
            FROM_GOOGLE_DOCS,
            "The kiln burned four cords of birch.\n\nThe ice went out.",
            "<p>The kiln <b>burned</b> <i>four cords</i> of "
            '<a href="https://birch.example/">birch</a>.</p><p>The ice went out.</p>',
        ),
        (
            FROM_WORD,
            "The owner said nothing.\nThen he left.",
            "<p><b>The owner</b> <i>said nothing</i>.</p><p>Then he left.</p>",
        ),
    ],
    ids=["Google Docs", "Word"],
)
def test_what_is_pasted_keeps_its_words_and_links_and_nothing_of_where_it_comes_from(
    kilns: Section, desktop: Page, html: str, plain: str, kept: str
) -> None:
    headline(desktop, "Four cords")
    place = add_text(desktop)
    paste(place, html, plain)
    expect(place).to_contain_text(plain.split("\n")[-1])
    story = published(desktop, kilns)
    value = str(story.body[0].value.source)
    assert re.sub(r' data-block-key="\w+"', "", value).replace("\xa0", "") == kept


def test_a_story_that_a_colleague_locked_cannot_be_published_meanwhile(
    kilns: Section, desktop: Page, stack_db: Stack
) -> None:
    story = newsroom.story(kilns, f"Four locks {kilns.slug}", slug=f"locks-{kilns.slug}")
    lock(story, somebody(roles.EDITOR, "Ida Locke"))
    desktop.goto(f"{stack_db.site_url}/desk/pages/{story.pk}/edit/")
    expect(desktop.get_by_text(re.compile("was locked by Ida Locke")).first).to_be_visible()
    expect(desktop.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    expect(desktop.get_by_role("button", name="Save draft")).to_have_count(0)
    unlock(story)
    desktop.reload()
    desktop.locator("[name=dek]").fill("A dek after the lock.")
    desktop.get_by_label("Only a minor edit, because").fill("A dek was missing.")
    press_publish(desktop)
    desktop.get_by_text("has been published").first.wait_for()


def lock(story: Article, who: Reader) -> None:
    Article.objects.filter(pk=story.pk).update(locked=True, locked_by=who, locked_at=timezone.now())


def unlock(story: Article) -> None:
    Article.objects.filter(pk=story.pk).update(locked=False, locked_by=None, locked_at=None)
