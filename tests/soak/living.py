"""The lives of gifts: what readers, banks and staff do, over HTTP where they do it over HTTP.

A life is a generator that yields the seconds until it goes on; `Lives` runs many of them in a few
threads. What fails because of an injected fault is tried again as a person would.
"""

import heapq
import threading
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import requests
from django.db import Error, connection
from django.utils import timezone

from campaigns import offline, refunds
from campaigns.models import Campaign, EntryKind, LedgerEntry, OfflineGift, OfflineState, Payment
from newsroom.readers.models import Reader
from tests.soak.plan import Gift
from tests.soak.stack import SoakStack

THREADS = 6
# A bound against hanging for ever, on a machine however busy.
PATIENCE = 1200
Life = Iterator[float]


class Lives:
    """All gifts of a run. `done` counts what became of them."""

    def __init__(
        self, stack: SoakStack, gifts: list[Gift], campaigns: list[Campaign], staff: list[Reader]
    ) -> None:
        self.stack, self.campaigns, self.staff = stack, campaigns, staff
        self.ending = campaigns[-1]
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self._due: list[tuple[float, int, Gift, Life]] = []
        self._lock = threading.Lock()
        self._alive = len(gifts)
        self._local = threading.local()
        for gift in gifts:
            self._due.append((0.0, gift.number, gift, self._life(gift)))
        self._threads = [
            threading.Thread(target=self._run, name=f"lives-{n}", daemon=True)
            for n in range(THREADS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> int:
        """Gifts whose life goes on."""
        return self._alive

    def _run(self) -> None:
        while self._alive:
            with self._lock:
                ready = self._due and self._due[0][0] <= time.monotonic()
                taken = heapq.heappop(self._due) if ready else None
            if taken is None:
                time.sleep(0.02)
                continue
            _when, number, gift, life = taken
            try:
                wait = next(life)
            except StopIteration:
                self._ended(gift.fate)
                continue
            except Exception:
                self.failed.append(f"{gift}\n{traceback.format_exc()}")
                self._ended("failed")
                continue
            with self._lock:
                heapq.heappush(self._due, (time.monotonic() + wait, number, gift, life))
        connection.close()

    def _ended(self, how: str) -> None:
        with self._lock:
            self.done[how] += 1
            self._alive -= 1

    # ------------------------------------------------------------------ the lives

    def _life(self, gift: Gift) -> Life:
        if gift.fate.startswith("by cheque"):
            yield from self._by_cheque(gift)
        elif gift.fate == "not ours":
            self._stripe("POST", "/v1/payment_intents", amount=gift.amount, currency="cad",
                         payment_method="pm_card_visa", confirm="true")  # fmt: skip
        else:
            yield from self._by_card(gift)

    def _by_card(self, gift: Gift) -> Life:
        ends = gift.fate == "given around the deadline"
        campaign = self.ending if ends else self.campaigns[gift.campaign]
        fields = {"amount": "own", "own_amount": f"{gift.amount / 100:.2f}"}
        form = {"form": str(uuid.UUID(int=gift.chance.getrandbits(128))), **fields}
        if gift.fate == "given after the amount was changed":
            yield from self._begin(campaign, form | {"own_amount": "7.00"})
        if gift.fate == "given by a double click":
            other = threading.Thread(target=self._post, args=(campaign, form), daemon=True)
            other.start()
        session = yield from self._begin(campaign, form)
        if session is None:
            self.done["turned away: the campaign is over"] += ends
            assert ends, "turned away"
            return
        if gift.fate == "walked away":
            return
        if ends:
            left = (campaign.ends_at - timezone.now()).total_seconds() if campaign.ends_at else 0
            yield max(0.0, left + gift.chance.uniform(-2, 2))
        paid = yield from self._pay(gift, session)
        if paid is None:
            return
        if gift.thanks:
            yield gift.chance.uniform(0, 1)
            self._get(paid["redirect_url"])
        yield gift.chance.uniform(0, 4)
        yield from self._afterwards(gift, paid["payment_intent"], paid["charge"])

    def _begin(self, campaign: Campaign, form: dict[str, str]) -> Iterator[float]:  # type: ignore[misc]
        """The open Checkout Session, or None where the campaign is over."""
        give_up = time.monotonic() + PATIENCE
        while True:
            answer = self._post(campaign, form)
            if answer is not None and answer.status_code == 303:
                return answer.headers["Location"].rpartition("/")[2]  # type: ignore[return-value]
            if answer is not None and answer.status_code == 409:
                return None  # type: ignore[return-value]
            known = answer is None or answer.status_code >= 500
            assert known, f"{answer.status_code}: {answer.text[:300]}"  # type: ignore[union-attr]
            assert time.monotonic() < give_up, "Checkout never opened"
            yield 1.0

    def _pay(self, gift: Gift, session: str) -> Iterator[float]:  # type: ignore[misc]
        cards = {
            "given after a declined card": ["4000000000000002", "4242424242424242"],
            "refund sent back by the bank": ["4000000000005126"],
            "given with 3-D Secure": ["4000002500003155"],
            "walked away from 3-D Secure": ["4000002500003155"],
            "inquiry closed": ["4000000000001976"],
            "inquiry became a dispute": ["4000000000001976"],
        }.get(gift.fate, ["4242424242424242"])
        if gift.fate.startswith("dispute") and gift.fate != "dispute after a refund":
            cards = ["4000000000000259"]
        for card in cards:
            typed: dict[str, Any] = {"card": card, "email": gift.email, "name": "Ida Harrow"}
            if gift.fate == "given with 3-D Secure":
                typed["authenticate"] = "complete"
            answer = self._control("POST", f"checkout/{session}/pay", typed)
            yield gift.chance.uniform(0, 1)
        if gift.fate == "walked away from 3-D Secure":
            return None  # type: ignore[return-value]
        assert answer.status_code == 200, answer.text[:300]
        return answer.json()  # type: ignore[no-any-return]

    def _afterwards(self, gift: Gift, payment_intent: str, charge: str) -> Life:
        def refund(amount: int | None = None) -> None:
            more = {} if amount is None else {"amount": amount}
            self._stripe("POST", "/v1/refunds", payment_intent=payment_intent, **more)

        part = max(1, gift.amount * gift.chance.randint(10, 60) // 100)
        match gift.fate:
            case "refunded":
                refund()
            case "refunded in part":
                refund(part)
            case "refunded in parts":
                for share in (part // 2 or 1, part // 3 or 1, None):
                    if share is None and gift.chance.random() < 0.5:
                        break
                    refund(share)
                    yield gift.chance.uniform(0, 3)
            case "refunded from the desk":
                yield from self._refund_from_the_desk(gift, payment_intent, part)
            case "refund sent back by the bank":
                refund(part)
            case "refund sent back after a dispute":
                refund(part)
                yield 1.0
                (given,) = self._stripe("GET", "/v1/refunds", charge=charge)["data"]
                self._control("POST", f"charges/{charge}/dispute", {"amount": gift.amount})
                yield 2.0
                self._control("POST", f"refunds/{given['id']}/fail")
            case "dispute after a refund":
                refund(part)
                yield gift.chance.uniform(0, 2)
                self._control("POST", f"charges/{charge}/dispute", {"amount": gift.amount})
                yield gift.chance.uniform(0, 4)
                self._decide(charge, gift.chance.choice(["win", "lose"]))
            case "dispute won":
                self._decide(charge, "win")
            case "dispute lost":
                self._decide(charge, "lose")
            case "inquiry closed":
                self._decide(charge, "lose")
            case "inquiry became a dispute":
                self._decide(charge, "escalate")
                yield 1.0
                self._decide(charge, "lose")

    def _decide(self, charge: str, act: str) -> None:
        (dispute,) = self._stripe("GET", "/v1/disputes", charge=charge)["data"]
        self._control("POST", f"disputes/{dispute['id']}/{act}")

    def _refund_from_the_desk(self, gift: Gift, payment_intent: str, part: int) -> Life:
        """Staff refund once the gift is booked, and send the same form again when it failed."""
        give_up = time.monotonic() + PATIENCE
        # Where every event was lost, a gift is looked at two minutes after it was begun.
        look_no_more = time.monotonic() + 60
        key = uuid.UUID(int=gift.chance.getrandbits(128))
        booked = {"payment__stripe_id": payment_intent, "kind": EntryKind.CHARGE}
        while not self._ask(lambda: LedgerEntry.objects.filter(**booked).exists()):
            if time.monotonic() > look_no_more:
                self.done["gifts that staff did not find on the desk yet"] += 1
                return
            yield 1.0

        def give_back() -> bool:
            payment = Payment.objects.get(stripe_id=payment_intent)
            try:
                refunds.refund(payment, part, by=self.staff[0], key=key)
            except refunds.RefundError as trouble:
                # Stripe keeps a failure under the key, though the work behind it was done.
                return "did not answer" not in str(trouble) or self._was_refunded(payment_intent)
            return True

        while not self._ask(give_back):
            assert time.monotonic() < give_up, "the refund was never made"
            yield 1.0

    def _was_refunded(self, payment_intent: str) -> bool:
        return bool(self._stripe("GET", "/v1/refunds", payment_intent=payment_intent)["data"])

    def _by_cheque(self, gift: Gift) -> Life:
        campaign = self.campaigns[gift.campaign]
        day = timezone.now().astimezone(campaign.zone).date() - timedelta(days=1)
        row = f"soak:{gift.number}"

        def enter() -> None:
            if OfflineGift.objects.filter(row=row).exists():
                return
            offered = OfflineGift(
                campaign=campaign, amount=gift.amount * 10, method="cheque", received_on=day,
                email=gift.email, row=row,
            )  # fmt: skip
            offline.enter(offered, by=self.staff[0])

        def accept() -> None:
            entered = OfflineGift.objects.get(row=row)
            if entered.state == OfflineState.WAITING:
                offline.accept(entered, by=self.staff[1])

        def bounce() -> None:
            entered = OfflineGift.objects.get(row=row)
            offline.undo(entered, by=self.staff[1], reason="Bounced", moment=timezone.now())

        self._ask(enter)
        yield gift.chance.uniform(0, 3)
        self._ask(accept)
        if gift.fate == "by cheque that bounced":
            yield gift.chance.uniform(0, 3)
            self._ask(bounce)

    # ------------------------------------------------------------------ hands and voice

    def _post(self, campaign: Campaign, form: dict[str, str]) -> requests.Response | None:
        """Send the give form as a browser would; None where the site did not answer."""
        try:
            return self._http.post(
                f"{self.stack.site_url}/give/{campaign.slug}/start/",
                data=form,
                headers={"Sec-Fetch-Site": "same-origin"},
                allow_redirects=False,
                timeout=30,
            )
        except requests.RequestException:
            return None

    def _get(self, url: str) -> None:
        try:
            self._http.get(url, timeout=30)
        except requests.RequestException:
            self.done["thanks pages that did not open"] += 1

    def _control(self, method: str, path: str, asked: Any = None) -> requests.Response:
        url = f"{self.stack.sandbox_url}/sandbox/{path}"
        answer = self._http.request(method, url, json=asked, timeout=60)
        assert answer.status_code in (200, 402), answer.text[:300]
        return answer

    def _stripe(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        """What is done in Stripe's own dashboard; again, with one key, while it stumbles."""
        key, give_up = str(uuid.uuid4()), time.monotonic() + PATIENCE
        how = {"params" if method == "GET" else "data": asked}
        while True:
            headers = {"Authorization": f"Bearer {self.stack.env['STRIPE_SECRET_KEY']}"}
            if method == "POST":
                headers["Idempotency-Key"] = key
            try:
                answer = self._http.request(
                    method, self.stack.sandbox_url + path, headers=headers, timeout=60, **how
                )
                read: dict[str, Any] = answer.json()
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code == 200:
                return read
            if answer is not None and answer.status_code == 500 and "after" in answer.text:
                # The work was done; Stripe would repeat this answer for a day.
                return {}
            assert answer is None or answer.status_code in (409, 429, 500), answer.text[:300]
            assert time.monotonic() < give_up, f"{path} never answered"
            time.sleep(0.2)

    def _ask(self, act: Callable[[], Any]) -> Any:
        """In this process's Django; once more when the database was restarted meanwhile."""
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except Error:
                connection.close()
                assert time.monotonic() < give_up, "the database never came back"
                time.sleep(0.5)

    @property
    def _http(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        return self._local.session  # type: ignore[no-any-return]
