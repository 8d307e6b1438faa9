"""Money goes back: all, part, several times, too much, and when a bank returns it."""

from __future__ import annotations

import pytest
import stripe

from .running import Running, wait_until


def _charge(sandbox: Running, intent: stripe.PaymentIntent) -> stripe.Charge:
    return sandbox.client.v1.charges.retrieve(str(intent.latest_charge))


def _movements(sandbox: Running) -> list[tuple[str, int, int, int]]:
    listed = sandbox.client.v1.balance_transactions.list(params={"limit": 100}).data
    return [(m.reporting_category, m.amount, m.fee, m.net) for m in listed][::-1]


def test_parts_of_a_charge_are_refunded_until_nothing_is_left(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    refunds = sandbox.client.v1.refunds
    first = refunds.create(
        params={"charge": str(intent.latest_charge), "amount": 1000, "metadata": {"why": "x"}}
    )
    assert (first.amount, first.status, first.payment_intent) == (1000, "succeeded", intent.id)
    charge = _charge(sandbox, intent)
    assert (charge.amount_refunded, charge.refunded, charge.status) == (1000, False, "succeeded")
    second = refunds.create(params={"payment_intent": intent.id})
    assert second.amount == 1500
    charge = _charge(sandbox, intent)
    assert (charge.amount_refunded, charge.refunded) == (2500, True)
    assert _movements(sandbox) == [
        ("charge", 2500, 103, 2397),
        ("refund", -1000, 0, -1000),
        ("refund", -1500, 0, -1500),
    ]
    listed = refunds.list(params={"charge": charge.id}).data
    assert [refund.id for refund in listed] == [second.id, first.id]
    assert listed[1].to_dict()["metadata"] == {"why": "x"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refunds.create(params={"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"


def test_more_than_is_left_is_never_refunded(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 2000})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 501})
    assert refused.value.param == "amount"
    assert _charge(sandbox, intent).amount_refunded == 2000


def test_a_failed_charge_has_nothing_to_refund(sandbox: Running) -> None:
    with pytest.raises(stripe.CardError):
        sandbox.paid_intent(payment_method="pm_card_chargeDeclined")
    (charge,) = sandbox.client.v1.charges.list().data
    for params in ({"charge": charge.id}, {"payment_intent": str(charge.payment_intent)}, {}):
        with pytest.raises(stripe.InvalidRequestError):
            sandbox.client.v1.refunds.create(params=params)  # type: ignore[arg-type]
    assert sandbox.client.v1.refunds.list().data == []


def test_a_refund_tells_of_itself_and_of_its_charge(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    refund = sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 400})
    told, made = sandbox.client.v1.events.list(params={"limit": 2}).data
    assert (made.type, made.data.object["id"]) == ("refund.created", refund.id)
    assert (told.type, told.data.object["amount_refunded"]) == ("charge.refunded", 400)
    assert told.data.to_dict()["previous_attributes"] == {"amount_refunded": 0, "refunded": False}


def test_a_refund_the_bank_returns_gives_the_money_back_to_the_account(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    refund = sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 400})
    assert sandbox.control("POST", f"refunds/{refund.id}/fail").status_code == 200
    failed = sandbox.client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert _movements(sandbox)[-1] == ("refund_failure", 400, 0, 400)
    charge = _charge(sandbox, intent)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    newest = sandbox.client.v1.events.list(params={"limit": 2}).data
    assert {event.type for event in newest} == {"refund.failed", "refund.updated"}
    assert sandbox.control("POST", f"refunds/{refund.id}/fail").status_code == 400


def test_a_card_whose_refunds_fail_does_so_by_itself(sandbox: Running) -> None:
    intent = sandbox.paid_intent(payment_method="pm_card_refundFail")
    refund = sandbox.client.v1.refunds.create(params={"payment_intent": intent.id})
    assert refund.status == "succeeded"
    assert sandbox.client.v1.refunds.retrieve(refund.id).status == "failed"


def test_the_balance_is_the_sum_of_its_transactions(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 1000})
    pending = sandbox.client.v1.balance.retrieve().pending
    assert [(sum_.currency, sum_.amount) for sum_ in pending] == [("cad", 1397)]


def test_a_charge_may_be_settled_after_it_succeeded(sandbox: Running) -> None:
    sandbox.faults(late_balance_transaction={"count": 1, "seconds": 0.5})
    intent = sandbox.paid_intent()
    (told,) = sandbox.client.v1.events.list(params={"type": "charge.succeeded"}).data
    assert told.data.object["balance_transaction"] is None
    settled = wait_until(lambda: _charge(sandbox, intent).balance_transaction, "its settlement")
    (updated,) = sandbox.client.v1.events.list(params={"type": "charge.updated"}).data
    assert updated.data.object["balance_transaction"] == settled
    assert updated.data.to_dict()["previous_attributes"] == {"balance_transaction": None}


def test_a_declined_card_answers_402_with_the_charge_and_keeps_it(sandbox: Running) -> None:
    with pytest.raises(stripe.CardError) as refused:
        sandbox.paid_intent(payment_method="pm_card_chargeDeclinedInsufficientFunds")
    assert refused.value.http_status == 402
    assert refused.value.code == "card_declined"
    assert refused.value.error is not None
    assert refused.value.error.decline_code == "insufficient_funds"
    charge = sandbox.client.v1.charges.retrieve(str(refused.value.error.charge))
    assert charge.status == "failed"


def test_a_payment_that_succeeded_is_neither_confirmed_nor_cancelled(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    for call in (
        sandbox.client.v1.payment_intents.confirm,
        sandbox.client.v1.payment_intents.cancel,
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            call(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_money_of_another_currency_may_reach_the_balance_in_ours(sandbox: Running) -> None:
    asked = {"currency": "cad", "rates": {"usd": "1.37", "jpy": 0.0091}}
    assert sandbox.control("POST", "settlement", asked).status_code == 200
    dollars = sandbox.paid_intent(amount=1001, currency="usd")
    sandbox.paid_intent(amount=1500, currency="jpy")
    sandbox.client.v1.refunds.create(params={"payment_intent": dollars.id, "amount": 500})
    listed = sandbox.client.v1.balance_transactions.list().data[::-1]
    assert [(m.amount, m.currency, m.exchange_rate) for m in listed] == [
        (1371, "cad", 1.37),
        (1365, "cad", 0.0091),
        (-685, "cad", 1.37),
    ]
    charge = _charge(sandbox, dollars)
    assert (charge.amount, charge.currency, charge.amount_refunded) == (1001, "usd", 500)


@pytest.mark.parametrize(
    "asked",
    [
        {"rates": {"usd": "much"}},
        {"rates": {"usd": 0}},
        {"rates": {"usd": "NaN"}},
        {"rates": {"xyz": 1}},
        {"rates": {"cad": 1}},
        {"rates": 1},
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(sandbox: Running, asked: object) -> None:
    assert sandbox.control("POST", "settlement", asked).status_code == 400
