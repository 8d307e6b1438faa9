"""What counts on the bar: rules over Stripe's facts, without a database."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from campaigns.counting import movements
from tests.money.facts_made import charge, dispute, facts, refund


def amounts(*args, recorded=None):
    return [m.amount for m in movements(facts(*args), recorded or {})]


def test_a_charge_counts_whole_and_its_fee_is_not_taken_off() -> None:
    assert amounts(charge("a", 2500)) == [2500]


def test_a_pending_or_failed_charge_counts_nothing() -> None:
    assert amounts(charge("a", 2500, status="pending"), charge("b", 2500, status="failed")) == [0]
    assert amounts(charge("b", 2500, status="failed", booked=False)) == []


def test_a_debit_that_was_booked_and_never_came_stands_in_the_books_as_nothing() -> None:
    failed = charge("a", 2500, status="failed", failed_at=9)
    found = movements(facts(failed), {})
    assert [(m.kind, m.amount, m.transaction.amount) for m in found] == [
        ("other", 0, 2500),
        ("charge_failure", 0, -2500),
    ]


def test_a_debit_that_fails_after_it_arrived_takes_what_is_left_of_it() -> None:
    recorded = {"stripe:txn_ch_a": 2500, "stripe:txn_re_1": -700}
    failed = charge("a", 2500, status="failed", failed_at=9, refunds=(refund("1", 700, 5),))
    assert amounts(failed, recorded=recorded) == [2500, -700, -1800]


def test_a_fee_settled_in_another_currency_counts_in_the_charges_own() -> None:
    yen = charge("a", 5000)
    settled = dataclasses.replace(
        yen, currency="jpy", transaction=dataclasses.replace(yen.transaction, amount=4550, fee=162)
    )
    (found,) = movements(facts(settled), {})
    # 162 of 4,550 Canadian cents is to 5,000 yen what 178.02 yen are.
    assert (found.amount, found.currency, found.fee_counted) == (5000, "jpy", 178)
    (same,) = movements(facts(yen), {})
    assert same.fee_counted is None


def test_a_charge_without_its_balance_transaction_waits_for_it() -> None:
    assert amounts(charge("a", 2500, booked=False)) == []


def test_a_refund_told_before_its_charge_is_booked_waits_for_it() -> None:
    early = charge("a", 2500, booked=False, refunds=(refund("1", 700, 5),))
    assert amounts(early) == []
    assert amounts(charge("a", 2500, refunds=early.refunds)) == [2500, -700]


def test_partial_refunds_take_what_they_give_back() -> None:
    parts = (refund("1", 700, 5), refund("2", 300, 6))
    assert amounts(charge("a", 2500, refunds=parts)) == [2500, -700, -300]


def test_a_failed_refund_restores_exactly_what_it_took() -> None:
    failed = refund("1", 700, 5, status="failed", failed_at=9)
    assert amounts(charge("a", 2500, refunds=(failed,))) == [2500, -700, 700]


def test_a_refund_that_fails_within_the_same_second_is_restored() -> None:
    for name in ("a", "b", "c", "d"):
        failed = refund(name, 700, 5, status="failed", failed_at=5)
        assert amounts(charge(name, 2500, refunds=(failed,))) == [2500, -700, 700]


def test_a_dispute_after_a_partial_refund_takes_only_what_is_left() -> None:
    both = charge(
        "a", 2500, refunds=(refund("1", 1000, 5),), disputes=(dispute("1", 2500, 9, "lost"),)
    )
    assert amounts(both) == [2500, -1000, -1500]


def test_a_dispute_won_restores_exactly_what_was_withdrawn() -> None:
    both = charge(
        "a",
        2500,
        refunds=(refund("1", 1000, 5),),
        disputes=(dispute("1", 2500, 9, "won", won_at=20),),
    )
    assert amounts(both) == [2500, -1000, -1500, 1500]


def test_what_is_recorded_keeps_its_amount_when_older_movements_turn_up() -> None:
    late = charge("a", 1000, refunds=(refund("old", 600, 2), refund("new", 600, 8)))
    recorded = {"stripe:txn_ch_a": 1000, "stripe:txn_re_new": -600}
    fresh = {m.source_key: m.amount for m in movements(facts(late), recorded)}
    assert fresh["stripe:txn_re_new"] == -600
    assert fresh["stripe:txn_re_old"] == -400
    assert sum(fresh.values()) == 0


def test_a_refund_that_fails_after_a_dispute_for_the_whole_restores_nothing() -> None:
    failed = refund("1", 1000, 5, status="failed", failed_at=12)
    lost = charge("a", 2500, refunds=(failed,), disputes=(dispute("1", 2500, 9, "lost"),))
    assert amounts(lost) == [2500, -1000, -1500, 0]
    won = charge("a", 2500, refunds=(failed,), disputes=(dispute("1", 2500, 9, "won", won_at=20),))
    assert amounts(won) == [2500, -1000, -1500, 0, 2500]


refunds = st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 50), st.booleans()), max_size=5)


@given(st.integers(50, 5000), refunds, st.booleans(), st.data())
def test_no_charge_ever_counts_below_zero_or_above_itself(amount, wishes, disputed, data) -> None:
    made = tuple(
        refund(
            str(n),
            value,
            minute,
            status="failed" if fails else "succeeded",
            failed_at=minute + 1 if fails else None,
        )
        for n, (value, minute, fails) in enumerate(wishes)
    )
    disputes = (dispute("1", amount, 30, "won", won_at=60),) if disputed else ()
    told = movements(facts(charge("a", amount, refunds=made, disputes=disputes)), {})
    level = 0
    for movement in told:
        level += movement.amount
        assert 0 <= level <= amount


@given(st.integers(50, 5000), refunds, st.data())
def test_telling_in_two_goes_comes_to_the_same(amount, wishes, data) -> None:
    made = tuple(refund(str(n), v, m) for n, (v, m, _f) in enumerate(wishes))
    whole = movements(facts(charge("a", amount, refunds=made)), {})
    upto = data.draw(st.integers(0, len(whole)))
    recorded = {m.source_key: m.amount for m in whole[:upto]}
    again = movements(facts(charge("a", amount, refunds=made)), recorded)
    assert [m.amount for m in again] == [m.amount for m in whole]


@given(st.integers(50, 5000), refunds, st.booleans(), st.data())
def test_in_whatever_order_it_is_told_it_comes_to_what_stripe_left_of_it(
    amount, wishes, disputed, data
) -> None:
    made = tuple(
        refund(
            str(n),
            value,
            minute,
            status="failed" if fails else "succeeded",
            failed_at=minute + 1 if fails else None,
        )
        for n, (value, minute, fails) in enumerate(wishes)
    )
    disputes = (dispute("1", amount, 30, "lost"),) if disputed else ()
    told = facts(charge("a", amount, refunds=made, disputes=disputes))
    recorded: dict[str, int] = {}
    first = data.draw(st.sets(st.sampled_from([m.source_key for m in movements(told, {})])))
    first.add("stripe:txn_ch_a")
    # Stripe's books had so much of it when we first looked, and all of it when we looked again.
    for known in (lambda key: key in first, lambda _key: True):
        for m in movements(told, recorded):
            if known(m.source_key):
                recorded.setdefault(m.source_key, m.amount)
    gone = sum(value for value, _minute, fails in wishes if not fails) + amount * disputed
    assert sum(recorded.values()) == max(0, amount - gone)
