"""Monthly giving: the waterfall adds up to the cent, who stays is who paid, all from kept sums that
a second reckoning in these tests, from the bare rows, must meet."""

import random
import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from campaigns import monthly, monthly_charts, moves, renewals, rollups
from campaigns.joining import join
from campaigns.models import (
    Donor,
    EndedBy,
    Instalment,
    MoveKind,
    MoveMonth,
    RecurringDonation,
    RecurringMove,
    RecurringState,
    RenewalCell,
)
from campaigns.moves import Standing, moved
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn, person
from tests.desk.test_recurring import a_recurring

STATES = st.sampled_from(RecurringState)
STANDINGS = st.builds(Standing, STATES, st.integers(1, 10**9), st.sampled_from(EndedBy))
FIRST = datetime(2025, 9, 3, 16, tzinfo=UTC)
NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)
RUNS = ("active", "unpaid")


@given(st.lists(STANDINGS, min_size=1, max_size=12), st.booleans())
def test_the_steps_of_any_life_add_up_to_what_runs(lives: list[Standing], paid: bool) -> None:
    at = Standing(RecurringState.STARTED, 100)
    ran = 0
    for after in lives:
        if at.state != after.state == RecurringState.STARTED:
            continue  # Stripe's `incomplete` never comes back
        steps = moved(at, after, paid=paid)
        for step in steps:
            assert step.before == ran
            ran = step.after
        if at.state == RecurringState.STARTED and not steps:
            continue
        assert ran == after.running
        at = after


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (("started", 10), ("active", 10), ["begun"]),
        (("started", 10), ("paused", 10), ["begun", "paused"]),
        (("active", 10), ("active", 15), ["raised"]),
        (("paused", 15), ("paused", 10), ["lowered"]),
        (("active", 10), ("paused", 10), ["paused"]),
        (("paused", 10), ("active", 12), ["raised", "resumed"]),
        (("active", 10), ("ending", 10), ["left"]),
        (("ending", 10), ("ended", 10), []),
        (("ending", 10), ("active", 10), ["kept"]),
        (("active", 10), ("unpaid", 10), ["failing"]),
        (("unpaid", 10), ("active", 10), ["recovered"]),
        (("unpaid", 10), ("ended", 10, "payment"), ["dropped"]),
        (("active", 10), ("ended", 10, "staff"), ["left"]),
    ],
)
def test_what_a_change_is_called(before: tuple, after: tuple, kinds: list[str]) -> None:
    steps = moved(Standing(*before), Standing(*after), paid=True)
    assert [step.kind for step in steps] == kinds


class Lives:
    """Random lives of monthly and yearly gifts, written by the functions the site uses."""

    def __init__(self, seed: int, gifts: int) -> None:
        self.chance = random.Random(seed)
        self.campaign = a_campaign(ends_at=None)
        for n in range(gifts):
            self.live("year" if n % 5 == 0 else "month")

    def live(self, frequency: str) -> None:
        chance = self.chance
        begun = FIRST + timedelta(hours=chance.randrange(220 * 24))
        gift = a_recurring(
            self.campaign,
            frequency=frequency,
            state="started",
            started_at=begun,
            amount=chance.choice([500, 1000, 2050, 3333]),
        )
        if chance.random() < 0.2 and (other := RecurringDonation.objects.order_by("?").first()):
            gift.donor = other.donor
        self.paid(gift, begun, gift.first)
        self.become(gift, begun, state="active")
        at, step = begun, timedelta(days=366 if frequency == "year" else 30)
        while (at := at + step) < NOW and gift.state != "ended":
            self.a_period(gift, at)

    def a_period(self, gift: RecurringDonation, at: datetime) -> None:
        chance = self.chance
        what = chance.choice(["pays"] * 6 + ["fails", "pause", "amount", "leave", "recover"])
        if what == "pause":
            self.paid(gift, at, None, state="skipped")
            self.become(gift, at, state="paused")
            self.become(gift, at + timedelta(days=9), state="active")
        elif what == "amount":
            self.become(gift, at, amount=chance.choice([700, 1500, 9999]))
        elif what == "leave":
            self.become(gift, at, state="ended", ended_by=chance.choice(["donor", "staff"]))
        elif what == "pays":
            self.paid(gift, at, None)
        else:
            owed = self.paid(gift, at, None, state="open")
            self.become(gift, at, state="unpaid")
            if what == "recover":
                owed.state = "paid"
                owed.save()
                self.become(gift, at + timedelta(days=3), state="active")
            elif chance.random() < 0.5:
                owed.state = "given_up"
                owed.save()
                self.become(gift, at + timedelta(days=20), state="ended", ended_by="payment")

    def paid(self, gift: RecurringDonation, at: datetime, donation, state="paid") -> Instalment:
        made = Instalment.objects.create(
            recurring=gift,
            invoice=f"in_{uuid.uuid4().hex[:12]}",
            donation=donation,
            amount=gift.amount,
            state=state,
            due_at=at,
            tries=1,
        )
        renewals.settle(gift.donor_id, gift.currency, gift.frequency)
        return made

    def become(self, gift: RecurringDonation, at: datetime, **fields) -> None:
        stood = moves.standing(gift)
        for name, value in fields.items():
            setattr(gift, name, value)
        with transaction.atomic():
            gift.save()
            renewals.settle(gift.donor_id, gift.currency, gift.frequency)
            moves.write_down(gift, stood, at, at)


