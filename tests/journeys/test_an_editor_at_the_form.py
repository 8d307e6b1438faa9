"""The story's form in a browser: what Wagtail brings works with what ours adds."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.corrections import Entry, Record, pending, set_pending
from articles.models import Article, Byline, Correction
from newsroom import roles
from tests.articles import newsroom
from tests.journeys.staff import come_in, somebody
from tests.journeys.test_an_editor_corrects_a_live_story import (
    NOW,
    a_live_story,
    press_publish,
    type_words,
)
from tests.stack import Stack
from tests.waiting import wait_until


@pytest.fixture
def kiln(stack_db: Stack, desktop: Page) -> Article:
    """A live story, open on the desk before an editor."""
    story = a_live_story(uuid.uuid4().hex[:8])
    editor = somebody(roles.EDITOR, "Odile Perrin")
    come_in(desktop, stack_db, editor, f"/desk/pages/{story.pk}/edit/")
    return story


def newest_draft(story: Article) -> Article:
    return Article.objects.get(pk=story.pk).get_latest_revision_as_object()


def test_the_schedule_names_the_newsrooms_zone_and_the_locked_story_can_be_corrected_now(
    kiln: Article, desktop: Page, stack_db: Stack
) -> None:
    desktop.get_by_role("button", name="Toggle status").click()
    desktop.get_by_role("button", name="Set schedule").click()
    expect(desktop.get_by_text("Times are the newsroom's: America/Toronto.")).to_be_visible()
    newest = newest_draft(kiln)
    newest.dek = "A dek for tomorrow."
    newsroom_schedule(newest)
    desktop.goto(f"{stack_db.site_url}/desk/pages/{kiln.pk}/edit/")
    desktop.get_by_role("link", name="Correct now").click()
    type_words(desktop, NOW)
    desktop.get_by_role("button", name="Publish the correction").click()
    panel = desktop.locator("what-changed")
    panel.get_by_label("What it is").first.select_option("correction")
    desktop.get_by_role("button", name="Publish the correction").click()
    desktop.get_by_text("stays scheduled for").first.wait_for()
    kiln.refresh_from_db()
    assert NOW in kiln.current_version.body_html
    waiting = kiln.get_scheduled_revision_as_object()
    assert waiting.dek == "A dek for tomorrow."
    assert NOW in str(waiting.body)


def newsroom_schedule(draft: Article) -> None:
    """Let `draft` go live tomorrow, with a word about it."""
    draft.go_live_at = timezone.now() + timedelta(days=1)
    set_pending(draft, Record([Entry("update", "", "It has a dek.")]))
    draft.save_revision().publish()


def test_bylines_are_shown_in_the_order_in_which_they_were_put(
    kiln: Article, desktop: Page, stack_db: Stack
) -> None:
    mark = kiln.slug[-8:]
    ann = newsroom.person(f"Ann Bell {mark}", f"ann-{mark}")
    bo = newsroom.person(f"Bo Cray {mark}", f"bo-{mark}")
    kiln.bylines.set([Byline(person=ann, sort_order=0), Byline(person=bo, sort_order=1)])
    kiln.save_revision()
    desktop.reload()
    lines = desktop.locator("#id_bylines-FORMS")
    lines.get_by_role("button", name="Move down").first.click()
    desktop.get_by_label("Only a minor edit, because").fill("Bylines put in order.")
    press_publish(desktop)
    desktop.get_by_text("has been published").first.wait_for()
    kiln.refresh_from_db()
    names = [each["name"] for each in kiln.current_version.content["bylines"]]
    assert names == [bo.name, ann.name]


def test_a_note_on_a_draft_is_kept_and_shown_to_no_reader(
    kiln: Article, desktop: Page, stack_db: Stack
) -> None:
    desktop.get_by_role("button", name="Toggle comments").click()
    dek = desktop.locator("[data-contentpath=dek]")
    dek.hover()
    dek.get_by_role("button", name="Add comment").click()
    desktop.get_by_placeholder("Enter your comments...").fill("Is this confirmed?")
    desktop.locator(".comment").get_by_role("button", name="Comment", exact=True).click()
    wait_until(
        lambda: kiln.wagtail_admin_comments.filter(text="Is this confirmed?").exists(),
        30,
        "the note is saved by itself",
    )
    assert kiln.versions.count() == 1
    address = stack_db.site_url + kiln.addresses.get(current=True).path
    assert "Is this confirmed?" not in desktop.request.get(address).text()


def test_the_draft_is_previewed_at_a_phones_and_a_desktops_width(
    kiln: Article, desktop: Page
) -> None:
    type_words(desktop, NOW)
    desktop.get_by_role("button", name="Toggle preview").click()
    shown = desktop.frame_locator("iframe#w-preview-iframe")
    expect(shown.get_by_text(NOW)).to_be_visible()
    frame = desktop.locator("iframe#w-preview-iframe")
    widths = []
    for size in ("Preview in mobile size", "Preview in desktop size"):
        desktop.get_by_label(size).check(force=True)
        widths.append(frame.evaluate("frame => frame.clientWidth"))
    assert widths[0] < 500 < widths[1]
    assert json.dumps(kiln.current_version.content).count("five") == 0


def test_autosave_keeps_what_was_said_and_publishes_nothing(kiln: Article, desktop: Page) -> None:
    panel = desktop.locator("what-changed")
    type_words(desktop, NOW)
    panel.locator("summary").first.click()
    panel.get_by_label("What it is").first.select_option("correction")
    panel.get_by_label("What was wrong").first.fill("Four.")
    panel.get_by_label("What is right").first.fill("Five.")
    dek = desktop.locator("[name=dek]")

    def saved() -> bool:
        # Wagtail looks for changes from a while after the page was opened: one more key each time.
        dek.press("x")
        return [each.now for each in pending(newest_draft(kiln)).entries] == ["Five."]

    wait_until(
        saved,
        30,
        "the draft with its entry is saved by itself",
    )
    assert kiln.versions.count() == 1
    assert not Correction.objects.filter(article=kiln).exists()
    desktop.reload()
    expect(panel.get_by_label("What is right").first).to_have_value("Five.")
    press_publish(desktop)
    desktop.get_by_text("has been published").first.wait_for()
    assert Correction.objects.get(article=kiln).now == "Five."
