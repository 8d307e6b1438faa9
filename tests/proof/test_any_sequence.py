"""Whatever readers, banks, staff, Stripe and time do, in whatever order: after each step ledger,
totals, what is left of the match, and mails are what a reference of few lines says they are.

Stripe is the sandbox, over HTTP. An event is delivered once, several times, late or never.
"""

import json
import os
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as site
from django.db import transaction
from django.db.models import Min, Q, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from campaigns import inbox, ledger, offline, recurring_changes, sync
from campaigns.giving import CampaignClosed, GiftWish, start_donation
from campaigns.models import (
    CampaignTotal,
    Donation,
    Frequency,
    InboxEvent,
    LedgerEntry,
    Match,
    OfflineGift,
    RecurringDonation,
)
from campaigns.reconcile import reconcile
from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from newsroom.readers.models import Reader
from newsroom.sandbox.signing import signature_header
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.mail.servers import MailServer
from tests.proof.reference import Books, Gift
from tests.sandbox.running import Running

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 6, 1, 18, tzinfo=UTC)
RUNS_FOR = timedelta(days=2)
CAP = 6000
USUAL = 8
MOST = int(os.environ.get("WAYLIGHT_SEQUENCES", USUAL))
picks = st.integers(0, 1000)
amounts = st.integers(100, 5000)
# Test accounts of Canadian debits.
PAYS, BOUNCES = "000123456789", "000222222227"
donors = st.sampled_from(["ida@example.org", "bo@example.org", "kim@example.org"])


