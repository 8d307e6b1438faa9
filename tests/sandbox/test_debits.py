"""Bank debits: begun in a moment, decided in days of the sandbox's clock."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .annotations import faults_of
from .running import Running

DAY = 86_400
MANDATE = {"acss_debit": {"mandate_options": {
    "payment_schedule": "sporadic", "transaction_type": "personal",
}}}  # fmt: skip
NO_FUNDS = "000222222227"


def _session(sandbox: Running, currency: str = "cad", **more: Any) -> Any:
    item = {
        "price_data": {
            "currency": currency,
            "unit_amount": 2500,
            "product_data": {"name": "Donation"},
        },
        "quantity": 1,
    }
    options = {"payment_method_options": MANDATE} if currency == "cad" else {}
    return sandbox.new_session(line_items=[item], **{**options, **more})


def _debit(sandbox: Running, session: Any, **typed: str) -> dict[str, Any]:
    person = {"email": "ada@example.org", "name": "Ada Lamb"}
    answer = sandbox.control("POST", f"checkout/{session.id}/pay_by_bank", person | typed)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _days_pass(sandbox: Running, days: int) -> None:
    answer = sandbox.control("POST", "clock", {"advance": days * DAY})
    assert answer.status_code == 200, answer.text


def _object(sandbox: Running, path: str) -> dict[str, Any]:
    return sandbox.raw("GET", f"/v1/{path}").json()


def _events_since_start(sandbox: Running) -> list[str]:
    """Of payments, the oldest first; what is paid out meanwhile is another test's."""
    told = [event["type"] for event in _object(sandbox, "events?limit=100")["data"]][::-1]
    return [kind for kind in told if not kind.startswith("payout.")]


def _of(charge: str, sandbox: Running) -> list[tuple[str, str, int, int]]:
    listed = _object(sandbox, f"balance_transactions?source={charge}")["data"][::-1]
    assert [fault for each in listed for fault in faults_of(each)] == []
    return [(t["type"], t["reporting_category"], t["amount"], t["fee"]) for t in listed]


