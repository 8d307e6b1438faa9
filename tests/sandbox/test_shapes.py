"""Every object the sandbox answers has the fields, types and literals of the pinned SDK."""

from __future__ import annotations

from typing import Any

import pytest

from .annotations import faults_of
from .running import Running


def _get(sandbox: Running, path: str, *expand: str) -> dict[str, Any]:
    answer = sandbox.raw("GET", path, params=[("expand[]", name) for name in expand])
    assert answer.status_code == 200, answer.text
    return answer.json()


def _all(sandbox: Running, path: str) -> list[dict[str, Any]]:
    return _get(sandbox, f"{path}?limit=100")["data"]


@pytest.fixture
def busy(sandbox: Running) -> Running:
    """A sandbox where each kind of thing happened once."""
    client = sandbox.client
    customer = client.v1.customers.create(params={"email": "c@example.org", "name": "C"})
    client.v1.customers.update(
        customer.id, params={"address": {"country": "CA"}, "metadata": {"reader": "7"}}
    )
    client.v1.webhook_endpoints.create(
        params={"url": "http://127.0.0.1:9/", "enabled_events": ["refund.failed"]}
    )
    asked = {"key": "note", "label": {"type": "custom", "custom": "Note"}, "type": "text"}
    paid = sandbox.new_session(customer_creation="always", custom_fields=[asked])
    assert sandbox.pay(paid, card="4000000000009995", custom={"note": "hi"}).status_code == 402
    assert sandbox.pay(paid, custom={"note": "hi"}).status_code == 200
    waits = sandbox.new_session(customer=customer.id)
    assert sandbox.pay(waits, card="4000002500003155").json()["status"] == "requires_action"
    failed = sandbox.new_session()
    sandbox.pay(failed, card="4000002500003155", authenticate="fail")
    client.v1.checkout.sessions.expire(failed.id)
    sandbox.new_session(locale="fr", customer_email="d@example.org")
    intent = sandbox.paid_intent(metadata={"a": "b"})
    client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 100})
    back = sandbox.paid_intent(payment_method="pm_card_refundFail")
    client.v1.refunds.create(params={"payment_intent": back.id})
    client.v1.payment_intents.create(params={"amount": 500, "currency": "cad"})
    sandbox.paid_intent(payment_method="pm_card_createDisputeInquiry")
    sandbox.paid_intent(payment_method="pm_card_createDispute")
    (disputed, _asked) = client.v1.disputes.list().data
    assert sandbox.control("POST", f"disputes/{disputed.id}/win").status_code == 200
    return sandbox


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/v1/checkout/sessions", 4),
        ("/v1/payment_intents", 6),
        ("/v1/charges", 4),
        ("/v1/balance_transactions", 5),
        ("/v1/customers", 2),
        ("/v1/disputes", 2),
        ("/v1/webhook_endpoints", 1),
        ("/v1/events", 25),
    ],
)
def test_every_listed_object_has_the_shape_the_sdk_describes(
    busy: Running, path: str, least: int
) -> None:
    listed = _all(busy, path)
    assert len(listed) >= least
    assert [fault for thing in listed for fault in faults_of(thing)] == []


def test_refunds_have_their_shape_and_failed_ones_say_why(busy: Running) -> None:
    failed, succeeded = _all(busy, "/v1/refunds")
    assert succeeded["status"] == "succeeded"
    assert faults_of(succeeded) == []
    assert failed["status"] == "failed"
    said = frozenset({"failure_reason", "failure_balance_transaction"})
    assert said <= set(failed)
    assert faults_of(failed, said) == []


@pytest.mark.parametrize("path", ["/v1/account", "/v1/balance"])
def test_the_account_and_its_balance_have_their_shape(busy: Running, path: str) -> None:
    assert faults_of(_get(busy, path)) == []


def test_the_objects_inside_events_have_their_shape(busy: Running) -> None:
    late = frozenset({"failure_reason", "failure_balance_transaction"})
    inside = [event["data"]["object"] for event in _all(busy, "/v1/events")]
    assert {thing["object"] for thing in inside} == {
        "charge",
        "checkout.session",
        "customer",
        "dispute",
        "payment_intent",
        "refund",
    }
    assert [fault for thing in inside for fault in faults_of(thing, late)] == []


def test_expanded_objects_have_their_shape_too(busy: Running) -> None:
    paid = next(s for s in _all(busy, "/v1/checkout/sessions") if s["status"] == "complete")
    session = _get(
        busy,
        f"/v1/checkout/sessions/{paid['id']}",
        "line_items.data.price.product",
        "customer",
        "payment_intent.latest_charge.balance_transaction",
        "payment_intent.payment_method",
    )
    assert faults_of(session, frozenset({"line_items"})) == []
    intent = session["payment_intent"]
    assert intent["latest_charge"]["balance_transaction"]["object"] == "balance_transaction"
    item = session["line_items"]["data"][0]
    for thing in (
        session["customer"],
        intent,
        intent["payment_method"],
        intent["latest_charge"],
        intent["latest_charge"]["balance_transaction"],
        item,
        item["price"],
        item["price"]["product"],
    ):
        assert faults_of(thing) == []


def test_a_charge_lists_its_refunds_only_when_asked(busy: Running) -> None:
    refund = _all(busy, "/v1/refunds")[-1]
    charge = _get(busy, f"/v1/charges/{refund['charge']}", "refunds")
    assert faults_of(charge, frozenset({"refunds"})) == []
    assert charge["refunds"]["data"] == [refund]


def test_a_new_endpoint_tells_its_secret_once(sandbox: Running) -> None:
    made = sandbox.raw(
        "POST",
        "/v1/webhook_endpoints",
        data={"url": "http://127.0.0.1:9/", "enabled_events[]": "*"},
    ).json()
    assert faults_of(made, frozenset({"secret"})) == []
    assert "secret" not in _get(sandbox, f"/v1/webhook_endpoints/{made['id']}")


def test_no_dispute_is_a_list_like_any_other(sandbox: Running) -> None:
    assert _get(sandbox, "/v1/disputes") == {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": "/v1/disputes",
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"status": "maybe"}, "charge.status is 'maybe'"),
        ({"amount": "2500"}, "charge.amount is '2500'"),
        ({"paid": 1}, "charge.paid is 1"),
        ({"metadata": None}, "charge.metadata is no hash"),
        ({"colour": "red"}, "charge.colour is unknown"),
        ({"billing_details": {"mood": None}}, "charge.billing_details.mood is unknown"),
        ({"payment_method_details": {"card": {"exp_year": 2060}, "type": "card"}}, "exp_month"),
        ({"refunds": None}, "charge.refunds should be absent"),
    ],
)
def test_the_check_itself_notices_what_differs(
    sandbox: Running, change: dict[str, Any], found: str
) -> None:
    intent = sandbox.paid_intent()
    charge = _get(sandbox, f"/v1/charges/{intent.latest_charge}")
    assert faults_of(charge) == []
    (fault,) = faults_of(charge | change)
    assert found in fault
    del charge["outcome"]
    assert faults_of(charge) == ["charge.outcome is absent"]
