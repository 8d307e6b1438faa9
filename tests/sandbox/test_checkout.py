"""A reader pays on the hosted page, is refused, tries again, or lets the time pass."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

from .running import Running

GOOD = {
    "email": "ada@example.org",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 60",
    "cvc": "123",
    "name": "Ada  Lamb",
    "postal_code": "h2x 1y4",
}


def _submit(session: stripe.checkout.Session, **typed: str) -> requests.Response:
    return requests.post(str(session.url), data=GOOD | typed, allow_redirects=False, timeout=20)


def _types(sandbox: Running) -> list[str]:
    return [str(event.type) for event in sandbox.client.v1.events.list(params={"limit": 100}).data][
        ::-1
    ]


def _fresh(sandbox: Running, session: stripe.checkout.Session) -> stripe.checkout.Session:
    return sandbox.client.v1.checkout.sessions.retrieve(session.id)


def _charges(sandbox: Running, intent: str) -> list[stripe.Charge]:
    return sandbox.client.v1.charges.list(params={"payment_intent": intent}).data


def test_a_new_session_is_open_unpaid_and_has_no_payment_yet(sandbox: Running) -> None:
    session = sandbox.new_session(
        client_reference_id="don_1", metadata={"a": "b"}, adaptive_pricing={"enabled": False}
    )
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open",
        "unpaid",
        None,
    )
    assert (session.amount_total, session.currency) == (2500, "cad")
    assert session.client_reference_id == "don_1"
    assert session.adaptive_pricing is not None
    assert session.adaptive_pricing.enabled is False
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert _types(sandbox) == []


def test_the_page_says_what_is_paid_and_that_no_money_is_real(sandbox: Running) -> None:
    session = sandbox.new_session()
    page = requests.get(str(session.url), timeout=20)
    assert page.status_code == 200
    assert "Donate CA$25.00" in page.text
    assert "no real money" in page.text
    assert "<script" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://localhost:8000" in policy


def test_a_good_card_pays_and_leads_back_with_the_sessions_id(sandbox: Running) -> None:
    session = sandbox.new_session(payment_intent_data={"metadata": {"donation": "don_1"}})
    answer = _submit(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost:8000/thanks/?s={session.id}"
    paid = sandbox.client.v1.checkout.sessions.retrieve(
        session.id, params={"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details is not None
    assert (paid.customer_details.email, paid.customer_details.name) == (
        "ada@example.org",
        "Ada Lamb",
    )
    intent: Any = paid.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)
    assert intent.metadata["donation"] == "don_1"
    charge = intent.latest_charge
    assert charge.metadata["donation"] == "don_1"
    assert charge.billing_details.address.postal_code == "H2X 1Y4"
    assert charge.payment_method_details.card.last4 == "4242"
    movement = charge.balance_transaction
    assert (movement.amount, movement.fee, movement.net) == (2500, 103, 2397)
    assert movement.reporting_category == "charge"
    assert _types(sandbox) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("4000000000000002", "generic_decline", "Your card was declined."),
        ("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
    ],
)
def test_a_refused_card_leaves_a_failed_charge_and_another_try(
    sandbox: Running, number: str, code: str, words: str
) -> None:
    session = sandbox.new_session()
    refused = _submit(session, number=number)
    assert refused.status_code == 402
    assert words in refused.text
    assert number not in refused.text
    open_still = _fresh(sandbox, session)
    assert open_still.status == "open"
    intent = sandbox.client.v1.payment_intents.retrieve(str(open_still.payment_intent))
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == code
    assert _types(sandbox) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]

    assert _submit(session).status_code == 303
    charges = _charges(sandbox, intent.id)
    assert [(charge.status, charge.amount_captured) for charge in charges] == [
        ("succeeded", 2500),
        ("failed", 0),
    ]
    assert charges[1].balance_transaction is None
    paid = sandbox.client.v1.payment_intents.retrieve(intent.id)
    assert (paid.latest_charge, paid.last_payment_error) == (charges[0].id, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "ada"}, "email"),
        ({"number": "4242"}, "number"),
        ({"number": "4242424242424241"}, "number"),
        ({"number": "4111111111111111"}, "number"),
        ({"number": "４２４２４２４２４２４２４２４２"}, "number"),
        ({"expiry": "13/60"}, "expiry"),
        ({"expiry": "01/20"}, "expiry"),
        ({"cvc": "12"}, "cvc"),
        ({"name": " "}, "name"),
    ],
)
def test_a_field_typed_wrongly_is_marked_and_nothing_happens(
    sandbox: Running, typed: dict[str, str], field: str
) -> None:
    session = sandbox.new_session()
    answer = _submit(session, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-note"' in answer.text
    assert answer.text.count("aria-invalid") == 1
    assert _fresh(sandbox, session).payment_intent is None


def test_what_was_typed_is_shown_again_as_text_only(sandbox: Running) -> None:
    answer = _submit(sandbox.new_session(), name='"><script>alert(1)</script>', cvc="")
    assert answer.status_code == 422
    assert "<script" not in answer.text


def test_a_paid_session_cannot_be_paid_twice(sandbox: Running) -> None:
    session = sandbox.new_session()
    assert _submit(session).status_code == 303
    again = _submit(session)
    assert again.status_code == 200
    assert "Already paid" in again.text
    assert sandbox.pay(session).status_code == 409
    assert len(_charges(sandbox, str(_fresh(sandbox, session).payment_intent))) == 1


def test_3d_secure_completed_pays(sandbox: Running) -> None:
    session = sandbox.new_session()
    asks = _submit(session, number="4000002500003155")
    assert asks.status_code == 303
    assert _fresh(sandbox, session).status == "open"
    bank = asks.headers["Location"]
    assert "CA$25.00" in requests.get(bank, timeout=20).text
    done = requests.post(bank, data={"answer": "complete"}, allow_redirects=False, timeout=20)
    assert done.headers["Location"] == f"http://localhost:8000/thanks/?s={session.id}"
    assert _fresh(sandbox, session).payment_status == "paid"
    assert requests.get(bank, timeout=20).status_code == 409


def test_3d_secure_failed_leads_back_to_try_another_card(sandbox: Running) -> None:
    session = sandbox.new_session()
    bank = _submit(session, number="4000002500003155").headers["Location"]
    failed = requests.post(bank, data={"answer": "fail"}, timeout=20)
    assert failed.url == session.url
    assert "could not authenticate" in failed.text
    intent = str(_fresh(sandbox, session).payment_intent)
    assert _charges(sandbox, intent) == []
    assert _submit(session).status_code == 303


def test_a_session_expires_when_its_time_is_over(sandbox: Running) -> None:
    sandbox.control("POST", "clock", {"now": "2026-05-01T12:00:00Z"})
    session = sandbox.new_session()
    sandbox.pay(session, card="4000000000000002")
    intent = str(_fresh(sandbox, session).payment_intent)
    sandbox.control("POST", "clock", {"advance": 86_399})
    assert _fresh(sandbox, session).status == "open"
    sandbox.control("POST", "clock", {"advance": 1})
    expired = _fresh(sandbox, session)
    assert (expired.status, expired.payment_status, expired.url) == ("expired", "unpaid", None)
    assert sandbox.client.v1.payment_intents.retrieve(intent).status == "canceled"
    assert _types(sandbox)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    page = _submit(session)
    assert page.status_code == 410
    assert "has expired" in page.text
    assert "http://localhost:8000/give/" in page.text


def test_an_open_session_can_be_expired_once(sandbox: Running) -> None:
    session = sandbox.new_session()
    assert sandbox.client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.client.v1.checkout.sessions.expire(session.id)
    assert _types(sandbox) == ["checkout.session.expired"]


def test_a_customer_is_made_when_the_session_asks_for_one(sandbox: Running) -> None:
    guest, kept = sandbox.new_session(), sandbox.new_session(customer_creation="always")
    _submit(guest)
    _submit(kept)
    assert _fresh(sandbox, guest).customer is None
    customer = sandbox.client.v1.customers.retrieve(str(_fresh(sandbox, kept).customer))
    assert (customer.email, customer.name) == ("ada@example.org", "Ada Lamb")


def test_a_known_address_is_not_asked_for_again(sandbox: Running) -> None:
    customer = sandbox.client.v1.customers.create(params={"email": "known@example.org"})
    for session in (
        sandbox.new_session(customer=customer.id),
        sandbox.new_session(customer_email="known@example.org"),
    ):
        page = requests.get(str(session.url), timeout=20).text
        assert "known@example.org" in page
        assert 'name="email"' not in page
        assert _submit(session, email="other@example.org").status_code == 303
        details = _fresh(sandbox, session).customer_details
        assert details is not None
        assert details.email == "known@example.org"


def test_a_question_of_the_session_is_asked_and_its_answer_kept(sandbox: Running) -> None:
    asked = {"key": "note", "label": {"type": "custom", "custom": "A note"}, "type": "text"}
    session = sandbox.new_session(custom_fields=[asked])
    assert "A note" in requests.get(str(session.url), timeout=20).text
    assert _submit(session).status_code == 422
    assert _submit(session, **{"custom-note": "For the water story"}).status_code == 303
    (field,) = _fresh(sandbox, session).custom_fields
    assert field.text is not None
    assert field.text.value == "For the water story"


def test_sessions_are_found_by_their_payment(sandbox: Running) -> None:
    first, second = sandbox.new_session(), sandbox.new_session()
    _submit(first)
    _submit(second)
    intent = str(_fresh(sandbox, first).payment_intent)
    found = sandbox.client.v1.checkout.sessions.list(params={"payment_intent": intent})
    assert [session.id for session in found.data] == [first.id]


@pytest.mark.parametrize(
    "more",
    [
        {"mode": "subscription"},
        {"success_url": "/thanks/"},
        {"expires_at": 1},
        {"locale": "xx"},
        {"customer_email": "nobody"},
        {"line_items": []},
        {
            "line_items": [
                {
                    "price_data": {
                        "currency": "cad",
                        "unit_amount": 49,
                        "product_data": {"name": "D"},
                    },
                    "quantity": 1,
                }
            ]
        },
        {"allowed_payment_method_types": ["card", "sepa_debit"]},
        {"payment_method_types": ["card"]},
    ],
)
def test_a_session_that_cannot_be_is_refused(sandbox: Running, more: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.new_session(**more)
    assert sandbox.client.v1.checkout.sessions.list().data == []


def test_a_control_call_pays_as_the_page_does(sandbox: Running) -> None:
    session = sandbox.new_session()
    declined = sandbox.pay(session, card="4000000000000002")
    assert (declined.status_code, declined.json()["status"]) == (402, "declined")
    invalid = sandbox.pay(session, email="nobody")
    assert invalid.json() == {"status": "invalid", "problems": {"email": "invalid"}}
    paid = sandbox.pay(session)
    assert paid.json()["redirect_url"] == f"http://localhost:8000/thanks/?s={session.id}"
    fresh = _fresh(sandbox, session)
    assert paid.json()["payment_intent"] == fresh.payment_intent


def test_what_happens_is_dated_by_the_sandboxs_clock(sandbox: Running) -> None:
    moment = 1_780_000_000
    sandbox.control("POST", "clock", {"now": moment})
    session = sandbox.new_session()
    sandbox.pay(session)
    intent = str(_fresh(sandbox, session).payment_intent)
    (charge,) = _charges(sandbox, intent)
    movement = sandbox.client.v1.balance_transactions.retrieve(str(charge.balance_transaction))
    assert (session.created, charge.created, movement.created) == (moment, moment, moment)
    assert movement.status == "pending"
    sandbox.control("POST", "clock", {"advance": 3 * 86_400})
    later = sandbox.client.v1.balance_transactions.retrieve(movement.id)
    assert later.status == "available"
    events = sandbox.client.v1.events.list().data
    # The days brought a payout, too.
    of_payment = [event for event in events if not event.type.startswith("payout.")]
    assert {event.created for event in of_payment} == {moment}
