"""Subscriptions as time goes by: renewals, failures, pauses, ends; and the shapes they have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import stripe

from .annotations import faults_of
from .conftest import Hook
from .running import Receiver, Running

BEGAN = "2027-01-31T15:00:00Z"
ASKED: dict[str, Any] = {
    "mode": "subscription",
    "submit_type": "donate",
    "success_url": "http://localhost:8000/thanks/",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "cad",
                "unit_amount": 1500,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Monthly gift"},
            },
        }
    ],
    "subscription_data": {"description": "Monthly gift", "metadata": {"gift": "g-1"}},
}


def _begin(sandbox: Running, card: str = "4242424242424242", **more: Any) -> str:
    sandbox.control("POST", "clock", {"now": BEGAN})
    session = sandbox.client.v1.checkout.sessions.create(params=ASKED | more)  # type: ignore[arg-type]
    assert sandbox.pay(session, card=card).status_code == 200
    named = sandbox.client.v1.checkout.sessions.retrieve(session.id).subscription
    assert isinstance(named, str)
    return named


def _to(sandbox: Running, day: str) -> None:
    assert sandbox.control("POST", "clock", {"now": f"{day}T16:00:00Z"}).status_code == 200


def _subscription(sandbox: Running, named: str) -> dict[str, Any]:
    return sandbox.raw("GET", f"/v1/subscriptions/{named}").json()


def _invoices(sandbox: Running, named: str) -> list[dict[str, Any]]:
    """Newest first."""
    path = f"/v1/invoices?subscription={named}&limit=100&expand[]=data.payments"
    return sandbox.raw("GET", path).json()["data"]


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def test_checkout_begins_a_subscription_whose_first_invoice_is_paid(sandbox: Running) -> None:
    named = _begin(sandbox)
    subscription = _subscription(sandbox, named)
    assert subscription["status"] == "active"
    assert subscription["metadata"] == {"gift": "g-1"}
    (first,) = _invoices(sandbox, named)
    assert (first["status"], first["amount_paid"]) == ("paid", 1500)
    assert first["billing_reason"] == "subscription_create"
    (payment,) = first["payments"]["data"]
    intent = sandbox.client.v1.payment_intents.retrieve(payment["payment"]["payment_intent"])
    # As at Stripe: the payment itself does not carry the subscription's metadata.
    assert (intent.status, intent.amount, intent.metadata.to_dict()) == ("succeeded", 1500, {})
    found = sandbox.client.v1.invoice_payments.list(
        params={"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [each.invoice for each in found.data] == [first["id"]]
    assert first["parent"]["subscription_details"]["metadata"] == {"gift": "g-1"}


def test_a_declined_card_begins_nothing_and_the_next_one_does(sandbox: Running) -> None:
    session = sandbox.client.v1.checkout.sessions.create(params=ASKED)  # type: ignore[arg-type]
    assert sandbox.pay(session, card="4000000000000002").status_code == 402
    assert sandbox.client.v1.checkout.sessions.retrieve(session.id).subscription is None
    (begun,) = sandbox.raw("GET", "/v1/subscriptions?status=all").json()["data"]
    assert begun["status"] == "incomplete"
    assert sandbox.pay(session).status_code == 200
    assert _subscription(sandbox, begun["id"])["status"] == "active"


def test_a_session_that_expires_takes_its_subscription_with_it(sandbox: Running) -> None:
    session = sandbox.client.v1.checkout.sessions.create(params=ASKED)  # type: ignore[arg-type]
    assert sandbox.pay(session, card="4000000000000002").status_code == 402
    sandbox.client.v1.checkout.sessions.expire(session.id)
    (begun,) = sandbox.raw("GET", "/v1/subscriptions?status=all").json()["data"]
    assert begun["status"] == "incomplete_expired"
    (invoice,) = _invoices(sandbox, begun["id"])
    assert invoice["status"] == "void"


def test_three_d_secure_is_asked_once_and_not_at_renewals(sandbox: Running) -> None:
    sandbox.control("POST", "clock", {"now": BEGAN})
    session = sandbox.client.v1.checkout.sessions.create(params=ASKED)  # type: ignore[arg-type]
    paid = sandbox.pay(session, card="4000002500003155", authenticate="complete")
    assert paid.json()["status"] == "succeeded"
    _to(sandbox, "2027-03-01")
    (begun,) = sandbox.raw("GET", "/v1/subscriptions").json()["data"]
    assert [each["status"] for each in _invoices(sandbox, begun["id"])] == ["paid", "paid"]


def test_each_renewal_has_its_own_date_however_far_the_clock_goes(sandbox: Running) -> None:
    named = _begin(sandbox)
    _to(sandbox, "2027-05-31")
    invoices = _invoices(sandbox, named)
    assert [_day(each["created"]) for each in invoices] == [
        "2027-05-31",
        "2027-04-30",
        "2027-03-31",
        "2027-02-28",
        "2027-01-31",
    ]
    assert {each["status"] for each in invoices} == {"paid"}
    charges = sandbox.raw("GET", "/v1/charges?limit=100").json()["data"]
    assert [charge["created"] for charge in charges] == [each["created"] for each in invoices]


def test_a_card_that_fails_is_tried_four_times_then_the_subscription_ends(
    sandbox: Running,
) -> None:
    named = _begin(sandbox, card="4000000000000341")
    _to(sandbox, "2027-02-28")
    assert _subscription(sandbox, named)["status"] == "past_due"
    renewal = _invoices(sandbox, named)[0]
    assert (renewal["status"], renewal["attempt_count"]) == ("open", 1)
    assert _day(renewal["next_payment_attempt"]) == "2027-03-03"
    _to(sandbox, "2027-03-08")
    assert _invoices(sandbox, named)[0]["attempt_count"] == 3
    _to(sandbox, "2027-03-16")
    ended = _subscription(sandbox, named)
    assert ended["status"] == "canceled"
    assert ended["cancellation_details"]["reason"] == "payment_failed"
    renewal = _invoices(sandbox, named)[0]
    assert (renewal["attempt_count"], renewal["next_payment_attempt"]) == (4, None)
    failed = sandbox.raw("GET", "/v1/charges?limit=100").json()["data"]
    assert [charge["status"] for charge in failed] == ["failed"] * 4 + ["succeeded"]


def test_an_expired_card_is_declined_as_such_until_its_network_renews_it(
    sandbox: Running,
) -> None:
    sandbox.control("POST", "clock", {"now": BEGAN})
    session = sandbox.client.v1.checkout.sessions.create(params=ASKED)  # type: ignore[arg-type]
    assert sandbox.pay(session, expiry="02/27").status_code == 200
    (begun,) = sandbox.raw("GET", "/v1/subscriptions").json()["data"]
    _to(sandbox, "2027-04-01")
    charge = sandbox.raw("GET", "/v1/charges?limit=1").json()["data"][0]
    assert charge["failure_code"] == "expired_card"
    card = begun["default_payment_method"]
    answer = sandbox.control(
        "POST", f"payment_methods/{card}/update", {"exp_month": 2, "exp_year": 2032}
    )
    assert answer.status_code == 200
    _to(sandbox, "2027-04-04")
    assert _subscription(sandbox, begun["id"])["status"] == "active"


def test_a_card_changed_in_the_portal_is_charged_once_the_subscription_lets_go_of_its_own(
    sandbox: Running,
) -> None:
    named = _begin(sandbox, card="4000000000000341")
    _to(sandbox, "2027-02-28")
    customer = _subscription(sandbox, named)["customer"]
    portal = sandbox.client.v1.billing_portal.sessions.create(
        params={
            "customer": customer,
            "return_url": "http://localhost:8000/account/",
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {
                    "type": "redirect",
                    "redirect": {"return_url": "http://localhost:8000/account/?card=1"},
                },
            },
        }
    )
    assert faults_of(portal.to_dict()) == []
    assert "Change your card" in requests.get(portal.url, timeout=20).text
    wrong = requests.post(portal.url, {"number": "4242", "expiry": "1"}, timeout=20)
    assert wrong.status_code == 422
    typed = {"number": "4242424242424242", "expiry": "12/60", "cvc": "123"}
    saved = requests.post(portal.url, typed, allow_redirects=False, timeout=20)
    assert saved.headers["Location"] == "http://localhost:8000/account/?card=1"
    with pytest.raises(stripe.CardError):
        sandbox.client.v1.invoices.pay(_invoices(sandbox, named)[0]["id"])
    sandbox.client.v1.subscriptions.update(named, params={"default_payment_method": ""})
    sandbox.client.v1.invoices.pay(_invoices(sandbox, named)[0]["id"])
    assert _subscription(sandbox, named)["status"] == "active"


def test_cancelled_in_the_portal_it_goes_on_until_its_period_ends(sandbox: Running) -> None:
    named = _begin(sandbox)
    portal = sandbox.client.v1.billing_portal.sessions.create(
        params={"customer": _subscription(sandbox, named)["customer"]}
    )
    requests.post(portal.url, {"subscription": named}, timeout=20)
    ending = _subscription(sandbox, named)
    assert (ending["status"], ending["cancel_at_period_end"]) == ("active", True)
    assert _day(ending["cancel_at"]) == "2027-02-28"
    _to(sandbox, "2027-03-01")
    assert _subscription(sandbox, named)["status"] == "canceled"
    assert len(_invoices(sandbox, named)) == 1


def test_a_pause_voids_what_falls_due_and_ends_by_itself(sandbox: Running) -> None:
    named = _begin(sandbox)
    until = int(datetime(2027, 4, 15, tzinfo=UTC).timestamp())
    sandbox.client.v1.subscriptions.update(
        named, params={"pause_collection": {"behavior": "void", "resumes_at": until}}
    )
    _to(sandbox, "2027-05-01")
    assert [each["status"] for each in _invoices(sandbox, named)] == [
        "paid",
        "void",
        "void",
        "paid",
    ]
    assert _subscription(sandbox, named)["pause_collection"] is None


def test_another_amount_and_another_day_cost_nothing_today(sandbox: Running) -> None:
    named = _begin(sandbox)
    product = sandbox.client.v1.products.create(params={"name": "Monthly gift"})
    item = _subscription(sandbox, named)["items"]["data"][0]["id"]
    price = {
        "currency": "cad",
        "product": product.id,
        "unit_amount": 4000,
        "recurring": {"interval": "month"},
    }
    update = sandbox.client.v1.subscriptions.update
    with pytest.raises(stripe.InvalidRequestError):
        update(named, params={"items": [{"id": item, "price_data": price}]})  # type: ignore[typeddict-item]
    update(
        named,
        params={
            "items": [{"id": item, "price_data": price}],  # type: ignore[typeddict-item]
            "proration_behavior": "none",
        },
    )
    day = int(datetime(2027, 2, 10, 12, tzinfo=UTC).timestamp())
    update(named, params={"trial_end": day, "proration_behavior": "none"})
    moved = _subscription(sandbox, named)
    assert (moved["status"], moved["trial_end"]) == ("trialing", day)
    assert moved["items"]["data"][0]["current_period_end"] == day
    assert _invoices(sandbox, named)[0]["total"] == 0
    _to(sandbox, "2027-03-11")
    paid = [(each["amount_paid"], _day(each["created"])) for each in _invoices(sandbox, named)]
    assert paid == [
        (4000, "2027-03-10"),
        (4000, "2027-02-10"),
        (0, "2027-01-31"),
        (1500, "2027-01-31"),
    ]


def test_a_card_is_set_up_without_a_charge_and_a_subscription_begun_with_it(
    sandbox: Running,
) -> None:
    session = sandbox.client.v1.checkout.sessions.create(
        params={
            "mode": "setup",
            "currency": "cad",
            "customer_creation": "always",
            "success_url": "http://localhost:8000/thanks/",
            "setup_intent_data": {"metadata": {"gift": "g-2"}},
        }
    )
    assert "Save a card" in requests.get(str(session.url), timeout=20).text
    assert sandbox.pay(session).status_code == 200
    done = sandbox.client.v1.checkout.sessions.retrieve(session.id)
    intent = sandbox.client.v1.setup_intents.retrieve(str(done.setup_intent))
    assert (intent.status, intent.customer) == ("succeeded", done.customer)
    assert sandbox.raw("GET", "/v1/charges").json()["data"] == []
    product = sandbox.client.v1.products.create(params={"name": "Gift"})
    begun = sandbox.client.v1.subscriptions.create(
        params={
            "customer": str(done.customer),
            "default_payment_method": str(intent.payment_method),
            "items": [
                {
                    "price_data": {
                        "currency": "cad",
                        "product": product.id,
                        "unit_amount": 900,
                        "recurring": {"interval": "year"},
                    }
                }
            ],
        }
    )
    assert begun.status == "active"
    assert faults_of(intent.to_dict()) == []
    assert faults_of(product.to_dict()) == []


def test_a_month_before_and_after_each_event_is_told_in_its_order(
    sandbox: Running, receiver: Receiver
) -> None:
    made = sandbox.client.v1.webhook_endpoints.create(
        params={
            "url": receiver.url,
            "enabled_events": ["invoice.paid", "invoice.upcoming", "customer.subscription.created"],
        }
    )
    assert made.secret is not None
    _begin(sandbox)
    _to(sandbox, "2027-02-28")
    receiver.wait_for(4)
    told = sorted(Hook(made.id, made.secret, receiver).types())
    assert told == [
        "customer.subscription.created",
        "invoice.paid",
        "invoice.paid",
        "invoice.upcoming",
    ]


def test_every_object_has_the_shape_the_sdk_describes(sandbox: Running) -> None:
    named = _begin(sandbox, card="4000000000000341")
    _to(sandbox, "2027-03-16")
    paused = _begin(sandbox)
    sandbox.client.v1.subscriptions.update(
        paused, params={"pause_collection": {"behavior": "void"}}
    )
    _to(sandbox, "2027-03-01")
    customer = _subscription(sandbox, named)["customer"]
    for path in (
        "subscriptions?status=all",
        "invoices",
        "invoice_payments",
        "prices",
        "products",
        "customers",
        f"payment_methods?customer={customer}",
        "checkout/sessions",
    ):
        sign = "&" if "?" in path else "?"
        listed = sandbox.raw("GET", f"/v1/{path}{sign}limit=100").json()["data"]
        assert listed, path
        assert [fault for thing in listed for fault in faults_of(thing)] == [], path
    expanded = frozenset({"payments"})
    assert [f for each in _invoices(sandbox, named) for f in faults_of(each, expanded)] == []
    inside = [
        event["data"]["object"]
        for event in sandbox.raw("GET", "/v1/events?limit=100").json()["data"]
    ]
    assert {"subscription", "invoice"} <= {thing["object"] for thing in inside}
    assert [fault for thing in inside for fault in faults_of(thing)] == []
