"""A payment's state follows from Stripe's objects: the table of cases."""

import pytest

from campaigns.models import DonationState, PaymentState
from campaigns.states import contradicts, donation_state, payment_state
from tests.money.facts_made import charge, dispute, facts, refund

P = PaymentState


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (facts(status="requires_payment_method"), P.STARTED),
        (facts(status="processing"), P.PROCESSING),
        (facts(charge("a", 1000, status="pending"), status="processing"), P.PROCESSING),
        (facts(charge("a", 1000, status="failed"), status="requires_payment_method"), P.FAILED),
        (facts(status="canceled"), P.EXPIRED),
        (facts(charge("a", 1000)), P.RECEIVED),
        (facts(charge("a", 1000, status="failed"), charge("b", 1000)), P.RECEIVED),
        (facts(charge("a", 1000, refunds=(refund("1", 400, 1),))), P.PARTLY_REFUNDED),
        (facts(charge("a", 1000, refunds=(refund("1", 1000, 1),))), P.REFUNDED),
        (
            facts(charge("a", 1000, refunds=(refund("1", 1000, 1, "failed", failed_at=2),))),
            P.RECEIVED,
        ),
        (facts(charge("a", 1000, disputes=(dispute("1", 1000, 1, "needs_response"),))), P.DISPUTED),
        (
            facts(charge("a", 1000, disputes=(dispute("1", 0, 1, "warning_under_review"),))),
            P.INQUIRY,
        ),
        (facts(charge("a", 1000, disputes=(dispute("1", 1000, 1, "won", 2),))), P.DISPUTE_WON),
        (facts(charge("a", 1000, disputes=(dispute("1", 1000, 1, "lost"),))), P.DISPUTE_LOST),
        (facts(charge("a", 1000, disputes=(dispute("1", 0, 1, "prevented"),))), P.RECEIVED),
    ],
)
def test_state_of_a_payment(told, state) -> None:
    assert payment_state(told) == state


def test_a_declined_try_beside_a_paid_one_leaves_the_donation_received() -> None:
    assert donation_state([P.FAILED, P.RECEIVED]) == DonationState.RECEIVED


def test_a_donation_without_payments_is_begun() -> None:
    assert donation_state([]) == DonationState.STARTED


STATUSES = [
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
    "prevented",
]


@pytest.mark.parametrize("status", STATUSES)
def test_a_state_that_was_derived_from_a_dispute_is_never_said_to_contradict_it(status) -> None:
    for given_back in (0, 400, 1000):
        given = (refund("1", given_back, 1),) if given_back else ()
        asked = charge("a", 1000, refunds=given, disputes=(dispute("1", 1000, 2, status),))
        assert not contradicts(status, payment_state(facts(asked)))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", P.RECEIVED),
        ("lost", P.DISPUTED),
        ("won", P.DISPUTED),
        ("warning_needs_response", P.RECEIVED),
        ("warning_closed", P.INQUIRY),
    ],
)
def test_a_state_from_before_a_disputes_last_turn_contradicts_it(status, state) -> None:
    assert contradicts(status, state)
