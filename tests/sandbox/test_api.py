"""The front of the API refuses, lists and expands as Stripe does."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from .running import KEY, Running


def _listed_ids(answer: Any) -> list[str]:
    return [thing.id for thing in answer.data]


@pytest.mark.parametrize("key", ["sk_test_another", "sk_live_real", "rk_test_x"])
def test_a_key_that_is_not_the_sandboxs_is_refused(sandbox: Running, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        sandbox.client_with(key=key).v1.customers.create()
    assert refused.value.http_status == 401
    assert key not in str(refused.value)


def test_a_request_without_a_key_is_refused(sandbox: Running) -> None:
    answer = sandbox.raw("GET", "/v1/charges", headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_key_may_come_as_the_user_of_basic_authentication(sandbox: Running) -> None:
    answer = sandbox.raw("GET", "/v1/charges", headers={"Authorization": None}, auth=(KEY, ""))
    assert answer.status_code == 200


def test_every_answer_names_its_request_and_the_version(sandbox: Running) -> None:
    answer = sandbox.raw("GET", "/v1/charges")
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == stripe.api_version


def test_another_api_version_is_refused(sandbox: Running) -> None:
    answer = sandbox.raw("GET", "/v1/charges", headers={"Stripe-Version": "2019-12-03"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 500}, "parameter_missing", "currency"),
        ({"amount": 500, "currency": ""}, "parameter_invalid_empty", "currency"),
        ({"amount": "5.00", "currency": "cad"}, "parameter_invalid_integer", "amount"),
        ({"amount": 500, "currency": "cad", "colour": "red"}, "parameter_unknown", "colour"),
        (
            {"amount": 500, "currency": "cad", "automatic_payment_methods": {"on": True}},
            "parameter_unknown",
            "automatic_payment_methods[on]",
        ),
        ({"amount": 49, "currency": "cad"}, "amount_too_small", "amount"),
        ({"amount": 10**8, "currency": "cad"}, "amount_too_large", "amount"),
        ({"amount": 500, "currency": "cad", "customer": "cus_x"}, "resource_missing", "customer"),
        (
            {"amount": 500, "currency": "cad", "receipt_email": "x"},
            "email_invalid",
            "receipt_email",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_by_name_and_nothing_is_made(
    sandbox: Running, params: Any, code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.payment_intents.create(params=params)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        code,
        param,
    )
    assert sandbox.client.v1.payment_intents.list().data == []
    assert sandbox.client.v1.events.list().data == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a[=1", b"a=1&a[b]=2", b"[[[[[=1", b"amount[0]=1"])
def test_a_body_that_cannot_be_read_is_a_400(sandbox: Running, body: bytes) -> None:
    answer = sandbox.raw("POST", "/v1/payment_intents", data=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_body_too_large_is_refused(sandbox: Running) -> None:
    answer = sandbox.raw("POST", "/v1/customers", data=b"name=" + b"x" * 2_000_000)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/plans"), ("DELETE", "/v1/charges"), ("GET", "/v1/charges/a/b")],
)
def test_a_call_the_sandbox_does_not_serve_is_a_404(
    sandbox: Running, method: str, path: str
) -> None:
    answer = sandbox.raw(method, path)
    assert answer.status_code == 404
    assert f"({method}: {path})" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path",
    [
        "charges/ch_x",
        "payment_intents/pi_x",
        "refunds/re_x",
        "balance_transactions/txn_x",
        "customers/cus_x",
        "events/evt_x",
        "webhook_endpoints/we_x",
        "checkout/sessions/cs_test_x",
        "disputes/dp_x",
        "payment_methods/pm_x",
    ],
)
def test_an_object_that_does_not_exist_is_a_404(sandbox: Running, path: str) -> None:
    answer = sandbox.raw("GET", f"/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "resource_missing"


def test_an_object_of_another_kind_is_not_found_by_its_id(sandbox: Running) -> None:
    intent = sandbox.paid_intent()
    assert sandbox.raw("GET", f"/v1/charges/{intent.id}").status_code == 404


def test_lists_go_newest_first_and_pages_meet_without_gap_or_overlap(sandbox: Running) -> None:
    made = [sandbox.client.v1.customers.create().id for _ in range(7)][::-1]
    customers = sandbox.client.v1.customers
    first = customers.list(params={"limit": 3})
    assert (_listed_ids(first), first.has_more) == (made[:3], True)
    second = customers.list(params={"limit": 3, "starting_after": made[2]})
    assert (_listed_ids(second), second.has_more) == (made[3:6], True)
    last = customers.list(params={"limit": 3, "starting_after": made[5]})
    assert (_listed_ids(last), last.has_more) == (made[6:], False)
    back = customers.list(params={"limit": 2, "ending_before": made[3]})
    assert (_listed_ids(back), back.has_more) == (made[1:3], True)
    every = customers.list(params={"limit": 2}).auto_paging_iter()
    assert [customer.id for customer in every] == made


def test_a_list_is_of_ten_unless_told(sandbox: Running) -> None:
    for _ in range(11):
        sandbox.client.v1.customers.create()
    listed = sandbox.client.v1.customers.list()
    assert (len(listed.data), listed.has_more) == (10, True)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"starting_after": "ch_none"}, "starting_after"),
        ({"starting_after": "a", "ending_before": "b"}, None),
        ({"created": {"since": 1}}, "created[since]"),
    ],
)
def test_a_list_cannot_be_asked_for_wrongly(
    sandbox: Running, params: Any, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.charges.list(params=params)
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_lists_are_cut_by_the_moment_of_creation(sandbox: Running) -> None:
    made = {}
    for moment in (1_000, 2_000, 3_000):
        sandbox.control("POST", "clock", {"now": moment})
        made[moment] = sandbox.client.v1.customers.create().id
    customers = sandbox.client.v1.customers

    def within(created: Any) -> list[str]:
        return _listed_ids(customers.list(params={"created": created}))

    assert within({"gte": 2_000}) == [made[3_000], made[2_000]]
    assert within({"gt": 2_000}) == [made[3_000]]
    assert within({"lte": 2_000}) == [made[2_000], made[1_000]]
    assert within({"gt": 1_000, "lt": 3_000}) == [made[2_000]]
    assert within(2_000) == [made[2_000]]


def test_balance_transactions_are_found_by_source_and_type(sandbox: Running) -> None:
    intent, other = sandbox.paid_intent(), sandbox.paid_intent()
    refund = sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": 300})
    movements = sandbox.client.v1.balance_transactions
    assert _listed_ids(movements.list(params={"source": refund.id})) == [refund.balance_transaction]
    assert [m.source for m in movements.list(params={"type": "charge"}).data] == [
        other.latest_charge,
        intent.latest_charge,
    ]


def test_events_are_found_by_one_type_or_several(sandbox: Running) -> None:
    sandbox.paid_intent()
    events = sandbox.client.v1.events
    assert [e.type for e in events.list(params={"type": "charge.*"}).data] == ["charge.succeeded"]
    named = events.list(params={"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert [e.type for e in named] == ["charge.succeeded", "payment_intent.created"]


@pytest.mark.parametrize(
    "path", ["colour", "amount", "id", "payment_intent.colour", "a.b.c.d.e", "metadata"]
)
def test_what_cannot_be_expanded_is_refused(sandbox: Running, path: str) -> None:
    charge_id = str(sandbox.paid_intent().latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.charges.retrieve(charge_id, params={"expand": [path]})
    assert refused.value.param == "expand"


def test_lists_expand_within_their_data(sandbox: Running) -> None:
    sandbox.paid_intent(amount=1000)
    listed = sandbox.client.v1.charges.list(params={"expand": ["data.balance_transaction"]})
    movement = listed.data[0].balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net) == (1000, 59, 941)
