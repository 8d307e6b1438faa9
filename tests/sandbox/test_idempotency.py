"""The same key never does the work twice."""

from __future__ import annotations

import threading

import pytest
import requests
import stripe

from .running import Running, wait_until

FORM = {"amount": "900", "currency": "cad"}


def _post(
    sandbox: Running, key: str, path: str = "payment_intents", **form: str
) -> requests.Response:
    return sandbox.raw("POST", f"/v1/{path}", data=FORM | form, headers={"Idempotency-Key": key})


def _intents(sandbox: Running) -> int:
    return len(sandbox.client.v1.payment_intents.list().data)


def test_a_repeated_request_gets_the_first_answer(sandbox: Running) -> None:
    first, again = _post(sandbox, "k"), _post(sandbox, "k")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert _intents(sandbox) == 1


def test_a_refusal_is_repeated_too(sandbox: Running) -> None:
    first = _post(sandbox, "k", payment_method="pm_card_chargeDeclined", confirm="true")
    again = _post(sandbox, "k", payment_method="pm_card_chargeDeclined", confirm="true")
    assert (first.status_code, again.status_code) == (402, 402)
    assert again.content == first.content
    assert len(sandbox.client.v1.charges.list().data) == 1


def test_other_parameters_under_the_same_key_are_refused(sandbox: Running) -> None:
    _post(sandbox, "k")
    for answer in (_post(sandbox, "k", amount="901"), _post(sandbox, "k", path="refunds")):
        assert answer.status_code == 400
    assert _post(sandbox, "k", amount="901").json()["error"]["type"] == "idempotency_error"
    assert _intents(sandbox) == 1


def test_what_never_began_is_not_remembered(sandbox: Running) -> None:
    assert _post(sandbox, "k", amount="nine").status_code == 400
    assert _post(sandbox, "k").status_code == 200


def test_a_key_is_forgotten_after_a_day_of_the_sandboxs_clock(sandbox: Running) -> None:
    sandbox.control("POST", "clock", {"now": 1_780_000_000})
    _post(sandbox, "k")
    sandbox.control("POST", "clock", {"advance": 86_399})
    _post(sandbox, "k")
    assert _intents(sandbox) == 1
    sandbox.control("POST", "clock", {"advance": 1})
    _post(sandbox, "k")
    assert _intents(sandbox) == 2


def test_a_second_request_while_the_first_is_worked_on_is_a_409(sandbox: Running) -> None:
    sandbox.faults(api_slow={"count": 1, "seconds": 1.5})
    answers: list[requests.Response] = []
    first = threading.Thread(target=lambda: answers.append(_post(sandbox, "k")))
    first.start()
    wait_until(
        lambda: sandbox.control("GET", "faults").json()["injected"]["api_slow"],
        "the slow request's begin",
    )
    second = _post(sandbox, "k")
    assert second.status_code == 409
    assert second.json()["error"]["code"] == "idempotency_key_in_use"
    first.join()
    assert answers[0].status_code == 200
    assert _intents(sandbox) == 1


def test_a_500_after_the_work_is_remembered_and_replayed(sandbox: Running) -> None:
    sandbox.faults(api_500_after_effect={"count": 1})
    first, again = _post(sandbox, "k"), _post(sandbox, "k")
    assert (first.status_code, again.status_code) == (500, 500)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert _intents(sandbox) == 1


def test_a_500_before_the_work_is_tried_again_by_the_sdk(sandbox: Running) -> None:
    sandbox.faults(api_500={"count": 2, "path": "/v1/payment_intents", "method": "POST"})
    client = sandbox.client_with(retries=2)
    client.v1.payment_intents.create(params={"amount": 900, "currency": "cad"})
    assert _intents(sandbox) == 1
    assert sandbox.control("GET", "faults").json()["injected"]["api_500"] == 2


def test_an_answer_lost_after_the_work_does_it_once_when_retried(sandbox: Running) -> None:
    sandbox.faults(timeout_after_effect={"count": 1, "seconds": 5, "method": "POST"})
    client = sandbox.client_with(retries=1, timeout=0.7)
    made = client.v1.payment_intents.create(params={"amount": 900, "currency": "cad"})
    assert [intent.id for intent in sandbox.client.v1.payment_intents.list().data] == [made.id]


def test_an_answer_broken_off_is_a_connection_error_and_the_work_is_done(sandbox: Running) -> None:
    sandbox.faults(timeout_after_effect={"count": 1, "seconds": 0, "method": "POST"})
    with pytest.raises(stripe.APIConnectionError):
        sandbox.client.v1.payment_intents.create(params={"amount": 900, "currency": "cad"})
    assert _intents(sandbox) == 1


def test_too_many_requests_is_a_rate_limit_error(sandbox: Running) -> None:
    sandbox.faults(api_429={"count": 1})
    with pytest.raises(stripe.RateLimitError):
        sandbox.client.v1.charges.list()
    assert sandbox.client.v1.charges.list().data == []
