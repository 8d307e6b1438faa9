"""What Stripe pays out is the sum of its movements, and a warning of fraud is answered."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from campaigns import fraud
from campaigns.models import (
    FraudWarning,
    LedgerEntry,
    Payout,
    PayoutLine,
    PayoutState,
)
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

WARNED_CARD = "4000000000005423"


@pytest.fixture(autouse=True)
def faults_off(stack_db: Stack) -> Iterator[None]:
    yield
    acts.faults(stack_db)


def _sandbox(stack: Stack, path: str, **asked: Any) -> dict[str, Any]:
    answer = requests.post(f"{stack.sandbox_url}/sandbox/{path}", json=asked, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _known(payout: str, state: PayoutState) -> Payout:
    def found() -> Payout | None:
        return Payout.objects.filter(stripe_id=payout, state=state, listed=True).first()

    return wait_until(found, acts.PATIENCE, f"the payout is {state}")


@pytest.mark.parametrize(
    "fault",
    [{"twice": {"times": 2}, "reversed": {"size": 3, "seconds": 1}}, {"never": {}}],
    ids=["twice and reversed", "never told"],
)
def test_a_payout_equals_its_movements_whatever_becomes_of_its_events(
    stack_db: Stack, fault: dict[str, Any]
) -> None:
    campaign = a_campaign()
    gifts = [acts.give(stack_db, campaign) for _ in range(3)]
    acts.wait_for_raised(campaign, 7500)
    acts.refund_at_stripe(stack_db, gifts[0].payments.get().stripe_id, 1000)
    acts.wait_for_raised(campaign, 6500)
    acts.wait_for_quiet_inbox()
    acts.faults(stack_db, **fault)
    made = _sandbox(stack_db, "payouts", everything=True)["payouts"]
    cad = next(p for p in made if p["currency"] == "cad")
    if "never" in fault:
        assert stack_db.manage("reconcile").returncode == 0
    payout = _known(cad["id"], PayoutState.IN_TRANSIT)
    assert (payout.amount, payout.come_to, payout.equal) == (cad["amount"], cad["amount"], True)
    assert payout.movements == payout.lines.count() >= 4
    ours = LedgerEntry.objects.filter(campaign=campaign)
    in_it = set(PayoutLine.objects.filter(payout=payout).values_list("transaction", flat=True))
    assert {e.source_key.removeprefix("stripe:") for e in ours} <= in_it
    _sandbox(stack_db, f"payouts/{cad['id']}/fail")
    if "never" in fault:
        assert stack_db.manage("reconcile").returncode == 0
    failed = _known(cad["id"], PayoutState.FAILED)
    assert failed.failure == "account_closed"
    acts.faults(stack_db)
    again = _sandbox(stack_db, "payouts", everything=True)["payouts"]
    second = _known(next(p for p in again if p["currency"] == "cad")["id"], PayoutState.IN_TRANSIT)
    assert (second.other, second.equal) == (failed.amount, True)
    acts.books_are_clean(stack_db)


def test_a_warning_of_fraud_waits_for_somebody_unless_the_newsroom_wishes_it_answered(
    stack_db: Stack, settings
) -> None:
    acts.faults(stack_db, twice={"times": 2})
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    assert acts.pay(stack_db, gift, card=WARNED_CARD).status_code == 200
    warned = FraudWarning.objects.filter(payment__donation=gift)
    wait_until(warned.exists, acts.PATIENCE, "the warning is known")
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_quiet_inbox()
    (warning,) = warned
    assert (warning.open, warning.given_back_at) == (True, None)
    acts.refund_at_stripe(stack_db, gift.payments.get().stripe_id, 500)
    acts.wait_for_raised(campaign, 2000)
    settings.REFUND_ON_FRAUD_WARNING = True
    for _ in range(2):
        fraud.sync_warning(warning.stripe_id)
    acts.wait_for_raised(campaign, 0)
    warning.refresh_from_db()
    assert not warning.open
    assert warning.given_back_at
    given = LedgerEntry.objects.filter(donation=gift, kind="refund").values_list(
        "amount", flat=True
    )
    assert sorted(given) == [-2000, -500]
    asked = AuditEntry.objects.filter(target=f"campaigns.donation:{gift.pk}", actor=None)
    assert sorted(asked.values_list("verb", flat=True)) == ["asked for a refund", "refunded"]
    acts.wait_for_quiet_inbox()
    acts.books_are_clean(stack_db)
