"""What happened is told to those who asked, signed, until they answer."""

from __future__ import annotations

import json
import signal
import time

import pytest
import stripe

from .conftest import Hook
from .running import Received, Receiver, Running, wait_until


def _refund(sandbox: Running, amount: int = 100) -> stripe.Refund:
    intent = sandbox.paid_intent()
    return sandbox.client.v1.refunds.create(params={"payment_intent": intent.id, "amount": amount})


def _signed_at(received: Received) -> int:
    return int(received.signature.split(",")[0].removeprefix("t="))


def test_only_the_events_asked_for_arrive_and_their_signature_holds(
    sandbox: Running, hook: Hook
) -> None:
    refund = _refund(sandbox)
    events = [received.event(hook.secret) for received in hook.receiver.wait_for(2)]
    assert {event.type for event in events} == {"refund.created", "charge.refunded"}
    told = next(event for event in events if event.type == "refund.created")
    assert told.data.object["id"] == refund.id
    assert told.api_version == stripe.api_version
    assert told.request is not None
    assert str(told.request.id).startswith("req_")


def test_every_event_arrives_at_an_endpoint_that_asks_for_all(
    sandbox: Running, receiver: Receiver
) -> None:
    sandbox.client.v1.webhook_endpoints.create(
        params={"url": receiver.url, "enabled_events": ["*"]}
    )
    sandbox.paid_intent()
    told = {json.loads(received.body)["type"] for received in receiver.wait_for(3)}
    assert told == {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}


def test_a_signature_carries_the_real_time_when_the_clock_is_moved(
    sandbox: Running, hook: Hook
) -> None:
    sandbox.control("POST", "clock", {"now": "2020-01-01T00:00:00Z"})
    _refund(sandbox)
    received = hook.receiver.wait_for(1)[0]
    assert received.event(hook.secret).created == 1_577_836_800
    assert abs(_signed_at(received) - time.time()) < 60


def test_a_delivery_is_tried_again_until_it_is_well(sandbox: Running, hook: Hook) -> None:
    hook.receiver.answers = [500, 400, 200]
    _refund(sandbox)
    received = hook.receiver.wait_for(4)
    assert all(one.is_signed_with(hook.secret) for one in received)
    wait_until(
        lambda: sandbox.control("GET", "deliveries").json()["counts"]["delivered"] == 2,
        "both deliveries",
    )
    assert len(received) == 4


def test_an_event_counts_the_deliveries_still_owed(sandbox: Running, hook: Hook) -> None:
    hook.receiver.answers = [500, 500, 200]
    sandbox.faults(burst={})
    _refund(sandbox)
    events = sandbox.client.v1.events
    (event,) = events.list(params={"type": "refund.created"}).data
    assert event.pending_webhooks == 1
    sandbox.control("DELETE", "faults")
    wait_until(lambda: events.retrieve(event.id).pending_webhooks == 0, "its delivery")


def test_what_is_owed_survives_a_restart(own_sandbox: Running, receiver: Receiver) -> None:
    own_sandbox.start("--webhook-url", receiver.url)
    receiver.answers = [503]
    intent = own_sandbox.paid_intent()
    receiver.wait_for(3)
    own_sandbox.stop(signal.SIGKILL)
    receiver.answers = [200]
    before = len(receiver.received)
    own_sandbox.start()
    late = receiver.wait_for(before + 3)[before:]
    told = [one.event("whsec_waylight_sandbox") for one in late]
    assert {event.type for event in told} == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    }
    assert own_sandbox.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_disabled_endpoint_hears_nothing(sandbox: Running, hook: Hook) -> None:
    sandbox.client.v1.webhook_endpoints.update(hook.id, params={"disabled": True})
    _refund(sandbox)
    assert sandbox.control("GET", "deliveries").json()["deliveries"] == []


def test_a_deleted_endpoint_is_gone(sandbox: Running, hook: Hook) -> None:
    sandbox.client.v1.webhook_endpoints.delete(hook.id)
    assert sandbox.client.v1.webhook_endpoints.list().data == []


def test_an_event_type_that_does_not_exist_is_refused(sandbox: Running) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client.v1.webhook_endpoints.create(
            params={"url": "http://127.0.0.1:9/", "enabled_events": ["charge.happy"]}  # type: ignore[list-item]
        )
    assert refused.value.param == "enabled_events"


def test_a_rolled_secret_signs_beside_the_old_one_while_both_are_valid(
    sandbox: Running, hook: Hook
) -> None:
    rolled = sandbox.control("POST", f"webhook_endpoints/{hook.id}/roll", {"keep_seconds": 600})
    new = rolled.json()["secret"]
    _refund(sandbox)
    received = hook.receiver.wait_for(2)
    assert all(one.is_signed_with(hook.secret) and one.is_signed_with(new) for one in received)
    newest = sandbox.control("POST", f"webhook_endpoints/{hook.id}/roll", {"keep_seconds": 0})
    _refund(sandbox)
    last = hook.receiver.wait_for(4)[3]
    assert last.is_signed_with(newest.json()["secret"])
    assert not last.is_signed_with(new)


def test_an_old_event_can_be_sent_again(sandbox: Running, hook: Hook) -> None:
    _refund(sandbox)
    hook.receiver.wait_for(2)
    (event,) = sandbox.client.v1.events.list(params={"type": "refund.created"}).data
    sandbox.control("POST", f"events/{event.id}/resend")
    again = hook.receiver.wait_for(3)[2]
    assert again.event(hook.secret).id == event.id


def test_any_payload_can_be_sent_with_any_age_of_signature(sandbox: Running, hook: Hook) -> None:
    payload = {"object": "event", "type": "unheard.of", "account": "acct_other", "data": {}}
    sandbox.control("POST", "webhook/send", {"payload": payload})
    fresh = hook.receiver.wait_for(1)[0]
    assert fresh.is_signed_with(hook.secret)
    assert json.loads(fresh.body)["account"] == "acct_other"
    old = int(time.time()) - 3600
    sandbox.control("POST", "webhook/send", {"payload": "not even JSON", "signed_at": old})
    stale = hook.receiver.wait_for(2)[1]
    assert (_signed_at(stale), stale.body) == (old, b"not even JSON")
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stale.event(hook.secret)
    sandbox.control("POST", "webhook/send", {"payload": payload, "wrong_signature": True})
    assert not hook.receiver.wait_for(3)[2].is_signed_with(hook.secret)
    assert sandbox.control("POST", "webhook/send", {}).status_code == 400
