"""A correction from the desk's form to the page its readers see, asked for and to the minute."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from articles.models import Article, Correction
from newsroom import roles
from tests.articles import newsroom
from tests.journeys.staff import come_in, somebody
from tests.stack import Stack

TORONTO = ZoneInfo("America/Toronto")
WAS, NOW = "The kiln burned four cords of birch.", "The kiln burned five cords of birch."


def a_live_story(mark: str) -> Article:
    section = newsroom.section(f"Kilns {mark}", f"kilns-{mark}")
    return newsroom.story(
        section,
        f"The kiln goes cold {mark}",
        slug=f"kiln-{mark}",
        body=newsroom.body(newsroom.text(WAS)),
        moment=datetime.now(TORONTO) - timedelta(hours=3),
    )


def type_words(page: Page, words: str) -> None:
    """Into the story's one block of text, in place of what stands there."""
    block = page.locator("[data-contentpath=body] [role=textbox][contenteditable=true]").first
    block.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(words)
    expect(block).to_have_text(words)
    # The editor's script puts what was typed into the form a moment later.
    expect(page.locator("input[name=body-0-value]")).to_have_value(re.compile(re.escape(words)))


def press_publish(page: Page) -> None:
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def entry_on(page: Page) -> Locator:
    return page.locator("article.entry-correction")


def test_changed_words_are_asked_about_and_their_correction_is_shown_to_the_minute(
    stack_db: Stack, desktop: Page, phone: Page
) -> None:
    mark = uuid.uuid4().hex[:8]
    story, editor = a_live_story(mark), somebody(roles.EDITOR, "Odile Perrin")
    address = stack_db.site_url + story.addresses.get(current=True).path
    issued = (datetime.now(TORONTO) - timedelta(minutes=90)).replace(second=0, microsecond=0)
    wrong, right = f"We wrote four cords, {mark}.", "The kiln burned five cords."

    come_in(desktop, stack_db, editor, f"/desk/pages/{story.pk}/edit/")
    type_words(desktop, NOW)
    press_publish(desktop)

    desktop.get_by_text(re.compile("Published words of this story changed")).first.wait_for()
    desktop.get_by_text("Was “four”, would be “five”.").first.wait_for()
    expect(desktop.locator("del", has_text="four").first).to_be_visible()
    expect(desktop.locator("ins", has_text="five").first).to_be_visible()
    phone.goto(address)
    phone.get_by_text(WAS).wait_for()
    expect(entry_on(phone)).to_have_count(0)

    desktop.get_by_label("What it is").first.select_option("correction")
    desktop.get_by_label("What was wrong").first.fill(wrong)
    desktop.get_by_label("What is right").first.fill(right)
    desktop.get_by_label("Date and time").first.fill(f"{issued:%Y-%m-%dT%H:%M}")
    press_publish(desktop)
    desktop.get_by_text(re.compile("has been published")).first.wait_for()

    phone.reload()
    phone.get_by_text(NOW).wait_for()
    expect(phone.get_by_text(WAS)).to_have_count(0)
    entry = entry_on(phone)
    expect(entry.get_by_role("heading", name="Correction")).to_be_visible()
    for words in (wrong, right, "Signed: Odile Perrin"):
        expect(entry.get_by_text(words)).to_be_visible()
    assert entry.locator("time").first.get_attribute("datetime") == issued.isoformat()
    half = "a.m." if issued.hour < 12 else "p.m."
    minute = f"{issued:%B} {issued.day}, {issued.year}, {issued.hour % 12 or 12}:{issued:%M} {half}"
    expect(entry.locator("time").first).to_contain_text(minute)

    phone.goto(f"{stack_db.site_url}/corrections/")
    listed = entry_on(phone).filter(has_text=wrong)
    expect(listed.get_by_role("link", name=story.title)).to_be_visible()
    assert listed.locator("time").first.get_attribute("datetime") == issued.isoformat()
    listed.get_by_role("link", name="Before and after").click()
    expect(phone.locator("del", has_text="four")).to_be_visible()
    expect(phone.locator("ins", has_text="five")).to_be_visible()

    kept = Correction.objects.get(article=story)
    assert (kept.was, kept.now, kept.issued_at) == (wrong, right, issued)
    assert (kept.before.number, kept.after.number) == (1, 2)
