"""A donor reads in plain words what happened to a gift."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from campaigns import ledger
from campaigns.history import What, histories, history_of
from campaigns.models import EntryKind, FraudWarning, Payment, PaymentState
from tests.campaigns_made import a_campaign
from tests.money.test_ledger import a_donation, an_entry

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)


def moved(donation, amount: int, kind: EntryKind, days: int):
    at = JUNE + timedelta(days=days)
    return an_entry(donation.campaign, amount, kind=kind, donation=donation, at=at)


def a_debit(donation, state: PaymentState) -> Payment:
    return Payment.objects.create(
        stripe_id=f"pi_{donation.pk}",
        donation=donation,
        amount=2500,
        currency="cad",
        state=state,
        method="acss_debit",
        created_at=JUNE - timedelta(days=5),
        synced_at=JUNE,
    )


def said(donation) -> str:
    return render_to_string("campaigns/history.html", {"history": history_of(donation)})


def test_refunds_in_parts_one_that_failed_and_a_dispute_are_each_a_line() -> None:
    gift = a_donation(a_campaign())
    ledger.append([moved(gift, 2500, EntryKind.CHARGE, 0)])
    ledger.append([moved(gift, -500, EntryKind.REFUND, 1)])
    ledger.append([moved(gift, -300, EntryKind.REFUND, 2)])
    ledger.append([moved(gift, 300, EntryKind.REFUND_FAILURE, 3)])
    ledger.append([moved(gift, -2000, EntryKind.DISPUTE, 4)])
    ledger.append([moved(gift, 2000, EntryKind.DISPUTE_REVERSAL, 5)])
    assert [(line.what, line.money.amount) for line in history_of(gift)] == [
        (What.ARRIVED, 2500),
        (What.GIVEN_BACK, 500),
        (What.GIVEN_BACK, 300),
        (What.NOT_TAKEN_BACK, 300),
        (What.DISPUTED, 2000),
        (What.DISPUTE_ENDED, 2000),
    ]
    words = said(gift)
    for sentence in (
        "$25 arrived.",
        "$5 was given back to you.",
        "Your bank could not take $3 back, so it is with us again.",
        "$20 was disputed at your bank and went back to you.",
        "The dispute ended: $20 came back to us.",
    ):
        assert sentence in words


def test_a_debit_is_told_from_its_beginning_to_its_end() -> None:
    campaign = a_campaign()
    waits, never, back = (a_donation(campaign) for _ in range(3))
    a_debit(waits, PaymentState.PROCESSING)
    a_debit(never, PaymentState.FAILED)
    a_debit(back, PaymentState.FAILED)
    ledger.append([moved(back, 2500, EntryKind.CHARGE, 0)])
    ledger.append([moved(back, -2500, EntryKind.CHARGE_FAILURE, 9)])
    told = histories([waits, never, back])
    assert [line.what for line in told[waits.pk]] == [What.ON_ITS_WAY]
    assert [line.what for line in told[never.pk]] == [What.ON_ITS_WAY, What.NOT_SENT]
    assert [line.what for line in told[back.pk]] == [
        What.ON_ITS_WAY,
        What.ARRIVED,
        What.RETURNED,
    ]
    assert "Your bank did not send $25; nothing was taken." in said(never)
    assert "Your bank took $25 back." in said(back)


def test_a_warning_of_fraud_is_told_too_and_who_gave_twice_reads_each_gift_s_own() -> None:
    campaign = a_campaign()
    warned, other = a_donation(campaign), a_donation(campaign)
    payment = a_debit(warned, PaymentState.RECEIVED)
    Payment.objects.filter(pk=payment.pk).update(method="card")
    FraudWarning.objects.create(
        stripe_id="issfr_1", payment=payment, fraud_type="misc", created_at=JUNE
    )
    assert [line.what for line in history_of(warned)] == [What.WARNED]
    assert history_of(other) == []
    assert said(other).strip() == ""


def test_many_gifts_take_no_more_queries_than_one(django_assert_num_queries) -> None:
    gifts = [a_donation(a_campaign()) for _ in range(5)]
    for gift in gifts:
        ledger.append([moved(gift, 2500, EntryKind.CHARGE, 0)])
    with django_assert_num_queries(3):
        assert len(histories(gifts)) == 5
