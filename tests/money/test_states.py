"""A payment's state follows from Stripe's objects: the table of cases."""

import pytest

from campaigns.models import DonationState, PaymentState
from campaigns.states import donation_state, payment_state
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
