"""“What changed” in a browser: its suggestions, more entries, the keyboard, fast hands."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, Correction
from newsroom import roles
from tests.journeys.staff import come_in, somebody
from tests.journeys.test_an_editor_corrects_a_live_story import (
    NOW,
    WAS,
    a_live_story,
    press_publish,
    type_words,
)
from tests.stack import Stack


@pytest.fixture
def kiln(stack_db: Stack, desktop: Page) -> Article:
    """A live story, open on the desk before an editor."""
    story = a_live_story(uuid.uuid4().hex[:8])
    come_in(desktop, stack_db, somebody(roles.EDITOR, "Odile Perrin"), edit_path(story))
    return story


def edit_path(story: Article) -> str:
    return f"/desk/pages/{story.pk}/edit/"


def test_the_panel_shows_the_change_and_suggests_what_to_say(kiln: Article, desktop: Page) -> None:
    type_words(desktop, NOW)
    press_publish(desktop)
    panel = desktop.locator("what-changed")
    expect(panel.locator("li")).to_contain_text("The kiln burned")
    expect(panel.locator("del")).to_contain_text("four")
    expect(panel.locator("ins")).to_contain_text("five")
    expect(panel.get_by_text("This looks like a correction")).to_be_visible()
    expect(panel.get_by_text("America/Toronto").first).to_be_visible()
    kind = panel.get_by_label("What it is").first
    expect(kind).to_be_focused()
    expect(panel.get_by_label("What was wrong").first).to_have_value(WAS)
    expect(panel.get_by_label("What is right").first).to_have_value(NOW)

    desktop.keyboard.press("c")
    desktop.keyboard.press("o")
    expect(kind).to_have_value("correction")
    panel.get_by_role("button", name="Add another entry").click()
    expect(panel.get_by_label("What it is").nth(1)).to_be_focused()
    desktop.keyboard.press("u")
    panel.get_by_label("What is right").nth(1).fill("The ice went out on Friday.")
    press_publish(desktop)
    desktop.get_by_text("has been published").first.wait_for()
    said = Correction.objects.filter(article=kiln).order_by("number")
    assert [(entry.kind, entry.was, entry.now) for entry in said] == [
        ("correction", WAS, NOW),
        ("update", "", "The ice went out on Friday."),
    ]


def test_who_types_and_at_once_presses_publish_publishes_the_last_word(
    kiln: Article, desktop: Page
) -> None:
    type_words(desktop, NOW)
    panel = desktop.locator("what-changed")
    press_publish(desktop)
    panel.get_by_label("What it is").first.select_option("correction")
    block = desktop.locator("[data-contentpath=body] [role=textbox][contenteditable=true]").first
    desktop.locator("footer").get_by_role("button", name="More actions").click()
    publish = desktop.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_visible()
    block.evaluate("node => node.focus()")
    desktop.keyboard.press("Control+End")
    # Key and press in one go, as no hand could: nothing waits between them.
    desktop.keyboard.insert_text(" At last.")
    publish.evaluate("button => button.click()")
    desktop.get_by_text("has been published").first.wait_for()
    kiln.refresh_from_db()
    assert "At last." in kiln.current_version.body_html
