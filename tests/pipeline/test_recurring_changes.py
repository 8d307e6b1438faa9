"""What is changed of a recurring gift is made once, whatever becomes of the first try, and told."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import requests
from django.utils import timezone

from campaigns import dunning, recurring_changes
from campaigns.models import Campaign, RecurringChange, RecurringDonation
from campaigns.recurring_changes import ChangeRefused, NotYet
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.pipeline import recurring_acts as monthly
from tests.stack import Stack
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def as_it_was(stack_db: Stack) -> Iterator[None]:
    yield
    acts.faults(stack_db)
    monthly.clock_back(stack_db)


@pytest.fixture
def recurring(stack_db: Stack) -> RecurringDonation:
    first = monthly.give_monthly(stack_db, a_campaign(ends_at=None))
    found = monthly.recurring_of(first)
    acts.wait_for_quiet_inbox()
    return found


def _somebody() -> Reader:
    return Reader.objects.create_user(f"{uuid.uuid4().hex}@example.org")


def _updates(stack: Stack, recurring: RecurringDonation) -> int:
    """How often its subscription was changed at Stripe, in all that happened there."""
    found, last = 0, ""
    while True:
        page = requests.get(
            f"{stack.sandbox_url}/v1/events",
            params={"type": "customer.subscription.updated", "limit": "100"}
            | ({"starting_after": last} if last else {}),
            headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
            timeout=10,
        ).json()
        found += sum(e["data"]["object"]["id"] == recurring.subscription for e in page["data"])
        if not page["has_more"]:
            return found
        last = page["data"][-1]["id"]


def test_the_same_form_sent_twice_is_one_change_and_one_letter(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    before, key, by = _updates(stack_db, recurring), uuid.uuid4(), _somebody()
    wish = recurring_changes.change_amount(recurring, 4500)
    for _time in range(2):
        changed = recurring_changes.ask(recurring, wish, key=key, by=by)
        assert changed.amount == 4500
    assert _updates(stack_db, recurring) == before + 1
    assert monthly.letters(recurring).count("recurring-change") == 1
    monthly.let_days_pass(stack_db, 31)
    acts.wait_for_raised(recurring.campaign, 2000 + 4500)
    acts.books_are_clean(stack_db)


@pytest.mark.parametrize(
    "fault",
    [
        {"api_500_after_effect": {"count": 3, "path": "/v1/subscriptions", "method": "POST"}},
        {"timeout_after_effect": {"count": 3, "seconds": 0, "path": "/v1/subscriptions"}},
        {"api_500": {"count": 3, "path": "/v1/subscriptions"}},
    ],
    ids=lambda f: next(iter(f)),
)
def test_a_change_that_stripe_did_not_answer_is_made_later_by_itself(
    stack_db: Stack, recurring: RecurringDonation, fault: dict[str, object]
) -> None:
    acts.faults(stack_db, **fault)
    wish = recurring_changes.pause(recurring, 3, timezone.localdate())
    with pytest.raises(NotYet):
        recurring_changes.ask(recurring, wish, key=uuid.uuid4(), by=_somebody())
    acts.faults(stack_db)
    # It is taken up a minute later: let that have passed.
    RecurringChange.objects.filter(recurring=recurring).update(
        asked_at=timezone.now() - timedelta(minutes=2)
    )
    monthly.wait_for_state(recurring, "paused")
    wait_until(
        lambda: RecurringChange.objects.get(recurring=recurring).done_at,
        acts.PATIENCE,
        "the change is written down as done",
    )
    assert monthly.letters(recurring).count("recurring-change") == 1
    monthly.let_days_pass(stack_db, 62)
    acts.wait_for_quiet_inbox()
    assert acts.raised(recurring.campaign) == 2000
    skipped = recurring.instalments.filter(state="skipped")
    wait_until(lambda: skipped.count() == 2, acts.PATIENCE, "two months are skipped")
    acts.books_are_clean(stack_db)


def test_staff_end_a_gift_with_a_reason_that_its_donor_reads(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    wish = recurring_changes.cancel(recurring, "You asked us by phone to end it.")
    recurring_changes.ask(recurring, wish, key=uuid.uuid4(), by=_somebody(), by_staff=True)
    recurring.refresh_from_db()
    assert (recurring.state, recurring.ended_by) == ("ending", "staff")
    assert recurring.donor
    monthly.wait_for_letters(recurring, "recurring-change", 1)
    wait_until(
        lambda: [m for m in stack_db.mail.newest(to=recurring.donor.email) if "ended" in m.subject],
        acts.PATIENCE,
        "the letter is sent",
    )
    monthly.let_days_pass(stack_db, 62)
    monthly.wait_for_state(recurring, "ended")
    assert acts.raised(recurring.campaign) == 2000
    with pytest.raises(ChangeRefused):
        recurring_changes.cancel(recurring)
    assert "recurring-ended" not in monthly.letters(recurring)


def test_what_was_changed_at_stripe_is_known_though_nobody_told(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    acts.faults(stack_db, never={})
    answer = requests.post(
        f"{stack_db.sandbox_url}/v1/subscriptions/{recurring.subscription}",
        data={"cancel_at_period_end": "true"},
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    )
    answer.raise_for_status()
    done = stack_db.manage("reconcile")
    assert done.returncode == 0, done.stderr
    recurring.refresh_from_db()
    assert (recurring.state, recurring.ended_by) == ("ending", "stripe")
    assert monthly.letters(recurring).count("recurring-ended") == 1


def test_a_card_that_ends_within_a_month_brings_one_letter(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    assert dunning.foresee_ending_cards(timezone.localdate()) == 0
    assert recurring.card_ends_on == date(2061, 1, 1)
    a_month_before = date(2060, 12, 5)
    assert dunning.foresee_ending_cards(date(2060, 11, 20)) == 0
    assert dunning.foresee_ending_cards(a_month_before) >= 1
    dunning.foresee_ending_cards(a_month_before + timedelta(days=1))
    assert monthly.letters(recurring).count("card-ends") == 1
    # The bank's network tells of the new card by itself.
    answer = requests.post(
        f"{stack_db.sandbox_url}/sandbox/payment_methods/{recurring.card_id}/update",
        json={"exp_month": 12, "exp_year": 2064},
        timeout=10,
    )
    answer.raise_for_status()
    wait_until(
        lambda: RecurringDonation.objects.get(pk=recurring.pk).card_ends_on == date(2065, 1, 1),
        acts.PATIENCE,
        "the new date is known",
    )


def test_a_day_out_of_reach_is_refused_in_words(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    today = timezone.localdate()
    for day in (today, today - timedelta(days=1), today + timedelta(days=400)):
        with pytest.raises(ChangeRefused, match="Choose a day"):
            recurring_changes.change_day(recurring, day, today)
    with pytest.raises(ChangeRefused, match="largest"):
        recurring_changes.change_amount(recurring, 10**9)


def test_what_stripe_changed_before_an_error_is_done_and_not_refused(
    stack_db: Stack, recurring: RecurringDonation
) -> None:
    """A worker died after Stripe had changed it; meanwhile another title makes the same call
    another one, which Stripe refuses under its key."""
    wish = recurring_changes.change_amount(recurring, 4500)
    change = RecurringChange.objects.create(
        key=uuid.uuid4(), recurring=recurring, kind=wish.kind, asked=wish.asked, by=_somebody()
    )
    recurring_changes._at_stripe(change)
    Campaign.objects.filter(pk=recurring.campaign_id).update(title="By another name")
    recurring_changes.finish_what_is_open(timezone.now() + timedelta(minutes=2))
    change.refresh_from_db()
    recurring.refresh_from_db()
    assert (bool(change.done_at), change.refused, recurring.amount) == (True, "", 4500)
    assert monthly.letters(recurring).count("recurring-change") == 1
    # What ended on Stripe's own page meanwhile was cancelled, as its donor wished.
    cancel = recurring_changes.cancel(recurring)
    requests.delete(
        f"{stack_db.sandbox_url}/v1/subscriptions/{recurring.subscription}",
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    ).raise_for_status()
    ended = recurring_changes.ask(recurring, cancel, key=uuid.uuid4(), by=_somebody())
    assert ended.state == "ended"
    with pytest.raises(ChangeRefused, match="Stripe refused"):
        recurring_changes.ask(recurring, wish, key=uuid.uuid4(), by=_somebody())
