"""A gift of each month as its donor meets it: begun, changed, moved, paused, stopped."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, RecurringChange, RecurringDonation
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.comments.test_journey import sign_in, text_in_mail
from tests.journeys.test_a_reader_gives_on_a_phone import pay_at_checkout
from tests.pipeline import acts
from tests.pipeline import recurring_acts as monthly
from tests.stack import Stack


@pytest.fixture
def campaign(stack_db: Stack) -> Iterator[Campaign]:
    the_default_campaign()
    yield a_campaign(ends_at=None)
    monthly.clock_back(stack_db)


def _give_monthly(phone: Page, stack: Stack, campaign: Campaign, email: str) -> RecurringDonation:
    phone.goto(f"{stack.site_url}{campaign.give_url}")
    phone.get_by_text("Monthly", exact=True).click()
    expect(phone.get_by_role("button", name="Give $10 each month")).to_be_visible()
    phone.get_by_text("$20", exact=True).click()
    phone.get_by_role("button", name="Give $20 each month").click()
    phone.wait_for_url(f"{stack.sandbox_url}/**")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("every month")
    pay_at_checkout(phone, stack, email)
    phone.get_by_role("heading", name="Thank you.").wait_for()
    acts.wait_for_raised(campaign, 2000)
    return monthly.recurring_of(campaign.donations.get())


def test_a_monthly_gift_is_given_changed_paused_and_stopped_by_its_donor(
    stack_db: Stack, campaign: Campaign, phone: Page
) -> None:
    email = f"nora-{uuid.uuid4().hex[:8]}@example.org"
    recurring = _give_monthly(phone, stack_db, campaign, email)
    receipt = text_in_mail(stack_db, email, "your gift of")
    link = next(word for word in receipt.split() if "/account/giving/" in word)
    phone.goto(link)
    sign_in(phone, stack_db, email)
    expect(phone.get_by_role("heading", level=1)).to_have_text("$20 each month")

    phone.get_by_text("Another amount").click()
    phone.get_by_label("New amount").fill("0.50")
    phone.get_by_role("button", name="Change the amount").click()
    expect(phone.get_by_text("The smallest donation is $2.")).to_be_visible()
    phone.get_by_label("New amount").fill("35")
    phone.get_by_role("button", name="Change the amount").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("$35 each month")
    assert "$35" in text_in_mail(stack_db, email, "was changed")

    day = timezone.localdate() + timedelta(days=10)
    phone.get_by_text("Another day").click()
    phone.get_by_label("Day of the next gift").fill(day.isoformat())
    phone.get_by_role("button", name="Move the day").click()
    expect(phone.get_by_text("The day is moved.")).to_be_visible()
    recurring.refresh_from_db()
    assert recurring.next_at is not None
    assert timezone.localdate(recurring.next_at) == day

    phone.get_by_text("Pause", exact=True).click()
    phone.get_by_label("For how long").select_option("3")
    phone.get_by_role("button", name="Pause my gift").click()
    expect(phone.get_by_text("Nothing is taken until")).to_be_visible()
    assert "paused" in text_in_mail(stack_db, email, "is paused")
    phone.get_by_role("button", name="Resume now").click()
    expect(phone.get_by_text("Your gift goes on.")).to_be_visible()

    monthly.let_days_pass(stack_db, 11)
    acts.wait_for_raised(campaign, 5500)
    phone.reload()
    phone.get_by_label("Why?").select_option("money")
    phone.get_by_role("button", name="Stop my gift").click()
    expect(phone.get_by_text("Nothing more is taken. If you change your mind")).to_be_visible()
    assert "Nothing more is taken" in text_in_mail(stack_db, email, "has ended")
    phone.get_by_role("button", name="Keep my gift after all").click()
    expect(phone.get_by_text("Your gift goes on as before.")).to_be_visible()
    phone.get_by_role("button", name="Stop my gift").click()
    expect(phone.get_by_role("button", name="Keep my gift after all")).to_be_visible()
    monthly.let_days_pass(stack_db, 40)
    monthly.wait_for_state(recurring, "ended")
    assert recurring.ended_by == "donor"
    assert acts.raised(campaign) == 5500

    asked = list(recurring.changes.order_by("pk").values_list("kind", "reason"))
    assert asked == [
        ("amount", ""),
        ("date", ""),
        ("pause", ""),
        ("resume", ""),
        ("cancel", "money"),
        ("keep", ""),
        ("cancel", ""),
    ]
    assert not RecurringChange.objects.filter(recurring=recurring, done_at=None).exists()
    target = f"campaigns.recurringdonation:{recurring.pk}"
    # What donors do themselves stands in their changes, not beside staff's acts with their name.
    assert not AuditEntry.objects.filter(target=target).exists()

    phone.goto(f"{stack_db.site_url}/account/")
    expect(phone.get_by_text("Ended").first).to_be_visible()
    phone.get_by_role("button", name=re.compile("Send again")).first.click()
    expect(phone.get_by_text("The receipt is on its way to you again.")).to_be_visible()
    phone.get_by_role("link", name=str(timezone.localdate().year)).first.click()
    expect(phone.get_by_role("heading", name=re.compile("What you gave in"))).to_be_visible()
    acts.books_are_clean(stack_db)


def test_a_donor_whose_card_failed_changes_it_on_stripes_page(
    stack_db: Stack, campaign: Campaign, phone: Page
) -> None:
    email = f"olaf-{uuid.uuid4().hex[:8]}@example.org"
    first = monthly.give_monthly(stack_db, campaign, card="4000000000000341", email=email)
    recurring = monthly.recurring_of(first)
    monthly.let_days_pass(stack_db, 31)
    monthly.wait_for_state(recurring, "unpaid")
    phone.goto(f"{stack_db.site_url}/account/giving/{recurring.token}/")
    sign_in(phone, stack_db, email)
    expect(phone.get_by_text("Last gift did not go through")).to_be_visible()
    phone.get_by_role("button", name="Change the card").click()
    phone.wait_for_url(f"{stack_db.sandbox_url}/p/session/**")
    phone.get_by_label("New card number").fill("4242 4242 4242 4242")
    phone.get_by_label("Expiry").fill("12 / 60")
    phone.get_by_label("CVC").fill("123")
    phone.get_by_role("button", name="Save card").click()
    phone.wait_for_url(f"{stack_db.site_url}/account/giving/**")
    acts.wait_for_raised(campaign, 4000)
    monthly.wait_for_state(recurring, "active")


def test_nobody_sees_or_changes_the_gift_of_another(
    stack_db: Stack, campaign: Campaign, phone: Page
) -> None:
    first = monthly.give_monthly(stack_db, campaign)
    recurring = monthly.recurring_of(first)
    phone.goto(f"{stack_db.site_url}/account/giving/{recurring.token}/")
    sign_in(phone, stack_db, f"stranger-{uuid.uuid4().hex[:8]}@example.org")
    phone.wait_for_load_state()
    assert "$20" not in phone.content()
    answer = phone.goto(f"{stack_db.site_url}/account/giving/{recurring.token}/")
    assert answer is not None
    assert answer.status == 404
