"""What each step in the life of a recurring donation moved: written down once, where it happens.

`moved` says it of two plain standings; `write_down` appends it with its month's sums in the
transaction that changes the recurring donation. `computed` adds the sums up from nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from campaigns.models import (
    EndedBy,
    InstalmentState,
    MoveKind,
    RecurringChange,
    RecurringDonation,
    RecurringMove,
    RecurringState,
)
from campaigns.recurring_figures import RUNNING

OVER: Final = (RecurringState.ENDING, RecurringState.ENDED)

# Which wish of a donor or of staff tells when a step happened.
_WISHED: Final = {
    MoveKind.RAISED: "amount",
    MoveKind.LOWERED: "amount",
    MoveKind.PAUSED: "pause",
    MoveKind.RESUMED: "resume",
    MoveKind.KEPT: "keep",
    MoveKind.LEFT: "cancel",
}

_SUMS: Final = """
INSERT INTO campaigns_movemonth AS kept
    (currency, frequency, month, kind, moves, change, gifts, amount)
VALUES (%(currency)s, %(frequency)s, %(month)s, %(kind)s, 1, %(change)s, %(gifts)s, %(amount)s)
ON CONFLICT (currency, frequency, month, kind) DO UPDATE SET
    moves = kept.moves + 1,
    change = kept.change + excluded.change,
    gifts = kept.gifts + excluded.gifts,
    amount = kept.amount + excluded.amount
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A recurring donation at one moment; `amount` in minor units each month or year."""

    state: RecurringState
    amount: int
    ended_by: str = ""

    @property
    def running(self) -> int:
        """What it brings while nothing changes; one whose payment is tried again still runs."""
        return self.amount if self.state in RUNNING else 0


@dataclass(frozen=True, slots=True)
class Step:
    kind: MoveKind
    amount: int
    before: int
    after: int


def moved(before: Standing, after: Standing, *, paid: bool) -> list[Step]:
    """The steps that lead from one standing to the other, in order; none when nothing moved.

    Their changes add up to what runs now less what ran before. `paid`: something was paid of it,
    so that one that came and went between two looks was there; what never was paid never was.
    """
    steps: list[Step] = []
    at = before

    def go(kind: MoveKind, state: RecurringState, amount: int | None = None) -> None:
        nonlocal at
        to = Standing(state, at.amount if amount is None else amount)
        steps.append(Step(kind, to.amount, at.running, to.running))
        at = to

    if before.state == RecurringState.STARTED:
        if after.state == RecurringState.STARTED or (after.state in OVER and not paid):
            return []
        at = Standing(RecurringState.STARTED, after.amount)
        go(MoveKind.BEGUN, RecurringState.ACTIVE)
    elif at.amount != after.amount:
        go(
            MoveKind.RAISED if after.amount > at.amount else MoveKind.LOWERED,
            at.state,
            after.amount,
        )
    if after.state in OVER:
        if at.state not in OVER:
            by_payment = after.ended_by == EndedBy.PAYMENT
            go(MoveKind.DROPPED if by_payment else MoveKind.LEFT, after.state)
        return steps
    if at.state in OVER:
        go(MoveKind.KEPT, RecurringState.ACTIVE)
    if after.state == RecurringState.PAUSED:
        if at.state != RecurringState.PAUSED:
            go(MoveKind.PAUSED, RecurringState.PAUSED)
        return steps
    if at.state == RecurringState.PAUSED:
        go(MoveKind.RESUMED, RecurringState.ACTIVE)
    if after.state == RecurringState.UNPAID and at.state != RecurringState.UNPAID:
        go(MoveKind.FAILING, RecurringState.UNPAID)
    elif after.state == RecurringState.ACTIVE and at.state == RecurringState.UNPAID:
        go(MoveKind.RECOVERED, RecurringState.ACTIVE)
    return steps


def standing(recurring: RecurringDonation) -> Standing:
    return Standing(
        RecurringState(recurring.state), recurring.amount, EndedBy(recurring.ended_by or "stripe")
    )


def month_of(moment: datetime) -> date:
    """The first day of its month in the newsroom's time zone."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)


