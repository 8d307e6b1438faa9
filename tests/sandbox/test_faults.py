"""Each misbehaviour happens when it is asked for, as often as it is asked for."""

from __future__ import annotations

import json

import pytest

from .conftest import Hook
from .running import Running, wait_until


def _send_refunds(sandbox: Running, count: int) -> list[str]:
    intent = sandbox.paid_intent()
    return [
        sandbox.client.v1.refunds.create(
            params={"payment_intent": intent.id, "amount": 100 + number}
        ).id
        for number in range(count)
    ]


def _refunds_told(hook: Hook) -> list[str]:
    told = [received.event(hook.secret) for received in hook.receiver.received]
    return [event.data.object["id"] for event in told if event.type == "refund.created"]


def _injected(sandbox: Running) -> dict[str, int]:
    counts = sandbox.control("GET", "faults").json()["injected"]
    return {name: count for name, count in counts.items() if count}


def test_twice_sends_the_same_event_again(sandbox: Running, hook: Hook) -> None:
    sandbox.faults(twice={"count": 1, "times": 3, "events": ["refund.*"]})
    refunds = _send_refunds(sandbox, 2)
    hook.receiver.wait_for(6)
    told = _refunds_told(hook)
    assert sorted(told) == sorted([refunds[0]] * 3 + [refunds[1]])
    assert _injected(sandbox) == {"twice": 1}


def test_never_writes_the_event_and_sends_nothing(sandbox: Running, hook: Hook) -> None:
    sandbox.faults(never={"events": ["refund.created"]})
    _send_refunds(sandbox, 1)
    hook.receiver.wait_for(1)
    assert hook.types() == ["charge.refunded"]
    assert len(sandbox.client.v1.events.list(params={"type": "refund.created"}).data) == 1
    assert sandbox.control("GET", "deliveries").json()["counts"]["dropped"] == 1


def test_late_keeps_an_event_back(sandbox: Running, hook: Hook) -> None:
    sandbox.faults(late={"seconds": 0.6, "events": ["refund.created"]})
    _send_refunds(sandbox, 1)
    hook.receiver.wait_for(2)
    assert hook.types() == ["charge.refunded", "refund.created"]


def test_reversed_sends_the_last_first(sandbox: Running, hook: Hook) -> None:
    sandbox.faults(reversed={"size": 4, "events": ["refund.created"]})
    refunds = _send_refunds(sandbox, 4)
    hook.receiver.wait_for(8)
    assert _refunds_told(hook) == refunds[::-1]


def test_a_reversed_batch_that_does_not_fill_goes_all_the_same(
    sandbox: Running, hook: Hook
) -> None:
    sandbox.faults(reversed={"size": 50, "seconds": 0.3, "events": ["refund.created"]})
    refunds = _send_refunds(sandbox, 3)
    hook.receiver.wait_for(6)
    assert _refunds_told(hook) == refunds[::-1]


def test_a_burst_waits_until_it_is_let_go(sandbox: Running, hook: Hook) -> None:
    sandbox.faults(burst={})
    refunds = _send_refunds(sandbox, 5)
    assert sandbox.control("GET", "deliveries").json()["counts"]["held"] == 10
    assert hook.receiver.received == []
    assert sandbox.control("POST", "faults/release").json() == {"released": 10}
    hook.receiver.wait_for(10)
    assert sorted(_refunds_told(hook)) == sorted(refunds)


def test_a_wrong_signature_comes_first_and_the_right_one_after(
    sandbox: Running, hook: Hook
) -> None:
    sandbox.faults(wrong_signature={"count": 1, "events": ["refund.created"]})
    hook.receiver.answers = [400, 400, 200]
    _send_refunds(sandbox, 1)
    received = hook.receiver.wait_for(4)
    refunds = [one for one in received if json.loads(one.body)["type"] == "refund.created"]
    assert [one.is_signed_with(hook.secret) for one in refunds] == [False, True]


def test_chance_repeats_itself_from_the_same_seed(sandbox: Running) -> None:
    def outcomes() -> list[int]:
        sandbox.faults(seed=7, api_500={"probability": 0.5, "path": "/v1/charges"})
        return [sandbox.raw("GET", "/v1/charges").status_code for _ in range(20)]

    first = outcomes()
    assert outcomes() == first
    assert set(first) == {200, 500}
    assert sandbox.raw("GET", "/v1/refunds").status_code == 200


def test_a_fault_ends_when_told(sandbox: Running) -> None:
    sandbox.faults(api_500={}, api_429={"count": 3})
    assert sandbox.raw("GET", "/v1/charges").status_code == 429
    sandbox.faults(api_500=None)
    assert list(sandbox.control("GET", "faults").json()["faults"]) == ["api_429"]
    assert sandbox.control("DELETE", "faults").json()["faults"] == {}
    assert sandbox.raw("GET", "/v1/charges").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"explode": {}},
        {"twice": {"often": 2}},
        {"twice": {"times": "many"}},
        {"twice": {"probability": 2}},
        {"twice": {"path": "/v1"}},
        {"api_500": {"events": ["*"]}},
        {"late": {"events": "charge.*"}},
        {"late": 5},
    ],
)
def test_a_switch_that_does_not_exist_is_refused_in_words(sandbox: Running, asked: object) -> None:
    answer = sandbox.control("POST", "faults", asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert sandbox.control("GET", "faults").json()["faults"] == {}


def test_faults_outlive_a_restart(own_sandbox: Running) -> None:
    own_sandbox.start()
    own_sandbox.faults(api_429={"count": 2})
    assert own_sandbox.raw("GET", "/v1/charges").status_code == 429
    own_sandbox.stop()
    own_sandbox.start()
    assert own_sandbox.raw("GET", "/v1/charges").status_code == 429
    wait_until(lambda: own_sandbox.raw("GET", "/v1/charges").status_code == 200, "the fault's end")
    assert _injected(own_sandbox) == {"api_429": 2}
