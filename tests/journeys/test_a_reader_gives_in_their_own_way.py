"""Gifts with something to them: the fee covered, in memory, from a partner's site, or later."""

import functools
import re
import threading
import uuid
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign, Donation, GiftUse, Reminder, TributeKind
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.comments.test_journey import text_in_mail
from tests.journeys.test_a_reader_gives_on_a_phone import PATIENCE_MS, pay_at_checkout, the_gift
from tests.pipeline import acts
from tests.stack import Stack


@pytest.fixture
def campaign(stack_db: Stack) -> Campaign:
    the_default_campaign()
    made = a_campaign(title="The field season", goal=10_000_000)
    GiftUse.objects.create(campaign=made, amount=7500, words="500 kilometres of road")
    return made


def an_address(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}@example.org"


def test_on_a_phone_two_taps_and_the_card_give_what_the_campaigns_page_names_with_the_fee(
    stack_db: Stack, campaign: Campaign, phone: Page
) -> None:
    email = an_address("ida")
    phone.goto(stack_db.site_url + campaign.get_absolute_url())
    phone.get_by_role("link", name=re.compile("500 kilometres of road")).click()
    own = phone.get_by_label("Or your own amount")
    expect(own).to_have_value("75")
    phone.get_by_label("Cover what the payment costs us").check()
    expect(phone.get_by_text("you pay $77.55, and all of your $75 reaches us")).to_be_visible()
    phone.get_by_role("button", name="Give $77.55", exact=True).click()
    phone.wait_for_url(f"{stack_db.sandbox_url}/**")
    for line in ("The field season", "To cover the card’s fee", "$2.55", "$77.55"):
        expect(phone.get_by_text(line).first).to_be_visible()
    pay_at_checkout(phone, stack_db, email)
    phone.get_by_text(re.compile("has arrived and counts towards")).wait_for(timeout=PATIENCE_MS)
    expect(phone.get_by_text("$2.55 of it covers what the card costs us")).to_be_visible()
    gift = the_gift(campaign, email)
    assert (gift.amount, gift.for_fee, gift.via) == (7755, 255, "campaign")
    acts.wait_for_raised(campaign, 7755)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what `selector` finds has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"No Tab leads to {selector}.")


def test_by_keyboard_alone_a_gift_in_memory_is_begun_and_its_card_comes(
    stack_db: Stack, campaign: Campaign, desktop: Page
) -> None:
    anna, email = an_address("anna"), an_address("una")
    desktop.goto(f"{stack_db.site_url}{campaign.give_url}?amount=2500")
    tab_to(desktop, "[name=cover]")
    desktop.keyboard.press("Space")
    tab_to(desktop, "details:has([name=tribute]) summary")
    desktop.keyboard.press("Enter")
    tab_to(desktop, "[name=tribute]")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("ArrowDown")
    for name, words in (
        ("tribute_name", "Tom Harrow"),
        ("card_email", anna),
        ("card_to", "Anna"),
        ("card_from", "Una"),
        ("card_words", "He read you every morning."),
    ):
        tab_to(desktop, f"[name={name}]")
        desktop.keyboard.type(words)
    tab_to(desktop, "[data-give]")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"{stack_db.sandbox_url}/**")
    pay_at_checkout(desktop, stack_db, email)
    expect(desktop.get_by_text("Tom Harrow")).to_be_visible()
    assert "He read you every morning." in text_in_mail(stack_db, anna, "in memory of Tom Harrow")
    gift = the_gift(campaign, email)
    assert (gift.tribute.kind, gift.for_fee) == (TributeKind.MEMORY, 106)


def test_without_script_a_refusal_keeps_what_was_typed_and_a_reminder_is_set_and_taken_back(
    stack_db: Stack, campaign: Campaign, browser: Browser
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-CA"
    )
    page = context.new_page()
    email = an_address("ole")
    try:
        page.goto(stack_db.site_url + campaign.give_url)
        expect(page.get_by_text("On $50 that adds $1.80.")).to_be_visible()
        page.get_by_text("In honour or in memory of someone").click()
        page.get_by_label("Of whom").fill("Tom Harrow")
        page.get_by_role("button", name="Continue to payment").click()
        expect(page.get_by_role("alert")).to_contain_text("in honour or in memory?")
        expect(page.get_by_label("Of whom")).to_have_value("Tom Harrow")
        assert not Donation.objects.filter(campaign=campaign).exists()

        page.get_by_text("Not today? Remind me later").click()
        page.get_by_label("Your e-mail address").fill("ole at home")
        page.get_by_role("button", name="Remind me").click()
        expect(page.get_by_text("This does not look like an e-mail address.")).to_be_visible()
        page.get_by_label("Your e-mail address").fill(email)
        page.get_by_role("button", name="Remind me").click()
        page.get_by_text("We write one mail that morning").wait_for()
        assert Reminder.objects.get(campaign=campaign).email == email
        page.get_by_role("button", name="Forget it, do not write").click()
        page.get_by_role("heading", name="Nothing is kept").wait_for()
        assert not Reminder.objects.filter(campaign=campaign).exists()
    finally:
        context.close()


@pytest.fixture
def partner(stack_db: Stack, campaign: Campaign, tmp_path: Path) -> Iterator[str]:
    """The address of a page on another site, with the snippet on it."""
    (tmp_path / "index.html").write_text(
        "<!doctype html><title>The Riverdale Paper</title><h1>The Riverdale Paper</h1>"
        f'<script src="{stack_db.site_url}/embed.js" async></script>'
        f'<waylight-campaign campaign="{campaign.slug}" partner="Riverdale Paper">'
        f'<a href="{stack_db.site_url}{campaign.give_url}">The field season</a></waylight-campaign>'
    )
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()


def test_from_a_partners_page_the_bar_is_seen_and_the_gift_says_where_it_began(
    stack_db: Stack, campaign: Campaign, partner: str, phone: Page
) -> None:
    acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    email = an_address("nils")
    phone.goto(partner)
    frame = phone.frame_locator("iframe")
    expect(frame.get_by_role("progressbar")).to_be_visible(timeout=PATIENCE_MS)
    expect(frame.locator("[data-show=raised]")).to_have_text("$25")
    expect(phone.get_by_title("The field season")).to_be_visible()
    inside = phone.frames[-1].evaluate("document.body.getBoundingClientRect().height")
    phone.wait_for_function(
        "height => parseFloat(document.querySelector('iframe').style.height) >= height - 1",
        arg=inside,
    )
    with phone.context.expect_page() as opened:
        frame.get_by_role("link", name=re.compile("^Give now")).click()
    tab = opened.value
    tab.get_by_role("button", name=re.compile("^Give ")).click()
    pay_at_checkout(tab, stack_db, email)
    tab.get_by_text(re.compile("has arrived and counts towards")).wait_for(timeout=PATIENCE_MS)
    assert the_gift(campaign, email).via == "embed-riverdale-paper"
    assert phone.context.cookies(stack_db.site_url) == []
