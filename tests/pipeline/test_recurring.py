"""A gift of each month, from the form through its renewals to its end, through every real part."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from campaigns.models import Donation, Frequency, InboxEvent, Instalment, RecurringDonation
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.pipeline import acts
from tests.pipeline import recurring_acts as monthly
from tests.stack import Stack
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def as_it_was(stack_db: Stack) -> Iterator[None]:
    yield
    acts.faults(stack_db)
    monthly.clock_back(stack_db)


def test_a_monthly_gift_counts_each_month_and_brings_a_receipt_each_time(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    first = monthly.give_monthly(stack_db, campaign)
    acts.wait_for_raised(campaign, 2000)
    recurring = monthly.recurring_of(first)
    assert (recurring.state, recurring.amount, recurring.frequency) == ("active", 2000, "month")
    assert (recurring.card_brand, recurring.card_last4) == ("visa", "4242")
    assert recurring.next_at is not None
    acts.wait_for_receipt(stack_db, first)
    monthly.let_days_pass(stack_db, 70)
    acts.wait_for_raised(campaign, 6000)
    acts.wait_for_quiet_inbox()
    gifts = Donation.objects.filter(campaign=campaign).order_by("started_at")
    assert [gift.state for gift in gifts] == ["received"] * 3
    assert {gift.donor_id for gift in gifts} == {recurring.donor_id}
    assert [gift.via for gift in gifts] == ["", "renewal", "renewal"]
    assert monthly.letters(recurring) == ["receipt"] * 3
    receipt = acts.receipts_of(gifts[1])[0]
    assert f"/account/giving/{recurring.token}/" in receipt.text
    acts.books_are_clean(stack_db)


def test_a_renewal_after_the_deadline_goes_to_the_default_campaign(stack_db: Stack) -> None:
    default = the_default_campaign()
    before = acts.raised(default)
    campaign = a_campaign()
    monthly.give_monthly(stack_db, campaign)
    acts.wait_for_raised(campaign, 2000)
    monthly.let_days_pass(stack_db, 35)
    acts.wait_for_raised(default, before + 2000)
    assert acts.raised(campaign) == 2000
    renewal = Donation.objects.get(via="renewal", instalments__recurring__campaign=campaign)
    assert renewal.campaign == default
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize(
    "fault",
    [
        {"twice": {"times": 3}},
        {"late": {"seconds": 1}},
        {"reversed": {"size": 6, "seconds": 1}},
        {"late_balance_transaction": {"seconds": 1}},
        {"timeout_after_effect": {"count": 3, "seconds": 0, "method": "GET"}},
        {"api_500": {"count": 4, "path": "/v1/invoice"}},
    ],
    ids=lambda f: next(iter(f)),
)
def test_a_renewal_counts_once_however_its_events_come(
    stack_db: Stack, fault: dict[str, object]
) -> None:
    campaign = a_campaign(ends_at=None)
    acts.faults(stack_db, **fault)
    first = monthly.give_monthly(stack_db, campaign)
    acts.wait_for_raised(campaign, 2000)
    monthly.let_days_pass(stack_db, 35)
    acts.wait_for_raised(campaign, 4000)
    acts.faults(stack_db)
    acts.wait_for_quiet_inbox()
    recurring = monthly.recurring_of(first)
    assert recurring.instalments.filter(state="paid").count() == 2
    assert monthly.letters(recurring) == ["receipt", "receipt"]
    assert RecurringDonation.objects.filter(campaign=campaign).count() == 1
    acts.books_are_clean(stack_db)


def test_renewals_of_which_nobody_tells_are_found(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    first = monthly.give_monthly(stack_db, campaign)
    recurring = monthly.recurring_of(first)
    acts.wait_for_quiet_inbox()
    acts.faults(stack_db, never={})
    monthly.let_days_pass(stack_db, 35)
    # It looks by itself some hours after a gift was due: let them have passed here too.
    RecurringDonation.objects.filter(pk=recurring.pk).update(next_look_at=first.started_at)
    stack_db.manage("sweep")
    acts.wait_for_raised(campaign, 4000)
    monthly.let_days_pass(stack_db, 31)
    stack_db.manage("reconcile")
    assert acts.raised(campaign) == 6000
    acts.books_are_clean(stack_db)


def test_a_worker_killed_at_a_renewal_loses_and_doubles_nothing(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    first = monthly.give_monthly(stack_db, campaign)
    recurring = monthly.recurring_of(first)
    acts.wait_for_quiet_inbox()
    acts.faults(stack_db, api_slow={"seconds": 2, "path": "/v1/invoice", "method": "GET"})
    monthly.let_days_pass(stack_db, 35)
    wait_until(
        lambda: acts.injected(stack_db)["api_slow"], acts.PATIENCE, "the worker is asking Stripe"
    )
    stack_db.kill_worker()
    acts.faults(stack_db)
    InboxEvent.objects.filter(processed_at=None).update(next_attempt_at=first.started_at)
    stack_db.start_worker()
    acts.wait_for_raised(campaign, 4000)
    acts.wait_for_quiet_inbox()
    assert recurring.instalments.filter(state="paid").count() == 2
    acts.books_are_clean(stack_db)


def test_a_card_that_fails_brings_a_letter_for_each_try_and_then_the_end(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    first = monthly.give_monthly(stack_db, campaign, card="4000000000000341")
    recurring = monthly.recurring_of(first)
    acts.wait_for_receipt(stack_db, first)
    for letters, days in enumerate((31, 3, 5), 1):
        monthly.let_days_pass(stack_db, days)
        monthly.wait_for_letters(recurring, "renewal-failed", letters)
    monthly.let_days_pass(stack_db, 7)
    monthly.wait_for_state(recurring, "ended")
    acts.wait_for_quiet_inbox()
    assert recurring.ended_by == "payment"
    monthly.wait_for_letters(recurring, "recurring-ended", 1)
    assert monthly.letters(recurring) == [
        "receipt",
        "renewal-failed",
        "renewal-failed",
        "renewal-failed",
        "recurring-ended",
    ]
    failed = Donation.objects.get(campaign=campaign, via="renewal")
    assert (failed.state, acts.raised(campaign)) == ("failed", 2000)
    acts.books_are_clean(stack_db)


def test_the_letter_leads_to_another_card_which_is_charged_at_once(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    first = monthly.give_monthly(stack_db, campaign, card="4000000000000341")
    recurring = monthly.recurring_of(first)
    monthly.let_days_pass(stack_db, 31)
    monthly.wait_for_state(recurring, "unpaid")
    assert recurring.donor
    letter = OutboxMail.objects.get(
        to=recurring.donor.email, dedupe_key__startswith="renewal-failed:"
    )
    link = next(word for word in letter.text.split() if "/give/card/" in word)
    shown = requests.get(link, timeout=10)
    assert "0341" in shown.text
    led = requests.post(link, allow_redirects=False, timeout=30)
    assert led.status_code == 303
    back = monthly.change_card(stack_db, led.headers["Location"])
    assert "Your card was changed" in requests.get(back, timeout=10).text
    acts.wait_for_raised(campaign, 4000)
    monthly.wait_for_state(recurring, "active")
    monthly.wait_for_letters(recurring, "renewal-recovered", 1)
    acts.wait_for_quiet_inbox()
    recurring.refresh_from_db()
    assert recurring.card_last4 == "4242"
    monthly.let_days_pass(stack_db, 31)
    acts.wait_for_raised(campaign, 6000)
    assert monthly.letters(recurring).count("renewal-failed") == 1
    assert monthly.letters(recurring).count("renewal-recovered") == 1
    assert monthly.letters(recurring).count("card-changed") == 1
    acts.books_are_clean(stack_db)


def test_a_gift_that_its_donors_bank_asks_about_comes_once_the_donor_has_confirmed_it(
    stack_db: Stack,
) -> None:
    campaign = a_campaign(ends_at=None)
    card = {"card": "4000002760003184", "authenticate": "complete"}
    recurring = monthly.recurring_of(monthly.give_monthly(stack_db, campaign, **card))
    acts.wait_for_raised(campaign, 2000)
    monthly.let_days_pass(stack_db, 31)
    monthly.wait_for_letters(recurring, "renewal-confirm", 1)
    assert recurring.donor
    (letter,) = OutboxMail.objects.filter(
        to=recurring.donor.email, dedupe_key__startswith="renewal-confirm:"
    )
    link = next(word for word in letter.text.split() if "/give/confirm/" in word)
    assert "Your bank wants to hear from you" in requests.get(link, timeout=10).text
    led = requests.post(link, allow_redirects=False, timeout=30)
    assert led.status_code == 303
    at_stripe = requests.get(led.headers["Location"], timeout=10)
    (bank,) = re.findall(r'href="(/authenticate/[^"]+)"', at_stripe.text)
    assert acts.raised(campaign) == 2000
    requests.post(f"{stack_db.sandbox_url}{bank}", {"answer": "complete"}, timeout=30)
    acts.wait_for_raised(campaign, 4000)
    monthly.wait_for_state(recurring, "active")
    acts.wait_for_quiet_inbox()
    monthly.wait_for_letters(recurring, "receipt", 2)
    assert "renewal-failed" not in monthly.letters(recurring)
    assert "Your gift has arrived" in requests.get(link, timeout=10).text
    assert not recurring.instalments.filter(to_confirm=True).exists()
    acts.books_are_clean(stack_db)
    # Who never answers is asked at each try, and after the last of them it ends.
    for letters, days in ((2, 31), (3, 3), (4, 5)):
        monthly.let_days_pass(stack_db, days)
        monthly.wait_for_letters(recurring, "renewal-confirm", letters)
    monthly.let_days_pass(stack_db, 7)
    monthly.wait_for_state(recurring, "ended")
    assert acts.raised(campaign) == 4000
    acts.wait_for_quiet_inbox()
    acts.books_are_clean(stack_db)


def test_a_declined_first_try_begins_nothing_and_the_next_one_does(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    gift = acts.begin(stack_db, campaign, frequency="month", amount_month="2000")
    assert acts.pay(stack_db, gift, card="4000000000000002").status_code == 402
    acts.wait_for_quiet_inbox()
    assert acts.raised(campaign) == 0
    assert acts.pay(stack_db, gift).status_code == 200
    acts.wait_for_raised(campaign, 2000)
    recurring = monthly.recurring_of(gift)
    monthly.wait_for_letters(recurring, "receipt", 1)
    acts.wait_for_quiet_inbox()
    assert monthly.letters(recurring) == ["receipt"]


def test_a_yearly_gift_is_given_again_after_a_year(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    gift = acts.begin(stack_db, campaign, frequency="year", amount_year="10000")
    assert gift.frequency == Frequency.YEAR
    acts.pay(stack_db, gift)
    recurring = monthly.recurring_of(gift)
    assert recurring.next_at is not None
    assert recurring.next_at - recurring.started_at > timedelta(days=360)
    monthly.let_days_pass(stack_db, 367)
    acts.wait_for_raised(campaign, 20000)


def test_a_recurring_gift_begun_elsewhere_on_the_account_is_kept_beside(stack_db: Stack) -> None:
    campaign = a_campaign(ends_at=None)
    gift = acts.begin(stack_db, campaign, frequency="month", amount_month="2000")
    Donation.objects.filter(pk=gift.pk).update(attempt="00000000-0000-0000-0000-000000000001")
    try:
        acts.pay(stack_db, gift)
        acts.wait_for_quiet_inbox()
        assert acts.raised(campaign) == 0
        assert not Instalment.objects.filter(recurring__campaign=campaign).exists()
    finally:
        Donation.objects.filter(pk=gift.pk).update(attempt=gift.attempt)
