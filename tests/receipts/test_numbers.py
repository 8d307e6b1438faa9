"""Numbers under many workers, and the year's run that is killed, paused and begun again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import (
    Donation,
    DonorAddress,
    Frequency,
    ReceiptCounter,
    ReceiptRequest,
    ReceiptRun,
    RequestMode,
    RunState,
    TaxReceipt,
)
from campaigns.tax import correcting, numbering, requests, settling, verifying, yearly
from campaigns.tax.rules import NotIssued
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.receipts.made import (
    IDA,
    JUNE,
    LATER,
    a_donor,
    a_gift,
    an_issuer,
    moved,
    settle,
    treasurer,
)


def serials() -> list[int]:
    assert list(verifying.differences()) == []
    return sorted(TaxReceipt.objects.values_list("serial", flat=True))


@pytest.mark.django_db(transaction=True)
def test_many_workers_issue_at_once_without_a_gap_and_one_receipt_a_gift() -> None:
    an_issuer()
    campaign, shared = a_campaign(), a_donor()
    gifts = [a_gift(campaign, donor=shared if n % 2 else a_donor()) for n in range(24)]
    for gift in gifts[:6]:
        ReceiptRequest.objects.filter(pk=gift.pk).update(street="")

    def work(gift_id: int) -> None:
        try:
            settling.settle(gift_id, LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [gift.pk for gift in gifts for _twice in range(2)]))
    assert serials() == list(range(1, 19))
    assert ReceiptCounter.objects.get().last == 18


@pytest.mark.django_db
def test_a_number_that_was_drawn_and_undone_is_given_to_the_next() -> None:
    with transaction.atomic():
        assert numbering.next_serial(2026) == 1
        transaction.set_rollback(True)
    assert numbering.next_serial(2026) == 1


def a_year(donors: int = 4) -> list:
    """Donors of June 2026 who asked for nothing; all but the first have an address."""
    campaign = a_campaign()
    made = [a_donor(f"Donor {n}") for n in range(donors)]
    for donor in made[1:]:
        DonorAddress.objects.create(donor=donor, **IDA)
    for donor in made:
        a_gift(campaign, 1000, donor=donor, asked=False)
        a_gift(campaign, 2000, donor=donor, asked=False)
    return made


def whole_run(run: ReceiptRun) -> ReceiptRun:
    while yearly.step(run.pk, LATER):
        pass
    run.refresh_from_db()
    return run


@pytest.mark.django_db
def test_a_years_gifts_are_on_one_receipt_and_the_run_says_who_lacks_an_address() -> None:
    an_issuer()
    donors = a_year()
    run = whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert (run.state, run.done, run.issued, run.lacking) == (RunState.DONE, 4, 3, 1)
    receipt = TaxReceipt.objects.get(donor=donors[1])
    assert (receipt.kind, receipt.amount, receipt.received_on) == ("yearly", 3000, None)
    (lack,) = yearly.lacking(2026)
    assert (lack.donor, lack.money[0].amount) == (donors[0], 3000)
    assert serials() == [1, 2, 3]


@pytest.mark.django_db
def test_those_who_lack_an_address_are_asked_once_and_get_their_receipt_when_they_answer() -> None:
    an_issuer()
    donors = a_year()
    run = whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert yearly.ask_for_addresses(run, by=treasurer()) == 1
    assert yearly.ask_for_addresses(run, by=treasurer()) == 0
    assert OutboxMail.objects.get(dedupe_key=f"receipt-address:2026:{donors[0].pk}")
    requests.give_address(donors[0], IDA)
    (late,) = yearly.after_address(donors[0], LATER)
    assert (late.donor, late.amount) == (donors[0], 3000)
    assert list(yearly.lacking(2026)) == []
    assert yearly.after_address(donors[0], LATER) == []


@pytest.mark.django_db
def test_a_gift_with_a_receipt_of_its_own_is_not_on_the_years() -> None:
    an_issuer()
    campaign, donor = a_campaign(), a_donor()
    a_gift(campaign, 1000, donor=donor)
    settle()
    later = a_gift(campaign, 2000, donor=donor, asked=False)
    a_gift(campaign, 9000, donor=donor, asked=False, at=JUNE.replace(year=2025))
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    yearly_one = TaxReceipt.objects.get(kind="yearly")
    assert [line.donation for line in yearly_one.gifts.all()] == [later]
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert serials() == [1, 2]


@pytest.mark.django_db
def test_a_refund_of_one_of_a_years_gifts_replaces_the_years_receipt() -> None:
    an_issuer()
    campaign, donor = a_campaign(), a_donor()
    DonorAddress.objects.create(donor=donor, **IDA)
    first = a_gift(campaign, 1000, donor=donor, asked=False)
    a_gift(campaign, 2000, donor=donor, asked=False)
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    moved(first, -1000)
    settle()
    (stands,) = TaxReceipt.objects.filter(cancellation=None)
    assert (stands.kind, stands.amount, stands.replaces.serial) == ("yearly", 2000, 1)
    assert serials() == [1, 2]


@pytest.mark.django_db
def test_a_run_is_paused_taken_up_and_never_gives_a_donor_two() -> None:
    an_issuer()
    a_year(5)
    run = yearly.start(2026, by=treasurer(), moment=LATER)
    yearly.step(run.pk, LATER)
    yearly.step(run.pk, LATER)
    yearly.pause(run, by=treasurer())
    assert not yearly.step(run.pk, LATER)
    with pytest.raises(yearly.CannotRun, match="under way"):
        yearly.start(2026, by=treasurer(), moment=LATER)
    yearly.resume(run, by=treasurer())
    assert whole_run(run).done == 5
    assert serials() == [1, 2, 3, 4]


@pytest.mark.django_db
def test_a_worker_killed_within_a_donor_leaves_the_run_where_it_stood(monkeypatch) -> None:
    an_issuer()
    a_year(3)
    run = yearly.start(2026, by=treasurer(), moment=LATER)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_kw: object) -> None:
        raise Killed

    yearly.step(run.pk, LATER)
    monkeypatch.setattr(yearly, "_followed", die)
    with pytest.raises(Killed), transaction.atomic():
        yearly.step(run.pk, LATER)
    monkeypatch.undo()
    assert whole_run(run).issued == 2
    assert serials() == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_run_share_it() -> None:
    an_issuer()
    a_year(9)
    run = yearly.start(2026, by=treasurer(), moment=LATER)

    def work(_n: int) -> None:
        try:
            while yearly.step(run.pk, LATER):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    run.refresh_from_db()
    assert (run.done, run.issued, run.state) == (9, 8, RunState.DONE)
    assert serials() == list(range(1, 9))


@pytest.mark.django_db
def test_a_run_does_not_begin_while_the_newsroom_has_not_said_who_it_is() -> None:
    an_issuer(signatory="")
    with pytest.raises(yearly.CannotRun, match="Missing: who signs"):
        yearly.start(2026, by=treasurer(), moment=LATER)


@pytest.mark.django_db
def test_monthly_gifts_are_receipted_together_when_the_year_is_over() -> None:
    an_issuer()
    campaign, donor = a_campaign(), a_donor()
    first = a_gift(campaign, 1500, donor=donor, asked=False)
    Donation.objects.filter(pk=first.pk).update(frequency=Frequency.MONTH, received_at=None)
    first.refresh_from_db()
    requests.ask(first, IDA)
    a_gift(campaign, 1500, donor=donor, asked=False, at=JUNE.replace(month=7))
    settle()
    assert not TaxReceipt.objects.exists()
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    receipt = TaxReceipt.objects.get()
    assert (receipt.kind, receipt.amount, receipt.party.name) == ("yearly", 3000, IDA["name"])


@pytest.mark.django_db
def test_a_renewal_takes_no_newer_addresses_place() -> None:
    an_issuer()
    campaign, donor = a_campaign(), a_donor()
    first = a_gift(campaign, 1500, donor=donor, mode=RequestMode.YEARLY)
    settle()
    requests.give_address(donor, IDA | {"street": "9 New Street"})
    renewal = a_gift(campaign, 1500, donor=donor, asked=False, at=JUNE.replace(month=7))
    requests.ask_again(first, renewal)
    settle()
    assert DonorAddress.objects.get(pk=donor.pk).street == "9 New Street"
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert TaxReceipt.objects.get().party.street == "9 New Street"


@pytest.mark.django_db
def test_a_gift_staff_withheld_is_not_on_the_years_receipt() -> None:
    an_issuer()
    donor = a_donor()
    a_gift(a_campaign(), donor=donor)
    settle()
    correcting.cancel_by_staff(TaxReceipt.objects.get(), reason="A loan", by=treasurer())
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert serials() == [1]
    assert timezone.now().year == TaxReceipt.objects.get().year
    with pytest.raises(NotIssued):
        correcting.cancel_by_staff(TaxReceipt.objects.get(), reason="Twice", by=treasurer())


@pytest.mark.django_db
def test_who_gives_with_anothers_e_mail_does_not_move_that_donor() -> None:
    an_issuer()
    campaign, donor = a_campaign(), a_donor()
    a_gift(campaign, 9000, donor=donor)
    settle()
    later = {"street": "1 Thieves’ Row", "asked_at": timezone.now() + timedelta(days=1)}
    five = a_gift(campaign, 500, donor=donor, **later)
    settle()
    assert DonorAddress.objects.get(pk=donor.pk).street == IDA["street"]
    a_gift(campaign, 2000, donor=donor, asked=False, at=JUNE.replace(month=7))
    whole_run(yearly.start(2026, by=treasurer(), moment=LATER))
    assert TaxReceipt.objects.get(kind="yearly").party.street == IDA["street"]
    alone = TaxReceipt.objects.get(gifts__donation=five)
    assert alone.party.street == "1 Thieves’ Row", "the receipt of that gift says what it was told"
