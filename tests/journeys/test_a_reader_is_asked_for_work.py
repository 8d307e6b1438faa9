"""A reader whose address sent too many forms: the browser works and goes on, or a mail helps."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from newsroom.demo.mailbox import text_of
from tests.campaigns_made import a_campaign
from tests.pipeline.test_attack import restart
from tests.stack import Stack
from tests.waiting import wait_until


@pytest.fixture
def wary(stack_db: Stack) -> Iterator[Stack]:
    """The stack, asking everybody for work."""
    before = dict(stack_db.env)
    restart(stack_db, before | {"WAYLIGHT_GIVE_FREE_TRIES": "0", "WAYLIGHT_GIVE_WORK": "100000"})
    yield stack_db
    restart(stack_db, before)


def test_the_browser_does_the_work_by_itself_and_the_payment_opens(
    wary: Stack, phone: Page
) -> None:
    campaign = a_campaign()
    phone.goto(wary.site_url + campaign.give_url)
    phone.get_by_role("button", name=re.compile("Give|Continue")).click()
    phone.wait_for_url(f"{wary.sandbox_url}/**", timeout=60_000)
    expect(phone.get_by_text(campaign.title).first).to_be_visible()


def test_without_script_a_link_by_mail_opens_the_payment(wary: Stack, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    campaign = a_campaign()
    page.goto(wary.site_url + campaign.give_url)
    page.get_by_role("button", name=re.compile("Give|Continue")).click()
    page.get_by_role("textbox", name="E-mail").fill("ida@harrow.example")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    wait_until(lambda: wary.mail.newest(to="ida@harrow.example"), 30, "the link came")
    newest = wary.mail.newest(to="ida@harrow.example")[0]
    words = text_of(wary.mail.message(newest.id), "plain")
    link = re.search(r"http\S+/by-mail/\S+", words)
    assert link
    page.goto(link.group())
    page.get_by_role("button", name="On to the payment").click()
    page.wait_for_url(f"{wary.sandbox_url}/**")
    context.close()
