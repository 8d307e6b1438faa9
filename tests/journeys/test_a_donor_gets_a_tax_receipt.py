"""A donor ticks one box, pays, and downloads a receipt that follows what becomes of the gift."""

import io
import re
import uuid

import requests
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from campaigns.models import Donation, TaxReceipt
from campaigns.tax import verifying
from newsroom import roles
from newsroom.demo.mailbox import text_of
from tests.campaigns_made import a_campaign
from tests.journeys.staff import come_in, somebody
from tests.journeys.test_a_reader_gives_on_a_phone import pay_at_checkout
from tests.pipeline import acts
from tests.receipts.made import an_issuer
from tests.stack import Stack
from tests.waiting import wait_until


def links_of(stack: Stack, email: str) -> list[str]:
    """The receipts' links in the donor's mails, the oldest first."""
    mails = [stack.mail.message(caught.id) for caught in stack.mail.newest(to=email)]
    found = [re.search(r"http\S+/receipts/\S+", text_of(mail, "plain")) for mail in mails]
    return [link[0] for link in reversed(found) if link]


def wait_for_links(stack: Stack, email: str, many: int) -> list[str]:
    wait_until(
        lambda: len(links_of(stack, email)) == many, acts.PATIENCE, f"{many} receipts by mail"
    )
    return links_of(stack, email)


def words_of(link: str) -> str:
    answer = requests.get(link, timeout=30)
    assert answer.headers["Content-Type"] == "application/pdf", answer.text[:300]
    return " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())


def test_a_box_on_the_form_a_receipt_by_mail_and_a_lower_one_after_a_refund(
    stack_db: Stack, phone: Page, desktop: Page
) -> None:
    an_issuer()
    campaign, email = a_campaign(), f"ida-{uuid.uuid4().hex[:8]}@example.org"
    phone.goto(f"{stack_db.site_url}/give/{campaign.slug}/")
    street = phone.get_by_label("Street and number")
    expect(street).to_be_hidden()
    phone.get_by_label("I would like a tax receipt").check()
    expect(street).to_be_visible()
    phone.get_by_role("button", name=re.compile("Give|Continue")).click()
    expect(phone.get_by_text("Needed for a tax receipt.").first).to_be_visible()
    phone.get_by_label("Full name").fill("Ida M. Harrow")
    street.fill("4 Long Lane")
    phone.get_by_label("City").fill("Halifax")
    phone.get_by_label("Postal code").fill("B3H 2B2")
    phone.get_by_role("button", name=re.compile("Give|Continue")).click()
    pay_at_checkout(phone, stack_db, email)

    (link,) = wait_for_links(stack_db, email, 1)
    gift = Donation.objects.get(campaign=campaign)
    said = words_of(link)
    assert "Official receipt for income tax purposes" in said
    assert (
        f"Eligible amount of the gift for tax purposes {gift.money.show('en', cents=True)}" in said
    )

    acts.refund_at_stripe(stack_db, gift.payments.get().stripe_id, 1000)
    first, second = wait_for_links(stack_db, email, 2)
    new = TaxReceipt.objects.get(cancellation=None, gifts__donation=gift)
    assert new.amount == gift.amount - 1000
    assert f"replaces receipt no. {new.replaces.number}" in words_of(second)
    phone.goto(first)
    expect(phone.get_by_text(f"receipt {new.number} replaces it")).to_be_visible()

    who = somebody(roles.TREASURER, "Tess Moor")
    come_in(desktop, stack_db, who, f"/desk/receipts/?q={new.number}")
    desktop.get_by_role("link", name=new.number, exact=True).click()
    expect(desktop.get_by_text("4 Long Lane")).to_be_visible()
    expect(desktop.get_by_text(email).first).to_be_visible()
    assert list(verifying.differences()) == []
