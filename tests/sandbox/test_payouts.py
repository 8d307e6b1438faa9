"""Payouts, each movement in one of them; early fraud warnings."""

from __future__ import annotations

from typing import Any

from .annotations import faults_of
from .running import Running

DAY = 86_400


def _object(sandbox: Running, path: str) -> dict[str, Any]:
    return sandbox.raw("GET", f"/v1/{path}").json()


def _pay_out(sandbox: Running) -> list[dict[str, Any]]:
    answer = sandbox.control("POST", "payouts", {"everything": True})
    assert answer.status_code == 200, answer.text
    return answer.json()["payouts"]


def _tied_to(sandbox: Running, payout: str) -> list[dict[str, Any]]:
    return _object(sandbox, f"balance_transactions?payout={payout}&limit=100")["data"]


def test_a_day_s_payout_is_the_sum_of_its_movements_and_arrives(sandbox: Running) -> None:
    sandbox.control("POST", "clock", {"now": "2026-03-01T12:00:00"})
    first = sandbox.paid_intent(2500)
    sandbox.client.v1.refunds.create(params={"payment_intent": first.id, "amount": 500})
    sandbox.paid_intent(9900, currency="usd")
    sandbox.control("POST", "clock", {"advance": DAY})
    assert _object(sandbox, "payouts")["data"] == []
    sandbox.control("POST", "clock", {"advance": DAY})
    usd, cad = _object(sandbox, "payouts")["data"]
    assert (cad["currency"], cad["amount"]) == ("cad", 2500 - 103 - 500)
    assert (usd["currency"], usd["amount"]) == ("usd", 9900 - 317)
    tied = _tied_to(sandbox, cad["id"])
    assert {t["type"] for t in tied} == {"charge", "refund", "payout"}
    assert sum(t["net"] for t in tied) == 0
    assert [fault for thing in (cad, usd, *tied) for fault in faults_of(thing)] == []
    sandbox.control("POST", "clock", {"advance": 2 * DAY})
    assert [p["status"] for p in _object(sandbox, "payouts")["data"]] == ["paid", "paid"]
    kinds = [event["type"] for event in _object(sandbox, "events?limit=100")["data"]]
    assert kinds.count("payout.created") == kinds.count("payout.paid") == 2
    inside = [e["data"]["object"] for e in _object(sandbox, "events?limit=100")["data"]]
    assert [fault for thing in inside for fault in faults_of(thing)] == []


def test_a_payout_the_bank_sends_back_goes_into_the_next_one(sandbox: Running) -> None:
    sandbox.paid_intent(2500)
    (payout,) = _pay_out(sandbox)
    failed = sandbox.control("POST", f"payouts/{payout['id']}/fail").json()
    assert (failed["status"], faults_of(failed)) == ("failed", [])
    (again,) = _pay_out(sandbox)
    assert again["amount"] == payout["amount"]
    assert {t["reporting_category"] for t in _tied_to(sandbox, again["id"])} == {
        "payout",
        "payout_reversal",
    }
    assert sandbox.control("POST", f"payouts/{payout['id']}/fail").status_code == 400


def test_a_balance_below_zero_is_not_paid_out(sandbox: Running) -> None:
    intent = sandbox.paid_intent(2500)
    _pay_out(sandbox)
    sandbox.client.v1.refunds.create(params={"payment_intent": intent.id})
    assert _pay_out(sandbox) == []


def test_an_issuer_warns_of_a_charge_until_it_is_given_back(sandbox: Running) -> None:
    intent = sandbox.paid_intent(payment_method="pm_card_createIssuerFraudRecord")
    listed = _object(sandbox, f"radar/early_fraud_warnings?payment_intent={intent.id}")
    (warning,) = listed["data"]
    assert (warning["actionable"], faults_of(warning)) == (True, [])
    told = _object(sandbox, "events?type=radar.early_fraud_warning.created")["data"]
    assert [event["data"]["object"]["id"] for event in told] == [warning["id"]]
    sandbox.client.v1.refunds.create(params={"payment_intent": intent.id})
    path = f"radar/early_fraud_warnings/{warning['id']}"
    assert _object(sandbox, path)["actionable"] is False
    other = sandbox.paid_intent()
    warned = sandbox.control("POST", f"charges/{other.latest_charge}/warn", {"fraud_type": "misc"})
    assert warned.json()["fraud_type"] == "misc"
