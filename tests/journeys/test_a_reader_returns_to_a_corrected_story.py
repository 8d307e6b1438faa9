"""“Corrected since you read it”: in the reader's own browser, and only if the reader wants it."""

import json
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from articles.corrections import Entry, Record
from articles.models import Article, Kind
from tests.articles import newsroom
from tests.stack import Stack

TORONTO = ZoneInfo("America/Toronto")
ON, OFF = "Remember what I read", "Stop, and forget everything"


def a_story() -> Article:
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Kilns {mark}", f"kilns-{mark}")
    moment = datetime.now(TORONTO) - timedelta(hours=3)
    return newsroom.story(section, f"The kiln goes cold {mark}", moment=moment)


def change(story: Article, kind: str | None, words: str) -> None:
    entry = Record([Entry(kind, "Four cords.", words)]) if kind else Record(minor_reason="Style.")
    newsroom.edit(story, dek=words, record=entry)


def kept(page: Page) -> str | None:
    return page.evaluate("localStorage.getItem('stories-read')")


def line(page: Page, words: str):  # type: ignore[no-untyped-def]
    return page.locator("corrected-since[data-story]").get_by_text(words)


def test_a_reader_is_told_of_what_was_corrected_since_only_when_they_wished_it(
    stack_db: Stack, phone: Page
) -> None:
    story = a_story()
    address = stack_db.site_url + story.addresses.get(current=True).path
    phone.goto(address)
    phone.locator("#corrections").scroll_into_view_if_needed()
    phone.get_by_role("button", name=ON).scroll_into_view_if_needed()
    assert kept(phone) is None
    change(story, Kind.CORRECTION, "Five cords.")
    phone.goto(address)
    phone.locator("#corrections").scroll_into_view_if_needed()
    phone.get_by_role("button", name=ON).scroll_into_view_if_needed()
    expect(line(phone, "Corrected since you read it on")).to_be_hidden()

    phone.get_by_role("button", name=ON).click()
    expect(phone.get_by_role("button", name=OFF)).to_be_focused()
    assert [[str(story.pk), [2, ""]]] == [
        [key, [version, ""]] for key, (version, _moment) in json.loads(kept(phone) or "")
    ]
    change(story, None, "Five cords!")
    phone.goto(address)
    phone.get_by_text("Five cords!").first.wait_for()
    phone.wait_for_function("localStorage.getItem('stories-read').includes('[3,')")
    expect(line(phone, "Corrected since you read it on")).to_be_hidden()

    change(story, Kind.UPDATE, "It is out.")
    change(story, Kind.CORRECTION, "Six cords.")
    phone.goto(address)
    expect(line(phone, "Corrected since you read it on")).to_be_visible()
    told = phone.locator("[data-since=correction]")
    read = datetime.fromisoformat(told.locator("time").get_attribute("datetime") or "")
    assert abs((datetime.now(TORONTO) - read).total_seconds()) < 600
    expect(told.locator("time")).to_contain_text(str(read.astimezone(TORONTO).year))
    expect(told.get_by_role("link", name="Read what changed")).to_have_attribute("href", "#entry-3")
    told.get_by_role("link", name="Compare with what you read").click()
    phone.wait_for_url("**/history/3-5/")
    expect(phone.locator("ins", has_text="Six")).to_be_visible()

    phone.go_back()
    phone.get_by_role("button", name="I have seen this").click()
    expect(told).to_be_hidden()
    phone.goto(address)
    phone.get_by_role("button", name=OFF).scroll_into_view_if_needed()
    expect(line(phone, "Corrected since you read it on")).to_be_hidden()

    phone.get_by_role("button", name=OFF).click()
    expect(phone.get_by_role("button", name=ON)).to_be_focused()
    assert kept(phone) is None
    assert phone.context.cookies() == []
    assert phone.evaluate("Object.keys(localStorage)") == []


def test_a_retraction_is_told_first_of_all_and_leads_to_its_reason(
    stack_db: Stack, desktop: Page
) -> None:
    story = a_story()
    address = stack_db.site_url + story.addresses.get(current=True).path
    desktop.goto(address)
    desktop.locator("#corrections").scroll_into_view_if_needed()
    desktop.get_by_role("button", name=ON).scroll_into_view_if_needed()
    desktop.get_by_role("button", name=ON).click()
    change(story, Kind.CORRECTION, "Five cords.")
    change(story, Kind.RETRACTION, "We could not stand by it.")
    desktop.goto(address)
    told = desktop.locator("[data-since=retraction]")
    expect(told).to_be_visible()
    expect(desktop.locator("[data-since]:visible")).to_have_count(1)
    told.get_by_role("link", name="Read why").click()
    expect(desktop.locator("#entry-2")).to_be_in_viewport()
