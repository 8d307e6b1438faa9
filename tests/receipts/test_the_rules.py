"""Receipts follow the ledger: issued when the money is there, void when it went back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from campaigns import offline
from campaigns.models import (
    Donation,
    EntryKind,
    Method,
    OfflineGift,
    PaymentState,
    ReceiptParty,
    ReceiptRequest,
    Scheme,
    TaxReceipt,
)
from campaigns.tax import correcting, rules, verifying
from campaigns.tax.issuing import Terms
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
    in_state,
    moved,
    settle,
    treasurer,
)

pytestmark = pytest.mark.django_db


def standing() -> list[TaxReceipt]:
    assert list(verifying.differences()) == []
    return list(TaxReceipt.objects.filter(cancellation=None).order_by("pk"))


def test_a_gift_whose_money_came_has_one_receipt_however_often_it_is_looked_at() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    settle()
    (receipt,) = standing()
    year = receipt.issued_on.year
    assert receipt.number == f"{year}-000001"
    assert (receipt.amount, receipt.eligible, receipt.received_on) == (2500, 2500, JUNE.date())
    assert receipt.party.lines == ["4 Long Lane", "Unit 2", "Halifax NS B3H 2B2", "Canada"]
    assert OutboxMail.objects.filter(dedupe_key=f"tax-receipt:{receipt.number}").count() == 1
    assert gift.receipt_request.name == "Ida M. Harrow"


def test_nobody_who_did_not_ask_gets_one() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor(), asked=False)
    settle()
    assert standing() == []


def test_a_receipt_before_the_money_is_there_waits_for_it() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    moved(gift, -2500, EntryKind.CHARGE_FAILURE)
    settle()
    assert standing() == []


def test_nothing_is_issued_while_a_field_is_missing_and_what_is_missing_is_said() -> None:
    an_issuer(registration_number="123", signature=None)
    a_gift(a_campaign(), donor=a_donor())
    settle()
    assert standing() == []
    said = ReceiptRequest.objects.get().problem
    assert said == "Missing: the registration number and the picture of the signature."
    an_issuer()
    settle()
    assert [r.serial for r in standing()] == [1]
    assert ReceiptRequest.objects.get().problem == ""


def test_a_canadian_receipt_waits_for_the_address_and_an_american_one_needs_only_the_name() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor(), street="", city="")
    settle()
    assert ReceiptRequest.objects.get().problem == (
        "Missing: the donor’s street and the donor’s city."
    )
    an_issuer(Scheme.UNITED_STATES, place="", signatory="", signature=None)
    settle()
    assert len(standing()) == 1


def test_a_full_refund_voids_the_receipt_and_tells_the_donor() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    moved(gift, -2500)
    settle()
    assert standing() == []
    (receipt,) = TaxReceipt.objects.all()
    assert receipt.cancelled is not None
    assert OutboxMail.objects.filter(dedupe_key=f"tax-receipt-cancelled:{receipt.number}").exists()


def test_a_partial_refund_replaces_the_receipt_by_a_lower_one() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    moved(gift, -1000)
    settle()
    (receipt,) = standing()
    assert (receipt.serial, receipt.amount, receipt.replaces.serial) == (2, 1500, 1)
    assert not OutboxMail.objects.filter(dedupe_key__startswith="tax-receipt-cancelled").exists()


def test_a_disputed_gift_keeps_its_receipt_until_the_bank_decides() -> None:
    an_issuer()
    lost, won = (a_gift(a_campaign(), donor=a_donor()) for _ in range(2))
    settle()
    for gift in (lost, won):
        in_state(gift, PaymentState.DISPUTED)
        moved(gift, -2500, EntryKind.DISPUTE)
    settle()
    assert len(standing()) == 2
    in_state(lost, PaymentState.DISPUTE_LOST)
    moved(won, 2500, EntryKind.DISPUTE_REVERSAL)
    in_state(won, PaymentState.DISPUTE_WON)
    settle()
    (receipt,) = standing()
    assert receipt.gifts.get().donation_id == won.pk
    assert receipt.serial == 2


def test_a_refund_that_failed_brings_a_receipt_back_under_a_new_number() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    moved(gift, -2500)
    settle()
    moved(gift, 2500, EntryKind.REFUND_FAILURE)
    settle()
    (receipt,) = standing()
    assert (receipt.serial, receipt.replaces.serial) == (2, 1)


def test_a_receipt_is_cancelled_even_where_the_next_cannot_be_issued() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    an_issuer(place="")
    moved(gift, -1000)
    settle()
    assert standing() == []
    an_issuer()
    settle()
    (receipt,) = standing()
    assert (receipt.amount, receipt.replaces.serial) == (1500, 1)


def test_an_issued_receipt_cannot_be_changed_nor_its_copy_of_the_address_before_its_time() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor())
    settle()
    receipt = TaxReceipt.objects.get()
    for act in (
        lambda: TaxReceipt.objects.update(amount=1),
        lambda: ReceiptParty.objects.update(name="Somebody else"),
        lambda: ReceiptParty.objects.all().delete(),
        lambda: receipt.gifts.update(amount=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert receipt.party.keep_until == date(receipt.issued_on.year + rules.KEEP_YEARS, 12, 31)


def test_the_copy_goes_when_the_law_no_longer_asks_for_it() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor())
    settle()
    party = ReceiptParty.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE campaigns_receiptparty DISABLE TRIGGER receipt_party_stays")
        cursor.execute("UPDATE campaigns_receiptparty SET keep_until = '2020-12-31'")
        cursor.execute("ALTER TABLE campaigns_receiptparty ENABLE TRIGGER receipt_party_stays")
    assert verifying.forget(datetime(party.keep_until.year, 12, 31, tzinfo=UTC)) == 1
    assert standing()


def test_an_address_given_with_a_donation_nobody_paid_is_forgotten_after_a_month() -> None:
    an_issuer()
    paid, left = a_gift(a_campaign()), a_gift(a_campaign())
    Donation.objects.filter(pk=left.pk).update(state="expired", received_at=None)
    assert verifying.forget(JUNE + timedelta(days=29)) == 0
    assert verifying.forget(JUNE + timedelta(days=31)) == 1
    assert ReceiptRequest.objects.get().donation == paid


def test_staff_cancel_for_good_with_a_reason_and_no_other_follows() -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    (receipt,) = standing()
    with pytest.raises(NotIssued, match="reason"):
        correcting.cancel_by_staff(receipt, reason=" ", by=treasurer())
    correcting.cancel_by_staff(receipt, reason="A loan, not a gift", by=treasurer())
    moved(gift, -100)
    settle()
    assert standing() == []
    with pytest.raises(NotIssued, match="cancelled already"):
        correcting.cancel_by_staff(receipt, reason="Again", by=treasurer())


def test_staff_replace_a_receipt_with_another_name_and_advantage() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor())
    settle()
    (receipt,) = standing()
    new = correcting.replace_by_staff(
        receipt,
        IDA | {"name": "Ida M. Pellow"},
        Terms("A mug", 900),
        reason="Married",
        by=treasurer(),
        moment=LATER,
    )
    assert standing() == [new]
    assert (new.amount, new.advantage_value, new.eligible) == (2500, 900, 1600)
    assert (new.replaces, new.party.name, new.issued_by) == (
        receipt,
        "Ida M. Pellow",
        treasurer(),
    )
    assert receipt.party.name == "Ida M. Harrow"


def test_an_advantage_above_four_fifths_makes_no_gift_in_canada() -> None:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor(), advantage="A dinner", advantage_value=2001)
    settle()
    assert standing() == []
    assert "80%" in ReceiptRequest.objects.get().problem
    assert rules.eligible(Scheme.CANADA, 2500, 2000) == 500
    assert rules.eligible(Scheme.UNITED_STATES, 2500, 2001) == 499


def test_securities_are_receipted_at_their_value_with_what_they_were() -> None:
    an_issuer()
    campaign = a_campaign(starts_at=JUNE)
    gift = OfflineGift(
        campaign=campaign,
        amount=90_000,
        method=Method.SECURITIES,
        received_on=date(2026, 7, 1),
        name="Ida Harrow",
    )
    donation = offline.enter(gift, by=treasurer(), today=date(2026, 7, 2)).donation
    with pytest.raises(NotIssued, match="a description of what was given"):
        correcting.issue_by_staff(donation, IDA, Terms(), by=treasurer(), moment=LATER)
    terms = Terms(description="100 shares of Harbour Ferries", appraiser="Y, 1 Bank Street")
    correcting.issue_by_staff(donation, IDA, terms, by=treasurer(), moment=LATER)
    (receipt,) = standing()
    assert (receipt.amount, receipt.received_on) == (90_000, date(2026, 7, 1))
    assert receipt.party.appraiser == "Y, 1 Bank Street"
    offline.undo(gift, by=treasurer(), reason="Bounced", moment=LATER)
    settle()
    assert standing() == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(
                ["refund", "refund fails", "dispute", "won", "lost", "settle", "staff"]
            ),
            st.integers(1, 3000),
        ),
        max_size=14,
    )
)
def test_in_any_order_of_refunds_and_disputes_numbers_have_no_gap_and_no_receipt_is_too_high(
    steps,
) -> None:
    with transaction.atomic():
        an_issuer()
        campaign, donor = a_campaign(), a_donor()
        gifts = [a_gift(campaign, 2500, donor=donor, asked=n < 2) for n in range(3)]
        back = [0, 0, 0]
        taken = [0, 0, 0]
        for which, act, amount in steps:
            gift = gifts[which]
            left = 2500 - back[which] - taken[which]
            if act == "refund" and left:
                moved(gift, -min(amount, left))
                back[which] += min(amount, left)
            elif act == "refund fails" and back[which]:
                moved(gift, back[which], EntryKind.REFUND_FAILURE)
                back[which] = 0
            elif act == "dispute" and left and not taken[which]:
                in_state(gift, PaymentState.DISPUTED)
                moved(gift, -left, EntryKind.DISPUTE)
                taken[which] = left
            elif act == "won" and taken[which]:
                moved(gift, taken[which], EntryKind.DISPUTE_REVERSAL)
                in_state(gift, PaymentState.DISPUTE_WON)
                taken[which] = 0
            elif act == "lost" and taken[which]:
                in_state(gift, PaymentState.DISPUTE_LOST)
            elif act == "staff":
                for receipt in TaxReceipt.objects.filter(cancellation=None)[:1]:
                    correcting.cancel_by_staff(receipt, reason="Wrong", by=treasurer())
            settle() if act == "settle" else None
        settle()
        assert list(verifying.differences()) == []
        for which, gift in enumerate(gifts):
            request = ReceiptRequest.objects.filter(pk=gift.pk).first()
            disputed = gift.payments.get().state == PaymentState.DISPUTED
            stands = TaxReceipt.objects.filter(cancellation=None, gifts__donation=gift)
            due = 2500 - back[which] - taken[which]
            if request and not request.withheld and not disputed:
                assert sum(r.amount for r in stands) == due
        serials = sorted(TaxReceipt.objects.values_list("serial", flat=True))
        assert serials == list(range(1, len(serials) + 1))
        transaction.set_rollback(True)


def test_verify_receipts_finds_a_gap_a_doubled_gift_and_a_receipt_of_too_much(capsys) -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    call_command("verify_receipts")
    moved(gift, -1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_receiptcounter SET last = 7")
    with pytest.raises(CommandError, match="2 differences"):
        call_command("verify_receipts")
    said = capsys.readouterr().err
    assert "counter at 7" in said
    assert "say 2500, the ledger says 2499 is left" in said
