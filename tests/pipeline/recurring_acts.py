"""What donors of recurring gifts, time and Stripe do to a running newsroom."""

from datetime import UTC, datetime
from typing import Any

import requests

from campaigns.models import Campaign, Donation, RecurringDonation
from newsroom.mail.models import OutboxMail
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

DAY = 86_400


def give_monthly(stack: Stack, campaign: Campaign, amount: str = "2000", **more: Any) -> Donation:
    """A gift of each month, begun and paid; the first of them."""
    fields = {"frequency": "month", "amount_month": amount}
    donation = acts.begin(stack, campaign, **fields)
    assert acts.pay(stack, donation, **more).status_code == 200
    return donation


def recurring_of(donation: Donation) -> RecurringDonation:
    """Its row, once the worker has looked at it."""

    def known() -> RecurringDonation | None:
        found = RecurringDonation.objects.filter(first=donation, synced_at__isnull=False)
        return found.exclude(state="started").first()

    return wait_until(known, acts.PATIENCE, "the recurring donation is known")


def wait_for_state(recurring: RecurringDonation, state: str) -> RecurringDonation:
    def reached() -> bool:
        recurring.refresh_from_db()
        return recurring.state == state

    wait_until(reached, acts.PATIENCE, f"{state}, is {recurring.state}")
    return recurring


def let_days_pass(stack: Stack, days: float) -> None:
    answer = requests.post(
        f"{stack.sandbox_url}/sandbox/clock", json={"advance": int(days * DAY)}, timeout=60
    )
    answer.raise_for_status()


def now_at_stripe(stack: Stack) -> datetime:
    state = requests.get(f"{stack.sandbox_url}/sandbox/clock", timeout=10).json()
    return datetime.fromtimestamp(state["now"], UTC)


def clock_back(stack: Stack) -> None:
    requests.post(f"{stack.sandbox_url}/sandbox/clock", json={"real": True}, timeout=60)


def letters(recurring: RecurringDonation) -> list[str]:
    """What was owed to its donor, oldest first, by the kind of dedupe key."""
    assert recurring.donor
    owed = OutboxMail.objects.filter(to=recurring.donor.email).order_by("pk")
    return [key.split(":")[0] for key in owed.values_list("dedupe_key", flat=True)]


def wait_for_letters(recurring: RecurringDonation, kind: str, count: int) -> None:
    recurring.refresh_from_db()
    wait_until(
        lambda: letters(recurring).count(kind) == count, acts.PATIENCE, f"{count} letters: {kind}"
    )


def change_card(stack: Stack, page: str, number: str = "4242424242424242") -> str:
    """Type a card on Stripe's page; where it leads afterwards."""
    typed = {"number": number, "expiry": "12/60", "cvc": "123"}
    answer = requests.post(page, typed, allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text[:500]
    return answer.headers["Location"]
