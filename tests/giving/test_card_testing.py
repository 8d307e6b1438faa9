"""Who tries out cards works for each try; who gives is never turned away."""

import base64
import json
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaigns import gateway, tries
from campaigns.defence import MOST_DOUBLINGS, Seen, doublings, refuses_small
from campaigns.models import Campaign, Donation, GiveHour
from newsroom.edge import rates
from newsroom.edge.proof import challenge, proved
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.giving import proving

OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}


# ------------------------------------------------------------------ the rule


def test_a_few_gifts_from_one_address_are_asked_for_nothing() -> None:
    assert [doublings(Seen(tries=n)) for n in range(1, 6)] == [None] * 5


def test_each_further_try_and_each_decline_doubles_the_work_up_to_some_seconds() -> None:
    assert [doublings(Seen(tries=n)) for n in (6, 7, 8)] == [1, 2, 3]
    assert doublings(Seen(tries=1, declines=2)) == 2
    assert doublings(Seen(tries=500, declines=90)) == MOST_DOUBLINGS


def test_in_an_attack_everybody_works_a_little_and_small_gifts_are_refused() -> None:
    quiet, attack = Seen(tries_of_all=20), Seen(tries_of_all=21)
    assert (doublings(quiet), doublings(attack)) == (None, 0)
    assert refuses_small(attack, 999, 1000)
    assert not refuses_small(attack, 1000, 1000)
    assert not refuses_small(quiet, 100, 1000)


def test_a_busy_day_of_a_large_newsroom_is_no_attack() -> None:
    assert not Seen(tries_of_all=150, declines_of_all=40, usual=100).attack
    assert Seen(tries_of_all=30, declines_of_all=8).attack


@given(tries_=st.integers(1, 50), more=st.integers(0, 50), declines=st.integers(0, 50))
def test_more_tries_never_ask_for_less_work(tries_: int, more: int, declines: int) -> None:
    less = doublings(Seen(tries=tries_, declines=declines))
    assert (doublings(Seen(tries=tries_ + more, declines=declines)) or 0) >= (less or 0)


# ------------------------------------------------------------------ the proof


def test_a_proof_is_good_once_for_whom_and_what_it_was_made() -> None:
    made = {k.lower(): str(v) for k, v in challenge("give", "192.0.2.1", 50).items()}
    sent = proving.solve({**made, "most": made["maxnumber"]})
    assert sent is not None
    assert not proved(sent, "give", "192.0.2.2")
    assert not proved(sent, "comment", "192.0.2.1")
    assert proved(sent, "give", "192.0.2.1")
    assert not proved(sent, "give", "192.0.2.1")


def test_a_proof_written_in_another_way_is_the_same_proof() -> None:
    made = {k.lower(): str(v) for k, v in challenge("give", "192.0.2.1", 50).items()}
    sent = proving.solve({**made, "most": made["maxnumber"]})
    assert sent is not None
    again = json.loads(base64.b64decode(sent)) | {"took": 7}
    rewritten = base64.b64encode(json.dumps(again, indent=1).encode()).decode()
    assert rewritten != sent
    assert proved(sent, "give", "192.0.2.1")
    assert not proved(rewritten, "give", "192.0.2.1")


@pytest.mark.parametrize("sent", ["", "x", "bm8=", "W10=", "bnVsbA==", "eyJhIjoxfQ==", "é" * 90])
def test_what_is_no_proof_is_refused_without_an_error(sent: str) -> None:
    assert not proved(sent, "give", "192.0.2.1")


def test_a_proof_with_another_salt_is_refused() -> None:
    made = {k.lower(): str(v) for k, v in challenge("give", "192.0.2.1", 50).items()}
    forged = {**made, "most": "50", "salt": made["salt"].replace("expires=", "expires=9")}
    sent = proving.solve({**forged, "challenge": made["challenge"]})
    assert sent is None or not proved(sent, "give", "192.0.2.1")


# ------------------------------------------------------------------ the form


@pytest.fixture
def campaign(db: None, settings: Settings) -> Campaign:
    settings.GIVE_FREE_TRIES = 0
    settings.GIVE_WORK = 20
    cache.clear()
    return a_campaign(minimum=200)


def send(campaign: Campaign, address: str = "192.0.2.7", **fields: str):
    return Client(REMOTE_ADDR=address).post(
        f"/give/{campaign.slug}/start/", {"amount": "2500", **fields}, **OURS
    )


def test_who_is_asked_for_work_keeps_what_was_typed(campaign: Campaign) -> None:
    form = str(uuid.uuid4())
    answer = send(campaign, message="Keep <going>", public_name="Ida", form=form)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert answer["Cache-Control"].startswith("private") or "no-store" in answer["Cache-Control"]
    kept = proving.fields(page)
    assert (kept["message"], kept["public_name"], kept["form"]) == ("Keep <going>", "Ida", form)
    assert not Donation.objects.exists()


def test_bad_input_is_answered_before_any_work_is_asked(campaign: Campaign) -> None:
    assert send(campaign, amount="own", own_amount="0").status_code == 422


def test_a_link_by_mail_lets_through_once_without_script(campaign: Campaign) -> None:
    page = send(campaign, message="Keep going").content.decode()
    asked = Client(REMOTE_ADDR="192.0.2.7").post(
        f"/give/{campaign.slug}/by-mail/",
        {**proving.fields(page), "email": "ida@example.org"},
        **OURS,
    )
    assert asked.status_code == 200
    assert "ida@example.org" in asked.content.decode()
    owed = OutboxMail.objects.get()
    assert owed.to == "ida@example.org"
    link = re.search(r"http\S+/by-mail/\S+", owed.text)
    assert link
    path = "/" + link.group().split("/", 3)[3]
    opened = Client().get(path)
    assert opened.status_code == 200
    assert not mail.outbox
    fields = proving.fields(opened.content.decode())
    assert fields["message"] == "Keep going"
    # Stripe is not there: a 503 is past the work that was asked for.
    assert send(campaign, **fields).status_code == 503
    assert send(campaign, **fields).status_code == 429, "a link is good once"
    assert Client().get(path[:-3] + "/").status_code == 410