def bare(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def local_month(moment: datetime) -> date:
    return moment.astimezone(monthly.ZoneInfo("America/Toronto")).date().replace(day=1)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_what_the_bare_rows_come_to(seed: int) -> None:
    Lives(seed, 40)
    found = monthly.figures("cad", NOW)
    for regular, frequency in ((found.monthly, "month"), (found.yearly, "year")):
        gifts = bare(
            "SELECT id, amount, state FROM campaigns_recurringdonation "
            f"WHERE frequency = '{frequency}'"
        )
        assert regular.running == sum(a for _, a, state in gifts if state in RUNS)
        assert regular.gifts == sum(1 for *_, state in gifts if state in RUNS)
        # Who ran at a month's end, from each gift's own last step before it.
        steps: dict[int, list[tuple]] = defaultdict(list)
        for row in bare(
            "SELECT recurring_id, kind, before, after, amount, at FROM campaigns_recurringmove "
            f"WHERE frequency = '{frequency}' ORDER BY id"
        ):
            steps[row[0]].append(row)
        end_before = 0
        for month in regular.months:
            upto = [
                [s for s in life if local_month(s[5]) <= month.month] for life in steps.values()
            ]
            assert month.end == sum(life[-1][3] for life in upto if life)
            assert month.gifts == sum(1 for life in upto if life and life[-1][3])
            assert month.start == end_before
            assert month.start + sum(m.change for _, m in month.changes) == month.end
            end_before = month.end
            for kind in MoveKind:
                here = [
                    s
                    for life in steps.values()
                    for s in life
                    if s[1] == kind and local_month(s[5]) == month.month
                ]
                assert month.of(kind).moves == len(here)
                assert month.of(kind).change == sum(s[3] - s[2] for s in here)
                assert month.of(kind).amount == sum(s[4] for s in here)
        check_retention(regular, frequency)


def check_retention(regular: monthly.Regular, frequency: str) -> None:
    """Donor by donor, from the instalments themselves."""
    paid: dict[int, set[date]] = defaultdict(set)
    tried: dict[int, set[date]] = defaultdict(set)
    sums: dict[date, int] = defaultdict(int)
    for donor, due, state, amount, gift in bare(
        "SELECT r.donor_id, i.due_at, i.state, i.amount, r.state "
        "FROM campaigns_instalment i JOIN campaigns_recurringdonation r ON r.id = i.recurring_id "
        f"WHERE r.frequency = '{frequency}' AND i.due_at > r.started_at"
    ):
        period = local_month(due)
        period = period.replace(month=1) if frequency == "year" else period
        if state == "paid":
            paid[donor].add(period)
            sums[period] += amount
        elif state == "open" and gift != "ended":
            tried[donor].add(period)
    assert {row.period: row.paid for row in regular.renewed if row.paid} == sums
    cohorts: dict[date, list[int]] = defaultdict(list)
    for donor, periods in paid.items():
        cohorts[min(periods)].append(donor)
    assert {cohort.first: cohort.size for cohort in regular.cohorts} == {
        first: len(donors) for first, donors in cohorts.items()
    }
    for cohort in regular.cohorts:
        donors = cohorts[cohort.first]
        assert cohort.cells[0].donors == len(donors)
        for cell in cohort.cells[1:]:
            end = monthly.later(cell.period, 12 if frequency == "year" else 1)
            if end > NOW.date():
                assert cell.donors is None, "not over yet"
                continue
            assert cell.donors == sum(1 for d in donors if cell.period in paid[d])
            assert cell.waiting == sum(
                1 for d in donors if cell.period in tried[d] and cell.period not in paid[d]
            )


@pytest.mark.django_db
def test_rollups_are_computed_from_nothing_and_a_difference_is_named(sign_in: SignIn) -> None:
    Lives(4, 15)
    treasurer = sign_in("treasurer")

    def said() -> str:
        return " ".join(treasurer.get("/desk/health/").content.decode().split())

    assert "They have not been computed from nothing yet." in said()
    call_command("verify_rollups")
    one, other = Donor.objects.filter(recurring_donations__moves__kind="begun").distinct()[:2]
    join(one, other, reason="the same person", by=person("administrator"))
    call_command("verify_rollups")
    run = rollups.check(datetime.now(UTC))
    assert run is not None
    assert (run.differences, run.found) == (0, [])
    assert "Each is what it is the sum of." in said()
    assert not rollups.is_due(datetime.now(UTC))
    wrong = MoveMonth.objects.filter(kind="begun").first()
    assert wrong
    MoveMonth.objects.filter(pk=wrong.pk).update(change=wrong.change + 1)
    RenewalCell.objects.filter(
        pk=RenewalCell.objects.filter(donors__gt=0).order_by("pk").values("pk")[:1]
    ).delete()
    with pytest.raises(CommandError, match="2 differences"):
        call_command("verify_rollups")
    run = rollups.check(datetime.now(UTC))
    assert run is not None
    assert "begun" in run.found[0]
    assert "2 differ from what they are the sums of" in said()


@pytest.mark.django_db
def test_what_moved_is_never_changed() -> None:
    Lives(5, 1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecurringMove.objects.update(after=0)


@pytest.mark.django_db
def test_what_is_expected_is_what_falls_due_by_the_share_that_was_paid() -> None:
    this = date(2026, 5, 1)
    regular = monthly.Regular("cad", monthly.Frequency.MONTH, [], [], [])
    rows = [
        monthly.Renewed(date(2026, 1, 1), 999, 1, 0, 0),
        monthly.Renewed(date(2026, 2, 1), 10, 900, 0, 100),
        monthly.Renewed(date(2026, 4, 1), 10, 700, 200, 100),
        monthly.Renewed(date(2026, 5, 1), 99, 5, 0, 0),
    ]
    assert monthly.share_paid(replace(regular, renewed=rows), this) == Fraction(1600, 2000)
    assert monthly.share_paid(replace(regular, renewed=rows[:2]), this) is None, "too few"
    assert monthly.Expected(this, 1000, 250, Fraction(4, 5)).amount == 1000


@pytest.mark.django_db
def test_the_page_has_a_fixed_number_of_queries_and_says_when_there_is_nothing(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in("fundraiser")
    address = "/desk/recurring/figures/"
    assert "Nobody gives monthly or yearly yet." in client.get(address).content.decode()
    Lives(6, 2)
    client.get(address)
    with django_assert_max_num_queries(29) as first:
        client.get(address)
    Lives(7, 20)
    monthly_charts.draw_all(datetime.now(UTC))
    with django_assert_max_num_queries(len(first)):
        shown = client.get(address).content.decode()
    assert "Lost by failed payments" in shown
