"""Months that pass: what donors of monthly gifts, their banks and staff do while renewals come.

Stripe's clock goes from one renewal to the next; around the moments at which renewals fall due it
goes in small steps, so that they come one after the other as in life. The faults go on meanwhile.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import requests

from campaigns import recurring_changes
from campaigns.models import EntryKind, LedgerEntry, Payment, RecurringDonation
from campaigns.recurring_changes import ChangeRefused, Wish, months_on
from tests.soak.living import Life, Lives
from tests.soak.plan import Gift

MONTHS = 3
STEP = timedelta(seconds=20)
# A renewal that failed is tried again 3, 5 and 7 days after the try before.
RETRIES = (timedelta(days=3), timedelta(days=8), timedelta(days=15))
# How long a donor looks for what a lost event has not told us of.
LOOKS_FOR = 10.0


class Months:
    """`pass_by` lets them pass; each month's acts are lives as those of the gifts were."""

    def __init__(self, lives: Lives, began: datetime) -> None:
        self._lives, self._began = lives, began
        self._over = datetime.now(UTC)

    def pass_by(self, wait: Callable[[str, Callable[[], int]], None]) -> None:
        """All months, one after the other. `wait` waits until a number comes to nothing."""
        for month in range(1, MONTHS + 1):
            self._renew(month)
            self._lives.go_on(list(self._acts(month)))
            wait(f"donors act in month {month}", lambda: self._lives.alive)
            for after in RETRIES:
                self._stand_at(self._moment(self._over, month) + after + STEP)

    def _renew(self, month: int) -> None:
        """Each at its moment: as far apart as they were begun."""
        moment, last = self._moment(self._began, month), self._moment(self._over, month)
        while moment < last:
            self._stand_at(moment)
            moment += STEP
        self._stand_at(last + STEP)

    def _moment(self, of: datetime, month: int) -> datetime:
        return datetime.combine(months_on(of.date(), month), of.timetz())

    def _stand_at(self, moment: datetime) -> None:
        url = f"{self._lives.stack.sandbox_url}/sandbox/clock"
        asked = {"now": int(moment.timestamp()), "running": True}
        requests.post(url, json=asked, timeout=300).raise_for_status()

    # ------------------------------------------------------------------ what people do

    def _acts(self, month: int) -> Iterator[tuple[Gift, Life]]:
        for gift, session in self._lives.monthly:
            act = _ACTS.get((gift.fate, month))
            if act:
                yield gift, act(self, gift, session)

    def _recurring(self, session: str) -> RecurringDonation | None:
        known = RecurringDonation.objects.select_related("campaign", "donor")
        return known.filter(first__checkout_session=session).first()

    def _change(self, gift: Gift, session: str, wish: Callable[[RecurringDonation], Wish]) -> Life:
        """As on the donor's own page; what Stripe does not answer is made by itself later."""
        key = uuid.UUID(int=gift.chance.getrandbits(128))
        give_up = time.monotonic() + LOOKS_FOR

        def change() -> bool:
            recurring = self._recurring(session)
            if recurring is None or not recurring.goes_on:
                return False
            try:
                asked = wish(recurring)
                recurring_changes.ask(recurring, asked, key=key, by=self._lives.staff[0])
            except recurring_changes.NotYet:
                self._lives.count("changes made later by themselves")
            except ChangeRefused:
                self._lives.count("changes refused")
            return True

        while not self._lives.ask(change):
            if time.monotonic() > give_up:
                self._lives.count("monthly gifts not found by their donors")
                return
            yield 1.0

    def _cancel(self, gift: Gift, session: str) -> Life:
        yield from self._change(gift, session, recurring_changes.cancel)

    def _another_amount(self, gift: Gift, session: str) -> Life:
        def wish(recurring: RecurringDonation) -> Wish:
            return recurring_changes.change_amount(recurring, gift.amount + 700)

        yield from self._change(gift, session, wish)

    def _pause(self, gift: Gift, session: str) -> Life:
        def wish(recurring: RecurringDonation) -> Wish:
            return recurring_changes.pause(recurring, 0, datetime.now(UTC).date())

        yield from self._change(gift, session, wish)

    def _resume(self, gift: Gift, session: str) -> Life:
        yield from self._change(gift, session, recurring_changes.resume)

    def _another_card(self, gift: Gift, session: str) -> Life:
        """On Stripe's page, after a renewal failed."""
        yield gift.chance.uniform(0, 3)
        subscription = self._lives.stripe("GET", f"/v1/checkout/sessions/{session}")["subscription"]
        customer = self._lives.stripe("GET", f"/v1/subscriptions/{subscription}")["customer"]
        page: dict[str, str] = {}
        while not page:
            page = self._lives.stripe("POST", "/v1/billing_portal/sessions", customer=customer)
        typed = {"number": "4242424242424242", "expiry": "12/60", "cvc": "123"}
        answer = requests.post(page["url"], typed, allow_redirects=False, timeout=60)
        assert answer.status_code == 303, answer.text[:300]

    def _renewed_by(self, session: str) -> str | None:
        """The payment of the newest renewal that is booked."""
        booked = LedgerEntry.objects.filter(
            kind=EntryKind.CHARGE, donation__via="renewal",
            donation__instalments__recurring__first__checkout_session=session,
        )  # fmt: skip
        newest = booked.order_by("-pk").values_list("payment_id", flat=True).first()
        return Payment.objects.get(pk=newest).stripe_id if newest else None

    def _give_back(self, gift: Gift, session: str) -> Life:
        intent = yield from self._renewal(session)
        if intent:
            self._lives.stripe("POST", "/v1/refunds", payment_intent=intent)

    def _take_back(self, gift: Gift, session: str) -> Life:
        intent = yield from self._renewal(session)
        if intent:
            paid = self._lives.stripe("GET", "/v1/charges", payment_intent=intent)["data"]
            charge = next(each["id"] for each in paid if each["status"] == "succeeded")
            self._lives.control("POST", f"charges/{charge}/dispute", {"amount": gift.amount})
            yield gift.chance.uniform(0, 2)
            self._lives.decide(charge, gift.chance.choice(["win", "lose"]))

    def _renewal(self, session: str) -> Iterator[float]:  # type: ignore[misc]
        give_up = time.monotonic() + LOOKS_FOR
        while not (intent := self._lives.ask(lambda: self._renewed_by(session))):
            if time.monotonic() > give_up:
                self._lives.count("renewals not found yet")
                return None  # type: ignore[return-value]
            yield 1.0
        return intent  # type: ignore[no-any-return]


_ACTS: dict[tuple[str, int], Callable[[Months, Gift, str], Life]] = {
    ("monthly, cancelled", 1): Months._cancel,
    ("monthly, a renewal fails and comes after all", 1): Months._another_card,
    ("monthly, another amount", 1): Months._another_amount,
    ("monthly, paused and resumed", 1): Months._pause,
    ("monthly, paused and resumed", 2): Months._resume,
    ("monthly, a renewal refunded", 2): Months._give_back,
    ("monthly, a renewal disputed", 2): Months._take_back,
}