@pytest.mark.parametrize(
    "email",
    ["", "no", "a@b@c", "x" * 400 + "@example.org", "a@b.c\nBcc: d@e.f"],
)
def test_a_bad_address_is_answered_beside_its_field(campaign: Campaign, email: str) -> None:
    answer = Client().post(
        f"/give/{campaign.slug}/by-mail/", {"amount": "2500", "email": email}, **OURS
    )
    assert answer.status_code == 429
    assert 'id="email-error"' in answer.content.decode()
    assert not OutboxMail.objects.exists()


def test_a_mailbox_gets_a_few_links_and_no_more(campaign: Campaign) -> None:
    sent = [
        Client()
        .post(f"/give/{campaign.slug}/by-mail/", {"email": "ida@example.org", "n": str(n)}, **OURS)
        .status_code
        for n in range(5)
    ]
    assert sent == [200, 200, 200, 429, 429]
    assert OutboxMail.objects.count() == 3


def test_a_form_of_another_site_sends_no_mail(campaign: Campaign) -> None:
    answer = Client().post(
        f"/give/{campaign.slug}/by-mail/",
        {"email": "ida@example.org"},
        HTTP_ORIGIN="https://elsewhere.example",
    )
    assert answer.status_code == 403
    assert not OutboxMail.objects.exists()


def test_small_gifts_are_refused_beside_the_field_while_an_attack_lasts(
    campaign: Campaign, settings: Settings
) -> None:
    settings.ATTACK_MINIMUM = 1000
    for each in range(21):
        send(campaign, address=f"192.0.2.{each}")
    answer = send(campaign, amount="own", own_amount="5", address="198.51.100.1")
    assert answer.status_code == 422
    assert "the smallest donation is $10" in answer.content.decode()


# ------------------------------------------------------------------ declines


def declined(*charges: str, fingerprint: str = "", email: str = "") -> gateway.PaymentFacts:
    now = datetime.now(UTC)
    made = tuple(
        gateway.Charge(
            id=charge,
            amount=2500,
            currency="cad",
            status="failed",
            created=now,
            method="card",
            email=email,
            name="",
            transaction=None,
            fingerprint=fingerprint,
        )
        for charge in charges
    )
    return gateway.PaymentFacts("pi_1", 2500, "cad", "requires_payment_method", now, {}, made)


def a_donation(campaign: Campaign) -> Donation:
    return Donation.objects.create(
        campaign=campaign,
        attempt=uuid.uuid4(),
        amount=2500,
        currency="cad",
        started_at=timezone.now(),
    )


def test_a_decline_counts_once_against_the_address_it_came_from(campaign: Campaign) -> None:
    gift = a_donation(campaign)
    tries.remember(gift, "192.0.2.9")
    for _again in range(3):
        tries.close_after_declines(declined("ch_a", "ch_b"), gift)
    assert tries.seen_now("192.0.2.9").declines == 2
    assert tries.seen_now("192.0.2.10").declines == 0


def test_renewals_and_bank_debits_that_fail_together_are_no_attack(campaign: Campaign) -> None:
    gift, cards = a_donation(campaign), declined(*(f"ch_{n}" for n in range(20)))
    renewal = gateway.Invoice(
        id="in_1",
        subscription="sub_1",
        notes={},
        first=False,
        amount=2500,
        currency="cad",
        status="open",
        created=timezone.now(),
        tries=1,
        next_try_at=None,
    )
    tries.close_after_declines(replace(cards, invoice=renewal), gift)
    debits = tuple(replace(charge, method="acss_debit") for charge in cards.charges)
    tries.close_after_declines(replace(cards, charges=debits), gift)
    assert not tries.seen_by_all().attack
    tries.close_after_declines(replace(cards, invoice=replace(renewal, first=True)), gift)
    assert tries.seen_by_all().attack


# ------------------------------------------------------------------ hour by hour


def test_staff_see_each_hour_and_a_lost_redis_lowers_nothing(campaign: Campaign) -> None:
    send(campaign)
    send(campaign)
    tries.write_down(timezone.now())
    row = GiveHour.objects.get()
    assert (row.tries, row.asked, row.opened) == (2, 2, 0)
    cache.clear()
    send(campaign)
    tries.write_down(timezone.now())
    row.refresh_from_db()
    assert row.tries == 2


def test_what_is_usual_is_learnt_from_the_last_weeks(campaign: Campaign) -> None:
    now = timezone.now()
    assert tries.learn_usual(now) == 10
    hour = now.replace(minute=0, second=0, microsecond=0)
    GiveHour.objects.create(campaign=campaign, hour=hour - timedelta(days=9), opened=240)
    GiveHour.objects.create(campaign=campaign, hour=hour - timedelta(days=60), opened=9000)
    assert tries.learn_usual(now) == 120
    tries.write_down(now)
    assert tries.usual() == 120


def test_nobody_is_held_back_when_redis_is_away(campaign: Campaign, settings: Settings) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    forget_redis()
    try:
        assert send(campaign).status_code == 503, "Stripe is not there: past the work"
    finally:
        forget_redis()


def forget_redis() -> None:
    """The limits look at the settings anew."""
    rates._storage.cache_clear()
    rates._counter.cache_clear()