@pytest.mark.parametrize("currency", ["cad", "usd"])
def test_a_debit_is_on_its_way_for_days_and_then_paid(sandbox: Running, currency: str) -> None:
    session = _session(sandbox, currency)
    told = _debit(sandbox, session)
    assert told["status"] == "processing"
    begun = _object(sandbox, f"checkout/sessions/{session.id}")
    assert (begun["status"], begun["payment_status"]) == ("complete", "unpaid")
    intent = _object(sandbox, f"payment_intents/{told['payment_intent']}")
    charge = _object(sandbox, f"charges/{told['charge']}")
    assert (intent["status"], charge["status"], charge["paid"]) == ("processing", "pending", False)
    _days_pass(sandbox, 3)
    assert _object(sandbox, f"charges/{charge['id']}")["status"] == "pending"
    _days_pass(sandbox, 2)
    paid = _object(sandbox, f"charges/{charge['id']}")
    assert (paid["status"], paid["paid"]) == ("succeeded", True)
    assert _object(sandbox, f"checkout/sessions/{session.id}")["payment_status"] == "paid"
    assert _of(charge["id"], sandbox) == [("payment", "charge", 2500, 65)]
    assert _events_since_start(sandbox) == [
        "payment_intent.created",
        "payment_intent.processing",
        "charge.pending",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


@pytest.mark.parametrize(
    ("currency", "booked"),
    [
        ("cad", []),
        (
            "usd",
            [
                ("payment", "charge", 2500, 65),
                ("payment_failure_refund", "charge_failure", -2500, -65),
            ],
        ),
    ],
)
def test_a_debit_without_funds_fails_after_days(
    sandbox: Running, currency: str, booked: list[tuple[str, str, int, int]]
) -> None:
    session = _session(sandbox, currency)
    told = _debit(sandbox, session, account=NO_FUNDS)
    _days_pass(sandbox, 5)
    charge = _object(sandbox, f"charges/{told['charge']}")
    intent = _object(sandbox, f"payment_intents/{told['payment_intent']}")
    assert (charge["status"], charge["failure_code"]) == ("failed", "insufficient_funds")
    assert intent["status"] == "requires_payment_method"
    assert faults_of(charge) == []
    assert faults_of(intent) == []
    assert _of(charge["id"], sandbox) == booked
    assert _events_since_start(sandbox)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    assert _object(sandbox, "balance")["available"][0]["amount"] == 0


def test_a_canadian_debit_that_comes_back_late_is_a_failed_charge(sandbox: Running) -> None:
    told = _debit(sandbox, _session(sandbox))
    _days_pass(sandbox, 5)
    assert sandbox.control("POST", f"debits/{told['charge']}/return").status_code == 200
    charge = _object(sandbox, f"charges/{told['charge']}")
    assert charge["status"] == "failed"
    assert charge["failure_balance_transaction"]
    assert [kind for kind, *_ in _of(charge["id"], sandbox)] == [
        "payment",
        "payment_failure_refund",
    ]
    assert sandbox.control("POST", f"debits/{told['charge']}/return").status_code == 400


def test_an_american_debit_that_comes_back_is_a_dispute_nobody_can_win(sandbox: Running) -> None:
    told = _debit(sandbox, _session(sandbox, "usd"), account="000555555559")
    _days_pass(sandbox, 4)
    assert _object(sandbox, "disputes")["data"] == []
    _days_pass(sandbox, 3)
    (dispute,) = _object(sandbox, "disputes")["data"]
    assert (dispute["status"], dispute["charge"]) == ("lost", told["charge"])
    assert faults_of(dispute) == []
    assert _events_since_start(sandbox)[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_debit_that_went_back_before_its_bank_had_answered_stops_no_clock(
    sandbox: Running,
) -> None:
    told = _debit(sandbox, _session(sandbox, "usd"), account="000555555559")
    _days_pass(sandbox, 4)
    answer = sandbox.control("POST", f"charges/{told['charge']}/dispute", {})
    assert answer.status_code == 200, answer.text
    _days_pass(sandbox, 3)
    _days_pass(sandbox, 3)
    assert len(_object(sandbox, "disputes")["data"]) == 1


@pytest.mark.parametrize("currency", ["cad", "usd"])
def test_what_a_debit_leaves_has_the_shape_the_sdk_describes(
    sandbox: Running, currency: str
) -> None:
    session = _session(sandbox, currency)
    told = _debit(sandbox, session)
    _days_pass(sandbox, 5)
    intent = _object(sandbox, f"payment_intents/{told['payment_intent']}")
    charge = _object(sandbox, f"charges/{told['charge']}")
    method = _object(sandbox, f"payment_methods/{charge['payment_method']}")
    mandate_id = charge["payment_method_details"][method["type"]]["mandate"]
    mandate = _object(sandbox, f"mandates/{mandate_id}")
    refund = sandbox.client.v1.refunds.create(params={"charge": charge["id"], "amount": 100})
    single = frozenset({"single_use"})
    things = [intent, charge, method, _object(sandbox, f"checkout/sessions/{session.id}")]
    things.append(_object(sandbox, f"refunds/{refund.id}"))
    assert [fault for thing in things for fault in faults_of(thing)] == []
    assert faults_of(mandate, single) == []
    inside = [event["data"]["object"] for event in _object(sandbox, "events?limit=100")["data"]]
    assert [fault for thing in inside for fault in faults_of(thing)] == []


def test_who_excludes_bank_debits_gets_cards_only(sandbox: Running) -> None:
    plain = sandbox.new_session()
    without = _session(sandbox, excluded_payment_method_types=["acss_debit"])
    with_it = _session(sandbox)
    assert plain.payment_method_types == without.payment_method_types == ["card"]
    assert with_it.payment_method_types == ["card", "acss_debit"]
    person = {"email": "ada@example.org", "name": "Ada Lamb"}
    refused = sandbox.control("POST", f"checkout/{without.id}/pay_by_bank", person)
    assert refused.json() == {"status": "invalid", "problems": {"account": "not_offered"}}


def test_the_bank_page_is_reached_from_checkout_and_says_what_is_wrong(sandbox: Running) -> None:
    session = _session(sandbox)
    page = requests.get(str(session.url), timeout=20).text
    assert f"/c/pay/{session.id}/bank" in page
    address = f"{sandbox.url}/c/pay/{session.id}/bank"
    assert "000 / 11000 / 000222222227" in requests.get(address, timeout=20).text
    typed = {"email": "ada@example.org", "name": "Ada", "institution": "000", "transit": "1"}
    wrong = requests.post(address, typed, timeout=20)
    assert wrong.status_code == 422
    for sentence in ("not complete or not valid", "Please fill this in", "without your agreement"):
        assert sentence in wrong.text
    typed |= {"transit": "11000", "account": "000123456789", "agreed": "yes"}
    done = requests.post(address, typed, timeout=20, allow_redirects=False)
    assert done.status_code == 303
    assert "thanks" in done.headers["Location"]
    assert requests.post(address, typed, timeout=20).status_code == 200
    assert len(_object(sandbox, "charges")["data"]) == 1
