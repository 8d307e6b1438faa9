"""A story, its banner, the gift, Checkout, and the bar that moves: as a reader meets them."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from articles.models import Article
from campaigns.models import Campaign, Donation, DonationState
from campaigns.planning import store_campaign
from newsroom.money import Money
from tests.articles import newsroom
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.comments.test_journey import text_in_mail
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

PATIENCE_MS = 60_000
EARLIER = 2500


@pytest.fixture
def campaign(stack_db: Stack) -> Iterator[Campaign]:
    """One of the test's own, which has the banner on stories while the test lasts."""
    the_default_campaign()
    made = a_campaign()
    made.on_articles = True
    yield store_campaign(made, by=None, moment=datetime.now(UTC))
    Campaign.objects.filter(pk=made.pk).update(on_articles=False)


def a_story() -> Article:
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Rivers {mark}", f"rivers-{mark}")
    return newsroom.story(section, f"The river that rose {mark}", slug=f"river-{mark}")


def address_of(stack: Stack, story: Article) -> str:
    return stack.site_url + story.addresses.get(current=True).path


def shown_raised(page: Page) -> str:
    return page.locator("campaign-progress [data-show=raised]").first.inner_text()


def pay_at_checkout(page: Page, stack: Stack, email: str) -> None:
    page.wait_for_url(f"{stack.sandbox_url}/**")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Name on card").fill("Ida Harrow")
    page.get_by_role("button", name=re.compile(r"^(Donate|Pay) ")).click()
    page.wait_for_url(f"{stack.site_url}/give/thanks/**")


def the_gift(campaign: Campaign, email: str) -> Donation:
    return Donation.objects.get(campaign=campaign, donor__email=email)


def test_from_the_banner_on_a_story_to_a_receipt_and_a_bar_that_moved_for_all_who_read(
    stack_db: Stack, campaign: Campaign, phone: Page, desktop: Page
) -> None:
    story = a_story()
    acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, EARLIER)
    address, email = address_of(stack_db, story), f"ida-{uuid.uuid4().hex[:8]}@example.org"
    chosen = Money(campaign.amounts[-1], campaign.currency)
    raised = Money(EARLIER + chosen.amount, campaign.currency)
    broken: list[str] = []

    for page in (desktop, phone):
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address)
        banner = page.get_by_role("complementary", name="Our campaign")
        expect(banner.get_by_role("progressbar")).to_be_visible()
        assert shown_raised(page) == "$25"
    banner = phone.get_by_role("complementary", name="Our campaign")
    banner.get_by_role("link", name="Give now").click()
    phone.wait_for_url(f"**/give/{campaign.slug}/**")
    phone.get_by_role("radio", name=chosen.show(), exact=True).check()
    # What the tab remembers of the visit is in the form before a hand could press.
    expect(phone.locator("first-story [name=first]")).to_have_value(str(story.pk))
    phone.get_by_role("button", name=f"Give {chosen.show()}", exact=True).click()
    pay_at_checkout(phone, stack_db, email)

    phone.get_by_text(re.compile("has arrived and counts towards")).wait_for(timeout=PATIENCE_MS)
    bar = phone.locator("campaign-progress").first
    expect(bar.locator("[data-show=raised]")).to_have_text(raised.show())
    expect(bar.locator("[data-show=donors]")).to_have_text("2 donors")
    percent = str(raised.amount * 100 // campaign.goal)
    expect(bar.get_by_role("progressbar")).to_have_attribute("aria-valuenow", percent)
    expect(phone.get_by_role("link", name=story.title)).to_have_attribute(
        "href", re.compile(re.escape(story.addresses.get(current=True).path))
    )

    expect(desktop.locator("campaign-progress [data-show=raised]").first).to_have_text(
        raised.show(), timeout=PATIENCE_MS
    )
    phone.get_by_role("link", name="Back to reading").click()
    phone.wait_for_url(address)
    expect(phone.locator("campaign-progress [data-show=raised]").first).to_have_text(
        raised.show(), timeout=PATIENCE_MS
    )

    gift = the_gift(campaign, email)
    assert (gift.article, gift.first_article, gift.via) == (story, story, "banner")
    assert (gift.amount, gift.state) == (chosen.amount, DonationState.RECEIVED)
    assert acts.entries(campaign) == [("charge", EARLIER), ("charge", chosen.amount)]
    assert chosen.show() in text_in_mail(stack_db, email, "your gift of")
    acts.wait_for_receipt(stack_db, gift)
    acts.books_are_clean(stack_db)
    assert broken == []


def test_without_script_a_gift_goes_the_same_way_to_the_thanks_page(
    stack_db: Stack, campaign: Campaign, browser: Browser
) -> None:
    story = a_story()
    email = f"una-{uuid.uuid4().hex[:8]}@example.org"
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-CA"
    )
    page = context.new_page()
    try:
        page.goto(address_of(stack_db, story))
        assert shown_raised(page) == "$0"
        page.get_by_role("link", name="Give now").first.click()
        page.get_by_label("Or your own amount").fill("$1,2x")
        page.get_by_role("button", name="Continue to payment").click()
        assert page.get_by_role("alert").is_visible()
        assert not Donation.objects.filter(campaign=campaign).exists()
        page.get_by_label("Or your own amount").fill("37.50")
        page.get_by_role("button", name="Continue to payment").click()
        pay_at_checkout(page, stack_db, email)
        page.get_by_role("heading", name="Thank you.").wait_for()
        acts.wait_for_raised(campaign, 3750)

        def has_arrived() -> bool:
            page.reload()
            return page.get_by_text(re.compile("has arrived and counts towards")).is_visible()

        wait_until(has_arrived, acts.PATIENCE, "the thanks page, opened again, says it arrived")
        assert shown_raised(page) == "$37.50"
    finally:
        context.close()
    gift = the_gift(campaign, email)
    assert (gift.article, gift.via) == (story, "banner")
    acts.wait_for_receipt(stack_db, gift)
