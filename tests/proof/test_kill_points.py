"""A worker dies after each single step of its work, and whoever takes it up ends it right."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from campaigns import inbox, ledger
from campaigns.giving import GiftWish, start_donation
from campaigns.models import (
    Campaign,
    Donation,
    InboxEvent,
    LedgerEntry,
    Match,
    Payment,
)
from campaigns.reconcile import reconcile
from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from tests.campaigns_made import a_campaign
from tests.mail.servers import MailServer
from tests.proof.dying import die_after
from tests.sandbox.running import Running

pytestmark = pytest.mark.django_db(transaction=True)


def a_paid_gift(stripe_is: Running) -> tuple[Donation, str]:
    """A gift of 25.00 to a campaign whose sponsor adds half of each, just paid."""
    campaign = a_campaign()
    Match.objects.create(
        campaign=campaign, sponsor="Larch", percent=50, cap=10_000, starts_at=campaign.starts_at
    )
    donation = start_donation(campaign, GiftWish(2500, form=uuid.uuid4()), timezone.now())
    email = f"{uuid.uuid4().hex[:8]}@example.org"
    paid = stripe_is.control(
        "POST",
        f"checkout/{donation.checkout_session}/pay",
        {"email": email, "name": "Ida Harrow"},
    )
    return donation, str(paid.json()["payment_intent"])


def tell(payment_intent: str) -> None:
    """An event that says: look at it."""
    InboxEvent.objects.create(
        stripe_id=f"evt_{uuid.uuid4().hex}",
        type="payment_intent.succeeded",
        object_id=payment_intent,
        payload={},
        created_at=timezone.now(),
    )


def lease_is_over() -> None:
    """The lease of what a dead worker held runs out."""
    InboxEvent.objects.filter(processed_at=None).update(next_attempt_at=timezone.now())


def entries(campaign: Campaign) -> list[tuple[str, int]]:
    found = LedgerEntry.objects.filter(campaign=campaign).order_by("id")
    return list(found.values_list("kind", "amount"))


def it_ended_right(donation: Donation, state: str, booked: list[tuple[str, int]]) -> None:
    donation.refresh_from_db()
    assert entries(donation.campaign) == booked
    assert list(ledger.recount()) == []
    payment = Payment.objects.get(donation=donation)
    assert payment.state == state
    receipts = OutboxMail.objects.filter(dedupe_key=f"receipt:{payment.stripe_id}")
    assert receipts.count() == 1
    assert not InboxEvent.objects.filter(processed_at=None).exists()


def kill_at_each_step(begin: Callable[[], Callable[[], None]]) -> list[str]:
    """`begin` makes the world anew and gives what must be right after the retry."""
    killed_after = []
    for steps in count(1):
        look = begin()
        died_after = die_after(steps, inbox.work_off)
        lease_is_over()
        while inbox.work_off():
            pass
        try:
            look()
        except AssertionError as wrong:
            raise AssertionError(f"after step {steps}: {died_after}") from wrong
        if died_after is None:
            return killed_after
        killed_after.append(died_after)
    raise AssertionError("unreachable")


def each_kind_was_among(killed_after: list[str]) -> None:
    joined = "\n".join(killed_after)
    for step in ("SQL INSERT INTO", "COMMIT", "/v1/charges", "pg_advisory_unlock"):
        assert step in joined, step


def test_a_gift_and_its_refund_are_booked_once_wherever_the_worker_died(
    stripe_is: Running,
) -> None:
    def begin() -> Callable[[], None]:
        donation, payment_intent = a_paid_gift(stripe_is)
        stripe_is.client.v1.refunds.create(
            params={"payment_intent": payment_intent, "amount": 1000}
        )
        tell(payment_intent)
        booked = [("charge", 2500), ("match", 1250), ("refund", -1000), ("match", -500)]
        return lambda: it_ended_right(donation, "partly_refunded", booked)

    each_kind_was_among(kill_at_each_step(begin))
    assert not reconcile().differences


def test_a_dispute_of_a_known_gift_is_booked_once_wherever_the_worker_died(
    stripe_is: Running,
) -> None:
    def begin() -> Callable[[], None]:
        donation, payment_intent = a_paid_gift(stripe_is)
        tell(payment_intent)
        inbox.work_off()
        charge = LedgerEntry.objects.get(donation=donation, kind="charge").charge_id
        stripe_is.control("POST", f"charges/{charge}/dispute").raise_for_status()
        tell(payment_intent)
        booked = [("charge", 2500), ("match", 1250), ("dispute", -2500), ("match", -1250)]
        return lambda: it_ended_right(donation, "disputed", booked)

    each_kind_was_among(kill_at_each_step(begin))
    assert not reconcile().differences


def test_a_mail_is_sent_wherever_the_worker_died_and_twice_only_when_the_server_had_it(
    server: MailServer,
) -> None:
    taken_twice = []
    for steps in count(1):
        server.taken.clear()
        mail = outbox.owe(
            "comment approved",
            f"comment-approved:{uuid.uuid4()}",
            "reader@example.org",
            "comment_approved",
            {"headline": "A", "text": "B", "comment_url": "http://localhost:8000/#c"},
        )
        assert mail is not None
        now = timezone.now() + timedelta(seconds=1)
        died_after = die_after(steps, lambda pk=mail.pk, now=now: outbox.deliver(pk, now))
        had_it = len(server.taken)
        mail.refresh_from_db()
        was_marked = mail.state == MailState.SENT
        outbox.deliver(mail.pk, now + outbox.LEASE + timedelta(seconds=1))
        mail.refresh_from_db()
        told = f"after step {steps}: {died_after}"
        assert mail.state == MailState.SENT, told
        assert len(server.taken) == (had_it if was_marked else had_it + 1), told
        assert len(set(server.message_ids)) == 1, told
        taken_twice += [died_after] * (len(server.taken) - 1)
        if died_after is None:
            break
    # After its answer to DATA and to QUIT, before we had written that down: nowhere else.
    assert taken_twice == ["SMTP reply"] * 2
