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

THREADS = 12
# Lives under way at once: one goes on while others wait for a bank, a form or their turn.
AT_ONCE = 250
# Pays on the page; every renewal of it fails.
FAILS_LATER = "4000000000000341"
# A bound against hanging for ever, on a machine however busy.
PATIENCE = 1200
Life = Iterator[float]


class Lives:
    """All gifts of a run. `done` counts what became of them."""

    def __init__(
        self, stack: SoakStack, gifts: list[Gift], campaigns: list[Campaign], staff: list[Reader]
    ) -> None:
        self.stack, self.campaigns, self.staff = stack, campaigns, staff
        self.ending, self.american = campaigns[-1], campaigns[-2]
        # Begun and paid: what becomes of them is in `months`.
        self.monthly: list[tuple[Gift, str]] = []
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self._due: list[tuple[float, int, Gift, Life]] = []
        self._to_come: list[tuple[float, int, Gift, Life]] = []
        self._lock = threading.Lock()
        self._alive = 0
        self._local = threading.local()
        self._gifts = gifts

    def start(self) -> None:
        self.go_on([(gift, self._life(gift)) for gift in self._gifts])

    def go_on(self, lives: list[tuple[Gift, Life]]) -> None:
        """Live these; none of those before may be left."""
        assert not self._alive
        self._alive = len(lives)
        self._to_come = [(0.0, gift.number, gift, life) for gift, life in lives]
        self._due = [self._to_come.pop() for _ in lives[:AT_ONCE]]
        heapq.heapify(self._due)
        for n in range(THREADS):
            threading.Thread(target=self._run, name=f"lives-{n}", daemon=True).start()

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

    def count(self, what: str) -> None:
        with self._lock:
            self.done[what] += 1

    def _ended(self, how: str) -> None:
        with self._lock:
            self.done[how] += 1
            self._alive -= 1
            if self._to_come:
                heapq.heappush(self._due, self._to_come.pop())

    # ------------------------------------------------------------------ the lives

    def _life(self, gift: Gift) -> Life:
        if gift.fate.startswith("by cheque"):
            yield from self._by_cheque(gift)
        elif gift.fate == "not ours":
            self.stripe("POST", "/v1/payment_intents", amount=gift.amount, currency="cad",
                         payment_method="pm_card_visa", confirm="true")  # fmt: skip
        else:
            yield from self._by_card(gift)

    def _by_card(self, gift: Gift) -> Life:
        ends = gift.fate == "given around the deadline"
        campaign = self.ending if ends else self.campaigns[gift.campaign]
        if gift.fate.startswith("by American debit"):
            campaign = self.american
        monthly = gift.fate.startswith("monthly")
        fields = {"amount": "own", "own_amount": f"{gift.amount / 100:.2f}"}
        if monthly:
            fields = {"frequency": "month", "amount_month": "own"} | fields
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
        if "debit" in gift.fate:
            yield from self._by_bank(gift, session)
            return
        paid = yield from self._pay(gift, session)
        if paid is None:
            return
        if monthly:
            self.monthly.append((gift, session))
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
            "monthly, a renewal fails and comes after all": [FAILS_LATER],
            "monthly, ended by failed renewals": [FAILS_LATER],
        }.get(gift.fate, ["4242424242424242"])
        if gift.fate.startswith("dispute") and gift.fate != "dispute after a refund":
            cards = ["4000000000000259"]
        for card in cards:
            typed: dict[str, Any] = {"card": card, "email": gift.email, "name": "Ida Harrow"}
            if gift.fate == "given with 3-D Secure":
                typed["authenticate"] = "complete"
            answer = self.control("POST", f"checkout/{session}/pay", typed)
            yield gift.chance.uniform(0, 1)
        if gift.fate == "walked away from 3-D Secure":
            return None  # type: ignore[return-value]
        assert answer.status_code == 200, answer.text[:300]
        return answer.json()  # type: ignore[no-any-return]

    def _by_bank(self, gift: Gift, session: str) -> Life:
        """On its way for days of Stripe's clock; some of it comes back when it had arrived."""
        account = "000222222227" if gift.fate.endswith("that fails") else "000123456789"
        if gift.fate == "by American debit that its bank takes back":
            account = "000555555559"
        typed = {"account": account, "email": gift.email, "name": "Ida Harrow"}
        answer = self.control("POST", f"checkout/{session}/pay_by_bank", typed)
        assert answer.status_code == 200, answer.text[:300]
        if gift.fate == "by Canadian debit that its bank takes back":
            charge = answer.json()["charge"]
            yield gift.chance.uniform(0, 2)
            self.control("POST", f"debits/{charge}/answer")
            yield gift.chance.uniform(0, 3)
            self.control("POST", f"debits/{charge}/return")

    def _afterwards(self, gift: Gift, payment_intent: str, charge: str) -> Life:
        def refund(amount: int | None = None) -> None:
            more = {} if amount is None else {"amount": amount}
            self.stripe("POST", "/v1/refunds", payment_intent=payment_intent, **more)

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
                (given,) = self.stripe("GET", "/v1/refunds", charge=charge)["data"]
                self.control("POST", f"charges/{charge}/dispute", {"amount": gift.amount})
                yield 2.0
                self.control("POST", f"refunds/{given['id']}/fail")
            case "dispute after a refund":
                refund(part)
                yield gift.chance.uniform(0, 2)
                self.control("POST", f"charges/{charge}/dispute", {"amount": gift.amount})
                yield gift.chance.uniform(0, 4)
                self.decide(charge, gift.chance.choice(["win", "lose"]))
            case "dispute won":
                self.decide(charge, "win")
            case "dispute lost":
                self.decide(charge, "lose")
            case "inquiry closed":
                self.decide(charge, "lose")
            case "inquiry became a dispute":
                self.decide(charge, "escalate")
                yield 1.0
                self.decide(charge, "lose")

    def decide(self, charge: str, act: str) -> None:
        (dispute,) = self.stripe("GET", "/v1/disputes", charge=charge)["data"]
        self.control("POST", f"disputes/{dispute['id']}/{act}")

    def _refund_from_the_desk(self, gift: Gift, payment_intent: str, part: int) -> Life:
        """Staff refund once the gift is booked, and send the same form again when it failed."""
        give_up = time.monotonic() + PATIENCE
        # Where every event was lost, a gift is looked at after two minutes: too long to wait.
        look_no_more = time.monotonic() + 20
        key = uuid.UUID(int=gift.chance.getrandbits(128))
        booked = {"payment__stripe_id": payment_intent, "kind": EntryKind.CHARGE}
        while not self.ask(lambda: LedgerEntry.objects.filter(**booked).exists()):
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

        while not self.ask(give_back):
            assert time.monotonic() < give_up, "the refund was never made"
            yield 1.0

    def _was_refunded(self, payment_intent: str) -> bool:
        return bool(self.stripe("GET", "/v1/refunds", payment_intent=payment_intent)["data"])

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

        self.ask(enter)
        yield gift.chance.uniform(0, 3)
        self.ask(accept)
        if gift.fate == "by cheque that bounced":
            yield gift.chance.uniform(0, 3)
            self.ask(bounce)

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

    def control(self, method: str, path: str, asked: Any = None) -> requests.Response:
        url = f"{self.stack.sandbox_url}/sandbox/{path}"
        answer = self._http.request(method, url, json=asked, timeout=60)
        assert answer.status_code in (200, 402), answer.text[:300]
        return answer

    def stripe(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
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

    def ask(self, act: Callable[[], Any]) -> Any:
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