class Giving(RuleBasedStateMachine):
    """`stripe_is` and `server` are put here by the test."""

    stripe_is: Running
    server: MailServer

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.stripe_is.control("POST", "reset").raise_for_status()
        self.server.taken.clear()
        self.now, self.mail_clock = BEGAN, datetime.now(UTC)
        campaign = a_campaign(starts_at=BEGAN - timedelta(days=5), ends_at=BEGAN + RUNS_FOR)
        self.match = Match.objects.create(
            campaign=campaign, sponsor="Larch", percent=150, cap=CAP, starts_at=campaign.starts_at
        )
        default = the_default_campaign()
        self.books = Books(campaign, default, campaign.ends_at, 150, CAP)
        self.staff = [Reader.objects.create(email=f"{n}@proof.example") for n in ("a", "b")]
        self.begun: list[tuple[Gift, Donation, uuid.UUID]] = []
        self.intents: dict[Gift, tuple[str, str]] = {}
        self.refunds: dict[Gift, list[tuple[str, int]]] = {}
        self.disputes: dict[Gift, tuple[str, int, str]] = {}
        self.cheques: dict[Gift, OfflineGift] = {}
        # Debits whose banks have not answered, by charge; charges that we know of.
        self.debits: dict[str, Gift] = {}
        self.charges: set[str] = set()
        # By subscription: its gifts, its customer; of these we have looked at the subscription.
        self.monthly: dict[str, list[Gift]] = {}
        self.customers: dict[str, str] = {}
        self.known: set[str] = set()
        self.told: set[str] = set()
        self.refusals = 3
        self._move(0)

    def teardown(self) -> None:
        try:
            self._everything_is_told_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # ------------------------------------------------------------------ readers

    @initialize(given=st.lists(st.tuples(amounts, donors), min_size=2, max_size=4))
    def some_have_given(self, given: list[tuple[int, str]]) -> None:
        for amount, email in given:
            self.a_reader_begins(amount, email)
            self.a_reader_pays(0)

    @rule(amount=amounts, email=donors)
    def a_reader_begins(
        self, amount: int, email: str, frequency: Frequency = Frequency.ONCE
    ) -> None:
        form = uuid.uuid4()
        least = self.books.campaign.minimum
        wish = GiftWish(max(amount, least), form=form, frequency=frequency)
        self._move(60)
        try:
            donation = start_donation(self.books.campaign, wish, self.now)
        except CampaignClosed:
            assert self.now >= self.books.ends_at
            return
        assert self.now < self.books.ends_at
        self.begun.append((Gift(donation.amount, email), donation, form))

    @rule(pick=picks)
    def the_form_is_sent_again(self, pick: int) -> None:
        open_ones = [
            each for each in self.begun if each[0] not in self.intents
            and self.now < self.books.ends_at
        ]  # fmt: skip
        if open_ones:
            gift, donation, form = open_ones[pick % len(open_ones)]
            often = Frequency(donation.frequency)
            wish = GiftWish(gift.amount, form=form, frequency=often)
            again = start_donation(self.books.campaign, wish, self.now)
            assert again.pk == donation.pk

    @rule(pick=picks)
    def a_reader_pays(self, pick: int) -> None:
        unpaid = [each for each in self.begun if each[0] not in self.intents]
        if not unpaid:
            return
        gift, donation, _form = unpaid[pick % len(unpaid)]
        donation.refresh_from_db()
        self._move(60)
        paid = self.stripe_is.control(
            "POST",
            f"checkout/{donation.checkout_session}/pay",
            {"email": gift.email, "name": "Ida Harrow"},
        )
        if paid.status_code == 409:
            # The page was open for more than a day.
            return
        assert paid.status_code == 200, paid.text
        told = paid.json()
        self._paid(gift, told["payment_intent"], told["charge"])
        self._remember_subscription(gift, donation)

    @rule(pick=picks, account=st.sampled_from([PAYS, BOUNCES]))
    def a_reader_pays_by_bank(self, pick: int, account: str) -> None:
        """Agreed to in a moment; the bank's answer comes days later."""
        unpaid = [
            each for each in self.begun
            if each[0] not in self.intents and each[1].frequency == Frequency.ONCE
        ]  # fmt: skip
        if not unpaid:
            return
        gift, donation, _form = unpaid[pick % len(unpaid)]
        donation.refresh_from_db()
        self._move(60)
        agreed = self.stripe_is.control(
            "POST",
            f"checkout/{donation.checkout_session}/pay_by_bank",
            {"account": account, "email": gift.email, "name": "Ida Harrow"},
        )
        if agreed.status_code == 409:
            return
        assert agreed.status_code == 200, agreed.text
        told = agreed.json()
        self.intents[gift] = (told["payment_intent"], told["charge"])
        gift.charged_at, gift.pending = self.now, True
        self.debits[told["charge"]] = gift
        self.charges.add(told["charge"])
        self.books.gifts.append(gift)

    @rule(amount=amounts, email=donors)
    def a_reader_gives_monthly(self, amount: int, email: str) -> None:
        """Paid at once, or its page stays open for another to pay."""
        begun = len(self.begun)
        self.a_reader_begins(amount, email, Frequency.MONTH)
        if len(self.begun) > begun:
            unpaid = [each for each in self.begun if each[0] not in self.intents]
            self.a_reader_pays(unpaid.index(self.begun[-1]))

    @rule(pick=picks)
    def a_donor_cancels(self, pick: int) -> None:
        going = [
            each for each in RecurringDonation.objects.filter(subscription__in=self.known)
            if each.state == "active"
        ]  # fmt: skip
        if going:
            ending = going[pick % len(going)]
            wish = recurring_changes.cancel(ending)
            recurring_changes.ask(ending, wish, key=uuid.uuid4(), by=self.staff[0])
            self._look_at_subscription(ending.subscription)

    @rule(pick=picks)
    def a_reader_comes_back(self, pick: int) -> None:
        if not self.begun:
            return
        gift, donation, _form = self.begun[pick % len(self.begun)]
        sync.look_at(donation.pk)
        self.books.look(gift)

    # ------------------------------------------------------------------ money that goes back

    @rule(pick=picks, part=st.integers(1, 100))
    def money_is_given_back(self, pick: int, part: int) -> None:
        able = [g for g in self._with_money() if g not in self.disputes]
        if able:
            gift = able[pick % len(able)]
            amount = max(1, gift.levels[-1] * part // 100)
            self._move(60)
            made = self.stripe_is.client.v1.refunds.create(
                params={"payment_intent": self.intents[gift][0], "amount": amount}
            )
            self.refunds.setdefault(gift, []).append((made.id, amount))
            self._now_left(gift)

    @rule(pick=picks)
    def a_bank_sends_a_refund_back(self, pick: int) -> None:
        able = [(g, r) for g, given in self.refunds.items() for r in given]
        if able:
            gift, given = able[pick % len(able)]
            self._move(60)
            self.stripe_is.control("POST", f"refunds/{given[0]}/fail").raise_for_status()
            self.refunds[gift].remove(given)
            self._now_left(gift)

    @rule(pick=picks, whole=st.booleans())
    def a_bank_takes_a_gift_back(self, pick: int, whole: bool) -> None:
        able = [g for g in self._with_money() if g not in self.disputes]
        if able:
            gift = able[pick % len(able)]
            amount = gift.amount if whole else gift.levels[-1]
            self._move(60)
            opened = self.stripe_is.control(
                "POST", f"charges/{self.intents[gift][1]}/dispute", {"amount": amount}
            )
            self.disputes[gift] = (opened.json()["id"], amount, "open")
            self._now_left(gift)

    @rule(pick=picks, won=st.booleans())
    def a_bank_decides(self, pick: int, won: bool) -> None:
        able = [g for g, (_id, _amount, state) in self.disputes.items() if state == "open"]
        if able:
            gift = able[pick % len(able)]
            dispute, amount, _state = self.disputes[gift]
            self._move(60)
            self.stripe_is.control(
                "POST", f"disputes/{dispute}/{'win' if won else 'lose'}"
            ).raise_for_status()
            self.disputes[gift] = (dispute, 0 if won else amount, "closed")
            if won:
                self._now_left(gift)

    @rule(pick=picks)
    def a_bank_takes_a_debit_back(self, pick: int) -> None:
        """One that had arrived, days later."""
        able = [
            g for c, g in self.debits.items()
            if g in self._with_money() and g not in self.disputes and g not in self.refunds
        ]  # fmt: skip
        if able:
            gift = able[pick % len(able)]
            self._move(60)
            self.stripe_is.control(
                "POST", f"debits/{self.intents[gift][1]}/return"
            ).raise_for_status()
            gift.bounced = True
            gift.levels.append(0)

    # ------------------------------------------------------------------ staff, time, news

    @rule(amount=amounts, email=donors)
    def a_cheque_comes(self, amount: int, email: str) -> None:
        campaign = self.books.campaign
        today = self.now.astimezone(campaign.zone).date()
        entered = offline.enter(
            OfflineGift(
                campaign=campaign, amount=amount, method="cheque", received_on=today, email=email
            ),
            by=self.staff[0],
            today=today,
        )
        gift = Gift(amount, email, [amount], offline.received_at(entered))
        self.cheques[gift] = entered
        self.books.gifts.append(gift)
        self.books.look(gift)

    @rule(pick=picks)
    def a_cheque_bounces(self, pick: int) -> None:
        good = [gift for gift in self.cheques if gift.levels[-1]]
        if good:
            gift = good[pick % len(good)]
            offline.undo(self.cheques[gift], by=self.staff[1], reason="Bounced", moment=self.now)
            gift.levels.append(0)
            self.books.look(gift)

    @rule(hours=st.sampled_from([1, 5, 20, 30]))
    def time_passes(self, hours: int) -> None:
        self._move(hours * 3600)

    @rule(days=st.sampled_from([6, 32]))
    def weeks_pass(self, days: int) -> None:
        """Where somebody waits for it: banks answer, monthly gifts are taken again."""
        if self.monthly or any(gift.pending for gift in self.debits.values()):
            self._move(days * 86_400)

    @rule(pick=picks, copies=st.integers(1, 3))
    def an_event_comes(self, pick: int, copies: int) -> None:
        """Any that did not come yet, the newest as soon as the oldest, and perhaps again."""
        waiting = [event for event in self._events() if event["id"] not in self.told]
        if waiting:
            event = waiting[pick % len(waiting)]
            for _copy in range(copies):
                self._tell(event)

    @rule(pick=picks)
    def an_old_event_comes_again(self, pick: int) -> None:
        old = [event for event in self._events() if event["id"] in self.told]
        if old:
            self._tell(old[pick % len(old)])

    @rule(pick=picks)
    def an_event_is_lost(self, pick: int) -> None:
        waiting = [event for event in self._events() if event["id"] not in self.told]
        if waiting:
            self.told.add(waiting[pick % len(waiting)]["id"])

    @rule()
    def the_books_are_compared(self) -> None:
        newest = LedgerEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        assert reconcile().differences == []
        # In the order in which it came upon them: so the match was given.
        fresh = LedgerEntry.objects.filter(id__gt=newest, payment__isnull=False)
        order = fresh.values("payment__stripe_id").annotate(first=Min("id")).order_by("first")
        gifts = {intent: gift for gift, (intent, _charge) in self.intents.items()}
        for row in order:
            self.books.look(gifts[row["payment__stripe_id"]])
        for subscription in self.monthly:
            self._look_at_subscription(subscription)

    @rule(refused=st.booleans())
    def mails_go_out(self, refused: bool) -> None:
        if refused and self.refusals:
            self.refusals -= 1
            self.server.refusals.append(("DATA", "451 Come back later"))
        self._send()
        self.server.refusals.clear()

    # ------------------------------------------------------------------ what must be so

    @invariant()
    def the_books_show_what_the_reference_shows(self) -> None:
        for campaign in (self.books.campaign, self.books.default):
            kept = CampaignTotal.objects.filter(campaign=campaign).first() or CampaignTotal()
            shown = self.books.shows(campaign)
            assert {name: getattr(kept, name) for name in shown} == shown
        self.match.refresh_from_db()
        assert self.match.room == self.books.room

    @invariant()
    def each_gift_counts_for_what_is_left_of_it(self) -> None:
        own = Sum("amount", filter=~Q(kind="match"), default=0)
        rows = LedgerEntry.objects.order_by().values("charge_id").annotate(net=own)
        net = {row["charge_id"]: row["net"] for row in rows}
        for gift in self.books.gifts:
            charge = (
                f"offline:{self.cheques[gift].pk}"
                if gift in self.cheques
                else self.intents[gift][1]
            )
            assert net.get(charge, 0) == gift.net

    @invariant()
    def each_gift_we_know_has_one_receipt(self) -> None:
        owed = OutboxMail.objects.filter(kind="receipt").values_list("dedupe_key", flat=True)
        wanted = [f"receipt:{i}" for g, (i, _charge) in self.intents.items() if g.thanked]
        assert sorted(owed) == sorted(wanted)
        owed = OutboxMail.objects.filter(kind="debit_failed").values_list("dedupe_key", flat=True)
        wanted = [f"debit_failed:{i}" for g, (i, _charge) in self.intents.items() if g.told_bounced]
        assert sorted(owed) == sorted(wanted)
        assert len(set(self.server.message_ids)) == len(self.server.taken)

    # ------------------------------------------------------------------ beneath

    def _everything_is_told_in_the_end(self) -> None:
        for event in self._events():
            self._tell(event)
        self.the_books_are_compared()
        self.the_books_show_what_the_reference_shows()
        self.each_gift_counts_for_what_is_left_of_it()
        self._send()
        self.each_gift_we_know_has_one_receipt()
        assert not OutboxMail.objects.filter(kind="receipt").exclude(state=MailState.SENT).exists()
        assert all(gift.seen == len(gift.levels) for gift in self.books.gifts)
        assert list(ledger.recount()) == []
        assert reconcile().differences == []

    def _move(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        moment = int(self.now.timestamp())
        self.stripe_is.control("POST", "clock", {"now": moment}).raise_for_status()
        if any(gift.pending for gift in self.debits.values()) or self.monthly:
            self._what_time_brought()

    def _what_time_brought(self) -> None:
        """Answers of banks, and renewals, as Stripe has them: the oldest first."""
        listed = self.stripe_is.client.v1.charges.list(params={"limit": 100})
        for charge in reversed([each.to_dict() for each in listed.auto_paging_iter()]):
            waiting = self.debits.get(charge["id"])
            if waiting and waiting.pending and charge["status"] != "pending":
                waiting.pending, waiting.bounced = False, charge["status"] == "failed"
                if not waiting.bounced:
                    waiting.levels.append(waiting.amount)
            elif charge["id"] not in self.charges:
                (gifts,) = [
                    gifts for subscription, gifts in self.monthly.items()
                    if self.customers[subscription] == charge["customer"]
                ]  # fmt: skip
                renewal = Gift(charge["amount"], gifts[0].email)
                gifts.append(renewal)
                taken_at = datetime.fromtimestamp(charge["created"], UTC)
                self._paid(renewal, charge["payment_intent"], charge["id"], taken_at)

    def _paid(self, gift: Gift, intent: str, charge: str, moment: datetime | None = None) -> None:
        self.intents[gift] = (intent, charge)
        self.charges.add(charge)
        gift.charged_at = moment or self.now
        gift.levels.append(gift.amount)
        self.books.gifts.append(gift)

    def _remember_subscription(self, gift: Gift, donation: Donation) -> None:
        if donation.frequency == Frequency.ONCE:
            return
        session = self.stripe_is.client.v1.checkout.sessions.retrieve(
            str(donation.checkout_session)
        ).to_dict()
        self.monthly[session["subscription"]] = [gift]
        self.customers[session["subscription"]] = session["customer"]

    def _with_money(self) -> list[Gift]:
        return [gift for gift in self.intents if gift.levels and gift.levels[-1] > 0]

    def _look_at_subscription(self, subscription: str) -> None:
        """With it at those of its payments that we have not seen."""
        self.known.add(subscription)
        for gift in self.monthly[subscription]:
            if not gift.seen:
                self.books.look(gift)

    def _now_left(self, gift: Gift) -> None:
        back = sum(amount for _id, amount in self.refunds.get(gift, []))
        taken = self.disputes[gift][1] if gift in self.disputes else 0
        gift.levels.append(max(0, gift.amount - back - taken))

    def _events(self) -> list[dict]:
        listed = self.stripe_is.client.v1.events.list(params={"limit": 100})
        return [event.to_dict() for event in listed.auto_paging_iter()]

    def _tell(self, event: dict) -> None:
        self.told.add(event["id"])
        body = json.dumps(event, default=str).encode()
        signed = signature_header(body, site.STRIPE_WEBHOOK_SECRETS, int(time.time()))
        before = InboxEvent.objects.count()
        accepted = inbox.accept_event(body, signed)
        assert InboxEvent.objects.count() == before + accepted.new
        while inbox.work_off():
            pass
        assert not InboxEvent.objects.filter(processed_at=None).exists()
        if accepted.new:
            self._heard(event)

    def _heard(self, event: dict) -> None:
        """Whatever an event says, we looked at its payment, unless we never ask for its kind."""
        about = inbox.object_to_look_at(event) if event["type"] in inbox.EVENTS else ""
        if about.startswith("cs_"):
            about = next(
                (self.intents[g][0] for g, d, _f in self.begun
                 if g in self.intents and d.checkout_session == about), ""
            )  # fmt: skip
        for gift, (intent, _charge) in self.intents.items():
            if intent == about:
                self.books.look(gift)
        for subscription, customer in self.customers.items():
            if about == subscription or (about == customer and subscription in self.known):
                self._look_at_subscription(subscription)

    def _send(self) -> None:
        self.mail_clock += timedelta(days=2)
        for pk in list(outbox.due(self.mail_clock).values_list("pk", flat=True)):
            outbox.deliver(pk, self.mail_clock)


def test_any_sequence_of_gifts_and_troubles_leaves_the_books_as_the_reference_has_them(
    stripe_is: Running, server: MailServer, request: pytest.FixtureRequest
) -> None:
    machine = type("GivingHere", (Giving,), {"stripe_is": stripe_is, "server": server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=MOST,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A sequence is found in seconds and shrunk in minutes: that is left to who asks for
            # many of them.
            phases=list(Phase) if MOST > USUAL else [Phase.generate],
        ),
    )
