"""A bank statement's sums and the payouts they are."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns import bank_import, gateway, payouts
from campaigns.bank_import import StatementRefused
from campaigns.csv_lines import FileRefused
from campaigns.models import BankLine, Payout, PayoutState
from newsroom.readers.models import Reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)


def a_payout(amount: int, arrives: str, **fields: object) -> Payout:
    made = Payout.objects.count()
    return Payout.objects.create(
        **{
            "stripe_id": f"po_{made}",
            "amount": amount,
            "currency": "cad",
            "state": PayoutState.PAID,
            "created_at": NOW,
            "arrives_on": date.fromisoformat(arrives),
            "trace": f"TRACE{made}",
            "listed": True,
            "gifts": amount,
            "synced_at": NOW,
            **fields,
        }
    )


def the_file(*lines: str) -> bytes:
    return "\n".join(["date,amount,description", *lines]).encode()


def fates(data: bytes) -> list[str]:
    return [str(row.fate) for row in bank_import.read(data, "cad")]


@pytest.fixture
def treasurer() -> Reader:
    return Reader.objects.create(email="treasurer@example.org")


def test_each_row_is_shown_with_what_it_is_and_nothing_is_kept() -> None:
    a_payout(238_044, "2026-06-03")
    a_payout(5_000, "2026-06-09")
    data = the_file(
        "2026-06-04,2380.44,STRIPE PAYOUT",
        "2026-06-09,49.00,Stripe transfer",
        "2026-06-05,75.00,Rent of a room",
        "2026-06-06,-12.00,Account fee",
        "June 7,10,What",
        "2026-06-07,ten,What",
    )
    assert fates(data) == ["matched", "differs", "unknown", "not_a_deposit", "wrong", "wrong"]
    assert not BankLine.objects.exists()


def test_the_bank_s_own_name_for_a_payout_is_certain_and_each_payout_arrives_once() -> None:
    first, second = a_payout(5_000, "2026-06-03"), a_payout(5_000, "2026-06-04")
    a_payout(5_000, "2026-06-04", currency="usd")
    rows = bank_import.read(
        the_file(
            "2026-06-05,50.00,STRIPE",
            f"2026-06-05,50.00,STRIPE {first.trace}",
            "2026-06-05,50.00,STRIPE",
            "2026-07-30,50.00,STRIPE",
        ),
        "cad",
    )
    assert [row.payout for row in rows] == [second, first, None, None]


def test_a_file_sent_twice_is_kept_once_and_undone_it_may_come_again(treasurer: Reader) -> None:
    payout = a_payout(5_000, "2026-06-03")
    data = the_file("2026-06-03,50.00,STRIPE", "2026-06-03,7.00,A", "2026-06-03,7.00,A")
    kept = bank_import.keep(
        bank_import.read(data, "cad"), name="june.csv", currency="cad", by=treasurer
    )
    assert kept.lines.count() == 3
    words = kept.lines.order_by("pk").values_list("description", flat=True)
    assert list(words) == ["STRIPE", "", ""], "what is no payout may name people"
    assert fates(data) == ["known", "known", "known"]
    with pytest.raises(StatementRefused, match="nothing new"):
        bank_import.keep(bank_import.read(data, "cad"), name="", currency="cad", by=treasurer)
    bank_import.undo(kept, by=treasurer, moment=NOW)
    with pytest.raises(StatementRefused, match="already"):
        bank_import.undo(kept, by=treasurer, moment=NOW)
    assert not payout.bank_lines.filter(undone=False).exists()
    assert fates(data) == ["matched", "unknown", "unknown"]
    assert kept.lines.count() == 3, "what was undone stays to be read"


def test_two_people_with_one_file_keep_it_once(treasurer: Reader) -> None:
    a_payout(5_000, "2026-06-03")
    rows = bank_import.read(the_file("2026-06-03,50.00,STRIPE"), "cad")
    bank_import.keep(rows, name="a", currency="cad", by=treasurer)
    with pytest.raises(StatementRefused, match="just brought in"):
        bank_import.keep(rows, name="b", currency="cad", by=treasurer)
    assert BankLine.objects.count() == 1


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"a,b\n1,2", b"date,amount\n\x00", b"x" * 1_000_001]
)
def test_a_file_that_is_none_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(FileRefused):
        bank_import.read(data, "cad")


def test_a_payout_on_no_statement_is_missing_once_its_days_are_over(
    treasurer: Reader, settings
) -> None:
    settings.PAYOUT_MISSING_DAYS = 5
    before, arrived, lost, fresh = (
        a_payout(amount, day)
        for amount, day in (
            (1_000, "2026-05-01"),
            (2_000, "2026-06-03"),
            (3_000, "2026-06-10"),
            (4_000, "2026-06-18"),
        )
    )
    assert payouts.waiting(NOW).missing == 0, "no statement was ever brought in"
    late = a_payout(9_000, "2026-05-02", state=PayoutState.IN_TRANSIT)
    assert payouts.waiting(NOW).missing == 1, "Stripe itself says that it has not arrived"
    late.delete()
    rows = bank_import.read(the_file("2026-06-03,20.00,STRIPE"), "cad")
    bank_import.keep(rows, name="june", currency="cad", by=treasurer)
    since = NOW.date() - timedelta(days=settings.PAYOUT_MISSING_DAYS)
    assert list(payouts.missing(since)) == [lost]
    assert payouts.waiting(NOW).missing == 1
    assert {before, arrived, fresh} & set(payouts.missing(since)) == set()


def test_a_payout_that_is_not_its_movements_is_not_equal() -> None:
    assert a_payout(5_000, "2026-06-03").equal
    assert not a_payout(5_000, "2026-06-03", gifts=5_100, fees=-99).equal
    assert a_payout(5_000, "2026-06-03", gifts=0, listed=False).equal, "not told yet"


def test_a_sum_that_nobody_knew_is_matched_when_its_payout_comes(treasurer: Reader) -> None:
    rows = bank_import.read(
        the_file("2026-06-05,50.00,STRIPE", "2026-06-09,50.00,STRIPE", "2026-06-05,70.00,Rent"),
        "cad",
    )
    bank_import.keep(rows, name="june.csv", currency="cad", by=treasurer)
    payout = a_payout(5_000, "2026-06-08", state=PayoutState.PENDING, listed=False)

    def told(state: str) -> None:
        facts = gateway.Payout(
            payout.stripe_id,
            5_000,
            "cad",
            state,
            NOW,
            datetime(2026, 6, 8, tzinfo=UTC),
            False,
            "txn",
        )
        payouts._write(facts, [], listed=False)

    told("pending")
    assert not BankLine.objects.filter(payout__isnull=False).exists()
    for _time in range(2):
        told("paid")
    (line,) = BankLine.objects.filter(payout__isnull=False)
    assert (line.day, line.fate, line.payout) == (date(2026, 6, 9), "matched", payout)
    assert payouts.missing(date(2026, 7, 1)).count() == 0
