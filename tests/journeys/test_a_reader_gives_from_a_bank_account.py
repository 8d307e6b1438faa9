"""A gift from a bank account, on a phone: agreed to, seen to be on its way, seen to arrive."""

import requests
from playwright.sync_api import Page, expect

from campaigns.models import Donation
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack

PATIENCE_MS = 60_000


def test_a_reader_gives_from_a_bank_account(stack_db: Stack, phone: Page) -> None:
    campaign = a_campaign()
    phone.goto(f"{stack_db.site_url}{campaign.give_url}")
    phone.get_by_text("$50", exact=True).first.click()
    phone.locator("form [data-give]").click()
    phone.get_by_text("Pay from a bank account instead").click()
    phone.get_by_role("button", name="Donate").click()
    expect(phone.get_by_text("Nothing is debited without your agreement.")).to_be_visible()
    for label, typed in (
        ("E-mail", "ida@example.org"),
        ("Name of the account", "Ida Harrow"),
        ("Institution number", "000"),
        ("Transit number", "11000"),
        ("Account number", "000123456789"),
    ):
        phone.get_by_label(label).fill(typed)
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Donate").click()
    words = phone.locator("thanks-state")
    expect(words).to_contain_text("is on its way from your bank", timeout=PATIENCE_MS)
    expect(phone.locator("campaign-progress").first).to_contain_text("$0")
    donation = Donation.objects.get(campaign=campaign)
    acts.wait_for_quiet_inbox()
    listed = requests.get(
        f"{stack_db.sandbox_url}/v1/charges",
        params={"payment_intent": donation.payments.get().stripe_id},
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=30,
    ).json()
    charge = listed["data"][0]["id"]
    requests.post(f"{stack_db.sandbox_url}/sandbox/debits/{charge}/answer", timeout=30)
    expect(words).to_contain_text("has arrived", timeout=PATIENCE_MS)
    expect(phone.locator("campaign-progress").first).to_contain_text("$50")