def write_down(
    recurring: RecurringDonation, before: Standing, now: datetime, left_at: datetime | None
) -> list[RecurringMove]:
    """Append what moved since `before`, with its sums. Call in the transaction that saves
    `recurring`, its row locked and its instalments written.

    `left_at` is Stripe's moment of a cancellation or an end.
    """
    paid = recurring.instalments.filter(state=InstalmentState.PAID).exists()
    steps = moved(before, standing(recurring), paid=paid)
    if not steps:
        return []
    earliest = (
        RecurringMove.objects.filter(recurring=recurring)
        .order_by("-pk")
        .values_list("at", flat=True)
        .first()
    )
    written = []
    for step in steps:
        at = _when(recurring, step.kind, left_at) or now
        at = at if earliest is None else max(at, earliest)
        earliest = at
        written.append(
            RecurringMove(
                recurring=recurring,
                kind=step.kind,
                amount=step.amount,
                before=step.before,
                after=step.after,
                currency=recurring.currency,
                frequency=recurring.frequency,
                at=at,
                month=month_of(at),
            )
        )
    RecurringMove.objects.bulk_create(written)
    _add_up(written)
    return written


def _add_up(written: list[RecurringMove]) -> None:
    """In one order, so that two writers never wait for each other."""
    with connection.cursor() as cursor:
        for move in sorted(written, key=lambda move: (move.month, move.kind)):
            cursor.execute(
                _SUMS,
                {
                    "currency": move.currency,
                    "frequency": move.frequency,
                    "month": move.month,
                    "kind": move.kind,
                    "change": move.after - move.before,
                    "gifts": int(move.after > 0) - int(move.before > 0),
                    "amount": move.amount,
                },
            )


def _when(
    recurring: RecurringDonation, kind: MoveKind, left_at: datetime | None
) -> datetime | None:
    """When it happened, as far as anybody knows."""
    told: dict[MoveKind, Callable[[], datetime | None]] = {
        MoveKind.BEGUN: lambda: recurring.started_at,
        MoveKind.DROPPED: lambda: left_at,
        MoveKind.FAILING: lambda: _due(recurring, InstalmentState.OPEN),
        MoveKind.RECOVERED: lambda: _received(recurring),
    }
    if kind in told:
        return told[kind]()
    wished = (
        RecurringChange.objects.filter(recurring=recurring, kind=_WISHED[kind], refused="")
        .order_by("-pk")
        .values_list("asked_at", flat=True)
        .first()
    )
    return wished or (left_at if kind == MoveKind.LEFT else None)


def _due(recurring: RecurringDonation, state: InstalmentState) -> datetime | None:
    found = recurring.instalments.filter(state=state).order_by("-due_at")
    return found.values_list("due_at", flat=True).first()


def _received(recurring: RecurringDonation) -> datetime | None:
    paid = recurring.instalments.filter(state=InstalmentState.PAID).order_by("-due_at")
    return paid.values_list("donation__received_at", flat=True).first()


# The sums of a month from the moves alone, and what runs from the gifts themselves.
RECOUNTS: Final = [
    (
        "moves of a month (currency, frequency, month, kind)",
        """
        WITH computed AS (
            SELECT ROW(currency, frequency, month, kind)::text AS key, count(*) AS moves,
                sum(after - before)::bigint AS change,
                sum((after > 0)::int - (before > 0)::int) AS gifts, sum(amount)::bigint AS amount
            FROM campaigns_recurringmove GROUP BY 1
        ), kept AS (
            SELECT ROW(currency, frequency, month, kind)::text AS key, moves, change, gifts, amount
            FROM campaigns_movemonth
        )
        """,
    ),
    (
        "what runs of recurring donation",
        """
        WITH computed AS (
            SELECT id AS key, CASE WHEN state IN ('active', 'unpaid') THEN amount ELSE 0 END AS runs
            FROM campaigns_recurringdonation
        ), kept AS (
            SELECT recurring_id AS key, sum(after - before)::bigint AS runs
            FROM campaigns_recurringmove GROUP BY 1
        )
        """,
    ),
]
