"""A bank takes money back, only asks, gives it back, or keeps it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from .running import Running


def _disputed(sandbox: Running, **asked: Any) -> stripe.Dispute:
    intent = sandbox.paid_intent()
    answer = sandbox.control("POST", f"charges/{intent.latest_charge}/dispute", asked)
    assert answer.status_code == 200, answer.text
    return sandbox.client.v1.disputes.retrieve(answer.json()["id"])


def _act(sandbox: Running, dispute: stripe.Dispute, act: str) -> int:
    return sandbox.control("POST", f"disputes/{dispute.id}/{act}").status_code


def _now(sandbox: Running, dispute: stripe.Dispute) -> stripe.Dispute:
    return sandbox.client.v1.disputes.retrieve(dispute.id)


def _movements(sandbox: Running) -> list[tuple[str, str, int, int]]:
    listed = sandbox.client.v1.balance_transactions.list(params={"limit": 100}).data
    return [(m.type, m.reporting_category, m.amount, m.fee) for m in listed][::-1][1:]


def _events(sandbox: Running) -> list[str]:
    listed = sandbox.client.v1.events.list(params={"limit": 100}).data
    return [e.type for e in listed if e.type.startswith("charge.dispute.")][::-1]


def test_a_dispute_takes_the_money_and_a_fee_until_it_is_won(sandbox: Running) -> None:
    dispute = _disputed(sandbox)
    assert (dispute.amount, dispute.status, dispute.reason) == (
        2500,
        "needs_response",
        "fraudulent",
    )
    assert sandbox.client.v1.charges.retrieve(str(dispute.charge)).disputed
    assert _movements(sandbox) == [("adjustment", "dispute", -2500, 1500)]
    assert _act(sandbox, dispute, "respond") == 200
    assert _now(sandbox, dispute).status == "under_review"
    assert _act(sandbox, dispute, "win") == 200
    won = _now(sandbox, dispute)
    assert won.status == "won"
    assert [m.reporting_category for m in won.balance_transactions] == [
        "dispute",
        "dispute_reversal",
    ]
    assert _movements(sandbox)[1:] == [("adjustment", "dispute_reversal", 2500, 0)]
    assert _events(sandbox) == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_a_lost_dispute_moves_no_more_money_and_is_decided_once(sandbox: Running) -> None:
    dispute = _disputed(sandbox, amount=1000, reason="duplicate")
    assert _act(sandbox, dispute, "lose") == 200
    assert _now(sandbox, dispute).status == "lost"
    assert _movements(sandbox) == [("adjustment", "dispute", -1000, 1500)]
    for act in ("win", "lose", "respond", "escalate"):
        assert _act(sandbox, dispute, act) == 400
    assert _now(sandbox, dispute).status == "lost"


def test_an_inquiry_moves_no_money_unless_it_becomes_a_dispute(sandbox: Running) -> None:
    asked = _disputed(sandbox, inquiry=True)
    assert (asked.status, asked.is_charge_refundable) == ("warning_needs_response", True)
    assert _act(sandbox, asked, "lose") == 200
    assert _now(sandbox, asked).status == "warning_closed"
    assert _movements(sandbox) == []
    grown = _disputed(sandbox, inquiry=True)
    assert _act(sandbox, grown, "escalate") == 200
    assert _now(sandbox, grown).status == "needs_response"
    assert _movements(sandbox)[-1] == ("adjustment", "dispute", -2500, 1500)


def test_a_charge_a_bank_took_back_is_not_refunded_as_well(sandbox: Running) -> None:
    dispute = _disputed(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.refunds.create(params={"charge": str(dispute.charge)})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize("asked", [{"amount": 0}, {"amount": 2501}, {"reason": "dislike"}])
def test_a_dispute_that_makes_no_sense_is_refused(sandbox: Running, asked: dict[str, Any]) -> None:
    intent = sandbox.paid_intent()
    answer = sandbox.control("POST", f"charges/{intent.latest_charge}/dispute", asked)
    assert answer.status_code == 400
    assert sandbox.client.v1.disputes.list().data == []


def test_a_charge_is_disputed_once_and_only_when_it_was_booked(sandbox: Running) -> None:
    dispute = _disputed(sandbox)
    assert sandbox.control("POST", f"charges/{dispute.charge}/dispute").status_code == 400
    with pytest.raises(stripe.CardError):
        sandbox.paid_intent(payment_method="pm_card_chargeDeclined")
    failed = sandbox.client.v1.charges.list(params={"limit": 1}).data[0]
    assert sandbox.control("POST", f"charges/{failed.id}/dispute").status_code == 400


def test_the_card_that_is_disputed_does_so_by_itself_at_checkout(sandbox: Running) -> None:
    session = sandbox.new_session()
    assert sandbox.pay(session, card="4000000000000259").status_code == 200
    (dispute,) = sandbox.client.v1.disputes.list().data
    paid = sandbox.client.v1.checkout.sessions.retrieve(session.id)
    assert dispute.payment_intent == paid.payment_intent
    assert dispute.status == "needs_response"
