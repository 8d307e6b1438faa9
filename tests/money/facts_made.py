"""Stripe's facts, made up: charges with refunds and disputes for tests of pure rules."""

from datetime import UTC, datetime, timedelta

from campaigns.gateway import Charge, Dispute, PaymentFacts, Refund, Transaction

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def transaction(name: str, amount: int, category: str, minute: int, fee: int = 0) -> Transaction:
    return Transaction(
        id=f"txn_{name}",
        amount=amount,
        currency="cad",
        fee=fee,
        reporting_category=category,
        created=START + timedelta(minutes=minute),
    )


def refund(
    name: str, amount: int, minute: int, status: str = "succeeded", failed_at: int | None = None
) -> Refund:
    return Refund(
        id=f"re_{name}",
        amount=amount,
        currency="cad",
        status=status,
        created=START + timedelta(minutes=minute),
        transaction=transaction(f"re_{name}", -amount, "refund", minute),
        failure_transaction=(
            transaction(f"a_{name}", amount, "refund_failure", failed_at)
            if failed_at is not None
            else None
        ),
    )


def dispute(name: str, amount: int, minute: int, status: str, won_at: int | None = None) -> Dispute:
    moved = [transaction(f"dp_{name}", -amount, "dispute", minute, fee=1500)]
    if won_at is not None:
        moved.append(transaction(f"dr_{name}", amount, "dispute_reversal", won_at))
    return Dispute(
        id=f"dp_{name}",
        amount=amount,
        currency="cad",
        status=status,
        created=START + timedelta(minutes=minute),
        transactions=tuple(moved),
    )


def charge(
    name: str,
    amount: int,
    *,
    status: str = "succeeded",
    refunds: tuple[Refund, ...] = (),
    disputes: tuple[Dispute, ...] = (),
    booked: bool = True,
    method: str = "card",
    failed_at: int | None = None,
) -> Charge:
    return Charge(
        id=f"ch_{name}",
        amount=amount,
        currency="cad",
        status=status,
        created=START,
        method=method,
        email="donor@example.org",
        name="A Donor",
        transaction=transaction(f"ch_{name}", amount, "charge", 0, fee=30) if booked else None,
        refunds=refunds,
        disputes=disputes,
        failure_transaction=(
            transaction(f"f_{name}", -amount, "charge_failure", failed_at, fee=-30)
            if failed_at is not None
            else None
        ),
    )


def facts(*charges: Charge, status: str = "succeeded") -> PaymentFacts:
    return PaymentFacts(
        id="pi_1",
        amount=charges[0].amount if charges else 1000,
        currency="cad",
        status=status,
        created=START,
        metadata={},
        charges=charges,
    )
